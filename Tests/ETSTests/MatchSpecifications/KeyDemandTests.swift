import ETS
import TestKit
import Terms
import Testing

@Suite("What heads demand of keys")
struct KeyDemandTests {
  private let bench = MatchBench()

  private func demand(_ heads: [String], at position: Int = 1, isOrdered: Bool = false) throws
    -> String
  {
    let clauses = heads.map { "{\($0),[],[true]}" }.joined(separator: ",")
    let specification = try bench.compile("[\(clauses)]")
    switch try specification.keyDemand(at: position, isOrdered: isOrdered) {
    case .anything: return "anything"
    case .never: return "never"
    case .keys(let keys): return try keys.map(bench.text).joined(separator: " ")
    case .range: return "range"
    }
  }

  @Test func boundKeysAreTold() throws {
    #expect(try demand(["{a,'_'}"]) == "a")
    #expect(try demand(["{'_',{b,[c]}}"], at: 2) == "{b,[c]}")
    #expect(try demand(["{b}", "{a,'$1'}", "{b,c}"]) == "a b")
    #expect(try demand(["{1}", "{1.0}", "{1,2}"]) == "1 1.0")
    #expect(try demand(["{1}", "{1.0}", "{1,2}"], isOrdered: true) == "1")
  }

  /// As OTP 25 looks them up, though each matches larger maps where it stands behind a variable.
  @Test func mapsWithoutVariablesAreBound() throws {
    #expect(try demand(["{#{}}", "{a,1}"], isOrdered: true) == "a #{}")
    #expect(try demand(["{{a,#{b => {c}}}}"]) == "{a,#{b => {c}}}")
    let large = (1...40).map { "\($0) => \($0)" }.joined(separator: ",")
    #expect(try demand(["{[#{\(large)}]}"]) != "anything")
    #expect(try demand(["{#{\(large),x => '_'}}"]) == "anything")
  }

  @Test func whatMatchesNothingIsTold() throws {
    #expect(try demand(["foo", "{}", "[a]"]) == "never")
    #expect(try demand(["{a}"], at: 2) == "never")
    #expect(try demand(["foo", "{a}"]) == "a")
  }

  @Test func whatMayBeAnythingIsTold() throws {
    for head in ["'_'", "'$1'", "{'_',b}", "{'$1',b}", "{#{a => '_'}}"] {
      #expect(try demand([head]) == "anything")
      #expect(try demand(["{a}", head]) == "anything")
    }
    #expect(try demand(["{{a,'_'}}"]) == "range")
    #expect(try demand(["{{a,#{b => {'_'}}}}"]) == "range")
    #expect(try demand(["{{a,#{},'_'}}"]) == "range")
    #expect(try demand(["{a}", "{[b|'_']}"]) == "range")
  }

  /// Terms in standard order.
  private var sorted: [Term] {
    get throws {
      let texts = [
        "-1", "1", "1.0", "a", "b", "{}", "{a}", "{b}", "{a,1}", "{a,1.0}", "{a,2}", "{a,{x,1}}",
        "{a,{x,2}}", "{a,{y,1}}", "{a,[]}", "{b,1}", "{c,1}", "{a,1,1}", "#{}", "#{a => 1}", "[]",
        "[a]", "[a,1]", "[a,1,2]", "[a,2|b]", "[a,{x}]", "[a,{x},1]", "[b]", "[b|c]", "<<1>>",
      ]
      let order = bench.order
      return try texts.map(bench.term).sorted { try order.compare($0, $1) < 0 }
    }
  }

  @Test(
    "keys before, inside and behind a range come in this order",
    arguments: [
      (["{{a,'_'}}"], "{a,1} {a,1.0} {a,2} {a,{x,1}} {a,{x,2}} {a,{y,1}} {a,[]}"),
      (["{{'_',1}}"], "{a,1} {a,1.0} {a,2} {a,{x,1}} {a,{x,2}} {a,{y,1}} {a,[]} {b,1} {c,1}"),
      (["{{a,{x,'$1'}}}"], "{a,{x,1}} {a,{x,2}}"),
      (["{{a,1,'$1'}}"], "{a,1,1}"),
      (["{[a|'_']}"], "[a] [a,1] [a,1,2] [a,2|b] [a,{x}] [a,{x},1]"),
      (["{[a,'_']}"], "[a,1] [a,1,2] [a,2|b] [a,{x}] [a,{x},1]"),
      (["{[a,{'_'}|'_']}"], "[a,{x}] [a,{x},1]"),
      (["{['_']}"], "[a] [a,1] [a,1,2] [a,2|b] [a,{x}] [a,{x},1] [b|c] [b]"),
      (["{{a,{x,'_'}}}", "{{b,1}}"], "{a,{x,1}} {a,{x,2}} {a,{y,1}} {a,[]} {b,1}"),
      (["{{1.0,'_'}}"], ""),
      (["{{'_','_','_','_'}}"], ""),
    ])
  func range(heads: [String], inside: String) throws {
    let clauses = heads.map { "{\($0),[],[true]}" }.joined(separator: ",")
    let demand = try bench.compile("[\(clauses)]").keyDemand(at: 1, isOrdered: true)
    guard case .range(let range) = demand else {
      Issue.record("no range: \(demand)")
      return
    }
    var found: [String] = []
    var last = KeyRange.Place.before
    for key in try sorted {
      let place = try range.place(of: key, order: bench.order)
      switch (last, place) {
      case (.inside, .before), (.after, .before), (.after, .inside):
        Issue.record("\(try bench.text(of: key)) is \(place), one before it is \(last)")
      default: break
      }
      last = place
      if place == .inside { found.append(try bench.text(of: key)) }
    }
    #expect(found.joined(separator: " ") == inside)
  }
}

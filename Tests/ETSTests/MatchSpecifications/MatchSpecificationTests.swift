import Carriers
import ETS
import TestKit
import Terms
import Testing

@Suite("Match specifications")
struct MatchSpecificationTests {
  private let bench = MatchBench()

  @Test(
    "heads",
    arguments: [
      ("{'$1',b}", "{a,b}", "[a]"),
      ("{'$1',b}", "{a,c}", "nothing"),
      ("{'$1',b}", "{a,b,c}", "nothing"),
      ("{'_','$2','$1'}", "{1,2,3}", "[3,2]"),
      ("{'$10','$9'}", "{1,2}", "[2,1]"),
      ("{'$1','$1'}", "{{a,[1]},{a,[1]}}", "[{a,[1]}]"),
      ("{'$1','$1'}", "{1,1.0}", "nothing"),
      ("{1.0}", "{1}", "nothing"),
      ("{0.0}", "{-0.0}", "nothing"),
      ("{[a|'$1'],{b,{'$2'}}}", "{[a,c|d],{b,{e}}}", "[[c|d],e]"),
      ("{[a,'$1']}", "{[a]}", "nothing"),
      ("{#{a => '$1'}}", "{#{a => 1,b => 2}}", "[1]"),
      ("{#{a => '_'}}", "{#{b => 2}}", "nothing"),
      (
        "{#{a => {x,'$1'},b => ['$2'|'$3']},'$4'}", "{#{a => {x,1},b => [2,3],c => 4},5}",
        "[1,2,[3],5]"
      ),
      ("{#{{'$1'} => '$2'}}", "{#{{'$1'} => 7}}", "[7]"),
      ("{#{}}", "{#{b => 2}}", "[]"),
      ("{{}}", "{{}}", "[]"),
      (
        "{<<1,2>>,123456789012345678901234567890}", "{<<1,2>>,123456789012345678901234567890}", "[]"
      ),
      ("'$3'", "{a}", "[{a}]"),
      ("'_'", "{a}", "[]"),
      ("{'$01'}", "{'$01'}", "[]"),
      ("{'$100000000','$18446744073709551617','$1'}", "{1,2,3}", "[3,1,2]"),
    ])
  func head(pattern: String, object: String, result: String) throws {
    #expect(try bench.run("[{\(pattern),[],['$$']}]", on: object) == result)
    let specification = try MatchSpecification(
      pattern: bench.term(pattern), result: .bindings, atoms: bench.atoms,
      environment: bench.environment)
    #expect(try bench.run(specification, on: bench.term(object)) == result)
  }

  /// What OTP 27 answers; OTP 25 does not know the functions.
  @Test(
    "ceil and floor",
    arguments: [
      ("1.5", "[2|1]"), ("-1.5", "[-1|-2]"), ("2", "[2|2]"), ("-0.0", "[0|0]"),
      ("1.0e20", "[100000000000000000000|100000000000000000000]"),
      ("1180591620717411303424", "[1180591620717411303424|1180591620717411303424]"),
      ("0.5", "[1|0]"),
    ])
  func roundedUpAndDown(number: String, result: String) throws {
    let body = "[[{ceil,'$1'}|{floor,'$1'}]]"
    #expect(try bench.run("[{{'$1'},[],\(body)}]", on: "{\(number)}") == result)
  }

  @Test(
    "guards and bodies, on {a,7,2.5,[x,y]}",
    arguments: [
      ("[{'>','$2',6},{is_atom,'$1'}]", "['$2']", "7"),
      ("[{'>','$2',7}]", "['$2']", "nothing"),
      ("[{'<',{hd,'$2'},7}]", "['$2']", "nothing"),
      ("['$1']", "['$2']", "nothing"),
      ("[{'orelse',{'==','$2',7},{hd,'$2'}}]", "['$2']", "7"),
      ("[{'or',{'==','$2',7},{hd,'$2'}}]", "['$2']", "nothing"),
      ("[]", "[{hd,'$2'}]", "'EXIT'"),
      ("[]", "[{{'$1',{hd,'$2'},{'+','$2',1}}}]", "{a,'EXIT',8}"),
      ("[]", "[{'+','$2','$3'}]", "9.5"),
      ("[]", "[{'/','$2',2}]", "3.5"),
      ("[]", "[{'bsl','$2',64}]", "129127208515966861312"),
      ("[]", "[{{{round,'$3'},{trunc,'$3'},{float,'$2'},{abs,-3}}}]", "{3,2,7.0,3}"),
      ("[]", "[[{const,{'$1'}},'$1'|'$4']]", "[{'$1'},a,x,y]"),
      ("[]", "[#{'$1' => {length,'$4'},b => {{}}}]", "#{a => 2,b => {}}"),
      ("[]", "[{{'$1',{{b,{const,{c}}}},[{{d}}|'$2']}}]", "{a,{b,{c}},[{d}|7]}"),
      ("[]", "['$_']", "{a,7,2.5,[x,y]}"),
      ("[]", "[wrong,'$1']", "a"),
      ("[]", "[{{{self},{node},{node,{self}}}}]", "{<0.17.0>,nonode@nohost,nonode@nohost}"),
      ("[]", "[{'andalso',true,'$1'}]", "a"),
      ("[]", "[{'andalso','$1',true}]", "'EXIT'"),
      ("[]", "[{'and',true,true,'$1'}]", "'EXIT'"),
      ("[]", "[{is_record,'$_',a,4}]", "true"),
      ("[]", "[{map_get,k,#{k => '$1'}}]", "a"),
      ("[]", "[{map_get,no,#{k => '$1'}}]", "'EXIT'"),
      ("[]", "[{is_map_key,no,#{k => '$1'}}]", "false"),
      ("[]", "[{binary_part,<<1,2,3>>,{{2,-1}}}]", "<<2>>"),
      ("[]", "[{element,5,'$_'}]", "'EXIT'"),
    ])
  func expression(guards: String, body: String, result: String) throws {
    let specification = "[{{'$1','$2','$3','$4'},\(guards),\(body)}]"
    #expect(try bench.run(specification, on: "{a,7,2.5,[x,y]}") == result)
  }

  @Test("the first clause that matches gives the result")
  func clausesInTurn() throws {
    let specification = try bench.compile(
      "[{{'$1'},[{'/',1,'$1'}],[a]},{{'$1'},[{'<','$1',5}],[b]},{{'$2'},[],[{{'$2'}}]},{'_',[],[d]}]"
    )
    var machine = try MatchMachine(for: specification, self: .pid(1))
    for (object, result) in [("{0}", "b"), ("{9}", "{9}"), ("{1,2}", "d")] {
      let found = try machine.run(on: bench.term(object))
      #expect(try found.map(bench.text) == result)
    }
  }

  @Test("the object itself is the result of '$_'")
  func keepsTheObject() throws {
    let object = bench.term("{a,[1,2]}")
    var machine = try MatchMachine(for: bench.compile("[{'_',[],['$_']}]"), self: .pid(1))
    #expect(try machine.run(on: object) == object)
  }

  @Test("keys of a map that is made are in order, each once; the last of equal ones counts")
  func makesWholeMaps() throws {
    let body = "[#{'$1' => x,1 => y}]"
    #expect(try bench.run("[{{'$1'},[],\(body)}]", on: "{2}") == "#{1 => y,2 => x}")
    let map = try bench.run("[{{'$1'},[],\(body)}]", on: "{1}")
    #expect(map == "#{1 => x}")
  }

  typealias Flaw = MatchSpecificationError

  @Test(
    "what is no specification is refused with its place",
    arguments: [
      ("foo", .notAList), ("[]", .notAList),
      ("[{'_',[],[a]}|b]", .improperList),
      ("[{'_',[],[a]},{'_',[]}]", .notAClause(clause: 2)),
      ("[{{#{'$1' => a}},[],[a]}]", .invalidHead(clause: 1, .variableInMapKey)),
      ("[{{#{'_' => a}},[],[a]}]", .invalidHead(clause: 1, .underscoreInMapKey)),
      ("[{'_',a,[a]}]", .invalidGuard(clause: 1, .notAList)),
      ("[{'_',[true|true],[a]}]", .invalidGuard(clause: 1, .improperList)),
      ("[{'_',[],[]}]", .invalidBody(clause: 1, .empty)),
      ("[{'_',[],a}]", .invalidBody(clause: 1, .notAList)),
      ("[{'_',[],[a|b]}]", .invalidBody(clause: 1, .improperList)),
      ("[{'_',[],['$1',a]}]", .invalidBody(clause: 1, .unboundVariable(name: "$1"))),
      ("[{'_',[{'==','$1',2}],[a]}]", .invalidGuard(clause: 1, .unboundVariable(name: "$1"))),
      ("[{'_',[],[{a,b}]}]", .invalidBody(clause: 1, .unknownFunction(name: "a", arity: 1))),
      (
        "[{'_',[{is_atom,a,b}],[a]}]",
        .invalidGuard(clause: 1, .unknownFunction(name: "is_atom", arity: 2))
      ),
      (
        "[{'_',[],[{return_trace}]}]",
        .invalidBody(clause: 1, .unknownFunction(name: "return_trace", arity: 0))
      ),
      ("[{'_',[],[{}]}]", .invalidBody(clause: 1, .neitherCallNorTuple)),
      ("[{'_',[],[{1,2}]}]", .invalidBody(clause: 1, .neitherCallNorTuple)),
      ("[{'_',[{'and'}],[a]}]", .invalidGuard(clause: 1, .noArguments(name: "and"))),
      ("[{'_',[],[{'orelse'}]}]", .invalidBody(clause: 1, .noArguments(name: "orelse"))),
      ("[{'_',[],[{const,1,2}]}]", .invalidBody(clause: 1, .wrongArguments(name: "const"))),
      ("[{'_',[],[{self,1}]}]", .invalidBody(clause: 1, .wrongArguments(name: "self"))),
    ] as [(String, Flaw)])
  func refusal(specification: String, flaw: Flaw) throws {
    #expect(throws: flaw) { try bench.compile(specification) }
    #expect(bench.allocator.allocatedBlockCount == 0)
  }

  @Test("words that a body builds are used again")
  func usesWordsAgain() throws {
    let specification = try bench.compile(
      "[{{'$1','$2'},[],[{{'$2',['$1','$1'],{'*','$2',1.5}}}]}]")
    var machine = try MatchMachine(for: specification, self: .pid(1))
    let object = bench.term("{a,3}")
    _ = try machine.run(on: object)
    let blocks = bench.allocator.allocatedBlockCount
    for _ in 0..<1000 {
      let result = try machine.run(on: object)
      #expect(try result.map(bench.text) == "{3,[a,a],4.5}")
    }
    #expect(bench.allocator.allocatedBlockCount == blocks)
  }
}

import Carriers
import ETS
import Heaps
import TestKit
import Terms
import Testing

@Suite("Match specifications at their limits")
struct MatchLimitTests {
  /// Words for terms that are built by hand.
  private final class Words {
    var cursor: WordCursor
    private let memory: UnsafeMutablePointer<UInt>

    init(_ count: Int) {
      memory = .allocate(capacity: count)
      cursor = WordCursor(top: memory, limit: memory + count)
    }

    deinit { memory.deallocate() }

    /// A term with another one in it, so many times.
    func nest(_ innermost: Term, _ depth: Int, _ wrap: (inout WordCursor, Term) -> Term) -> Term {
      (0..<depth).reduce(innermost) { term, _ in wrap(&cursor, term) }
    }

    func specification(_ head: Term, guards: Term = .nil, body: Term) -> Term {
      let clause = cursor.makeTuple(head, guards, cursor.makeCons(body, .nil))
      return cursor.makeCons(clause, .nil)
    }
  }

  @Test("heads and objects as deep as memory goes")
  func deepHeads() throws {
    let (bench, words) = (MatchBench(), Words(20_000_000))
    let depth = 1_000_000
    let (variable, value) = (bench.term("'$1'"), bench.term("{found}"))
    let wraps: [(inout WordCursor, Term) -> Term] = [
      { $0.makeTuple($1, .small(1)) }, { $0.makeCons($1, .nil) }, { $0.makeCons(.small(1), $1) },
    ]
    for wrap in wraps {
      let head = words.nest(variable, depth, wrap)
      let specification = try bench.compile(words.specification(head, body: variable))
      let object = words.nest(value, depth, wrap)
      #expect(try bench.run(specification, on: object) == "{found}")
      #expect(
        try bench.run(specification, on: head.isTuple ? head.tupleElements[0] : head.cons[0])
          == "nothing")
      #expect(try specification.keepsKey(at: 1) == false)
    }
  }

  @Test("expressions as deep as memory goes")
  func deepExpressions() throws {
    let (bench, words) = (MatchBench(), Words(8_000_000))
    let depth = 200_000
    let variable = bench.term("'$1'")
    let (plus, andAlso) = (bench.term("'+'"), bench.term("'andalso'"))
    let sum = words.nest(variable, depth) { $0.makeTuple(plus, $1, .small(1)) }
    var specification = try bench.compile(words.specification(variable, body: sum))
    #expect(try bench.run(specification, on: .small(5)) == "\(5 + depth)")
    let truth = words.nest(variable, depth) { $0.makeTuple(andAlso, .true, $1) }
    let guards = words.cursor.makeCons(truth, .nil)
    specification = try bench.compile(
      words.specification(
        variable, guards: guards, body: words.cursor.makeTuple(words.cursor.makeTuple(truth))))
    #expect(try bench.run(specification, on: .true) == "{true}")
    #expect(try bench.run(specification, on: .false) == "nothing")
    let tuples = words.nest(variable, depth) { $0.makeTuple($0.makeTuple(.small(1), $1)) }
    specification = try bench.compile(words.specification(variable, body: tuples))
    var machine = try MatchMachine(for: specification, self: .pid(1))
    var result = try machine.run(on: .small(7)) ?? .nil
    var found = 0
    while result.isTuple(arity: 2) {
      result = result.tupleElements[1]
      found += 1
    }
    #expect(found == depth)
    #expect(result == .small(7))
  }

  @Test("memory that is refused at any request is an error that leaks nothing")
  func refusals() throws {
    var (request, refusals) = (0, 0)
    while true {
      request += 1
      let bench = MatchBench(
        memory: MemoryConfiguration(
          failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0))
      let object = bench.term("{a,[1,2,3],<<1>>}")
      let names = (1...400).map { "'$\($0)'" }.joined(separator: ",")
      let text =
        "[{{a,'$1','_'},[{'==',{length,'$1'},3}],[{{'$1',[{const,{a}}|\(Self.list)],'$1'}}]},{{\(names)},[],['$$']}]"
      do {
        let specification = try bench.compile(text)
        var machine = try MatchMachine(for: specification, self: .pid(1))
        for _ in 0..<2 { _ = try machine.run(on: object) }
      } catch let error as MatchSpecificationError {
        refusals += 1
        #expect(error == .outOfMemory(.injectedFailure(request: request)))
      } catch {
        refusals += 1
        #expect(error as? MatchRunError == .outOfMemory(.injectedFailure(request: request)))
      }
      #expect(bench.allocator.allocatedBlockCount == 0, "request \(request)")
      if bench.allocator.statistics.pages.failedRequestCount == 0 { break }
    }
    #expect(refusals > 5)
  }

  private static var list: String {
    "[" + (1...3000).map { $0 % 7 == 0 ? "'$1'" : "\($0)" }.joined(separator: ",") + "]"
  }
}

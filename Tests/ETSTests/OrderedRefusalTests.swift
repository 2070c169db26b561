import Carriers
import Terms
import TestKit
import Testing

@testable import ETS

@Suite struct OrderedRefusalTests {
  /// Each of the first requests for memory is refused in turn, and one of five later ones: the write
  /// it was for changes nothing, the others go on.
  @Test(arguments: [OrderedKeys.dense, .atoms, .anything])
  func aRefusedWriteChangesNothing(kind: OrderedKeys) throws {
    var request = 0
    var refusedWrites = 0
    var isReached = true
    while isReached {
      request += request < 20 ? 1 : 5
      let outcome = try Self.run(kind, refusing: request)
      isReached = outcome.isReached
      refusedWrites += outcome.refusedWrites
    }
    #expect(request > 10, "only \(request - 1) requests were made")
    #expect(refusedWrites > 5, "of \(request - 1) requests")
  }

  /// - Returns: how many writes were refused, and whether there were so many requests.
  private static func run(
    _ kind: OrderedKeys, refusing request: Int
  ) throws -> (refusedWrites: Int, isReached: Bool) {
    let memory = MemoryConfiguration(
      failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    let fixture: OrderedFixture
    do {
      fixture = try OrderedFixture(memory: memory, words: 1 << 19)
    } catch is TableError {
      return (1, true)
    }
    let keys = try kind.make(400, seed: 5, bench: fixture.bench)
    var refusals = 0
    for (step, key) in keys.enumerated() {
      do throws(TableError) {
        _ = try fixture.insert(key, step)
      } catch {
        refusals += 1
        #expect(try fixture.tree.firstFault() == nil, "request \(request)")
        #expect(try fixture.isModel(), "request \(request)")
        continue
      }
      try fixture.put(key, step)
    }
    #expect(try fixture.isModel(), "request \(request)")
    for key in keys {
      let isThere = try fixture.place(of: key).isThere
      do throws(TableError) {
        #expect(try fixture.remove(key) == isThere, "request \(request)")
      } catch {
        // Deep keys want working memory to be compared.
        refusals += 1
        continue
      }
      _ = try fixture.take(key)
    }
    #expect(try fixture.tree.firstFault() == nil, "request \(request)")
    #expect(try fixture.isModel(), "request \(request)")
    return (refusals, fixture.source.statistics.requestCount >= request)
  }

  @Test(arguments: OrderedKeys.allCases)
  func batchesAreTakenBackWithoutATrace(kind: OrderedKeys) throws {
    let seed: UInt64 = 9
    let fixture = try OrderedFixture(words: 1 << 20)
    let keys = try kind.make(2_000, seed: seed, bench: fixture.bench)
    var random = SeededGenerator(seed: seed)
    func anyKey() -> Term { keys[Int(random.next() % UInt64(keys.count))] }
    for batch in 0..<40 {
      let isKept = batch % 3 == 0
      var changes: [OrderedChange] = []
      for step in 0..<Int(random.next() % 200) {
        let key = anyKey()
        let rule: InsertRule = step % 5 == 0 ? .newKey : .always
        let object = fixture.object(key, step)
        let change = try fixture.within { try fixture.tree.change(object, key: key, rule: rule) }
        guard let change else { continue }
        changes.append(change)
        if isKept { try fixture.put(key, step) }
      }
      for change in isKept ? changes : changes.reversed() {
        fixture.within {
          if isKept { fixture.tree.settle(change) } else { fixture.tree.undo(change) }
        }
      }
      #expect(try fixture.tree.firstFault() == nil, "\(kind), batch \(batch)")
      #expect(try fixture.isModel(), "\(kind), batch \(batch)")
      for _ in 0..<40 {
        let key = anyKey()
        #expect(try fixture.remove(key) == fixture.take(key))
      }
    }
  }

  @Test func allObjectsGoAtOnce() throws {
    let fixture = try OrderedFixture(words: 1 << 20)
    for round in 0..<3 {
      let keys = try OrderedKeys.anything.make(
        500, seed: UInt64(round), bench: fixture.bench)
      for (step, key) in keys.enumerated() {
        _ = try fixture.insert(key, step)
        try fixture.put(key, step)
      }
      #expect(try fixture.isModel())
      fixture.tree.removeAll()
      fixture.forgetModel()
      #expect(fixture.tree.byteCount == fixture.emptyByteCount)
      #expect(try fixture.isModel())
      #expect(try fixture.tree.firstFault() == nil)
    }
  }
}

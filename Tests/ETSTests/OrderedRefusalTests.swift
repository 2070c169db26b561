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
    var refusals = 0
    repeat {
      request += request < 20 ? 1 : 5
      refusals = try Self.run(kind, refusing: request)
    } while refusals > 0
    #expect(request > 10, "only \(request - 1) requests were made")
  }

  /// - Returns: how many writes were refused.
  private static func run(_ kind: OrderedKeys, refusing request: Int) throws -> Int {
    let memory = MemoryConfiguration(
      failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    let fixture: OrderedFixture
    do {
      fixture = try OrderedFixture(memory: memory, hasReaders: false, words: 1 << 19)
    } catch is TableError {
      return 1
    }
    let keys = try kind.make(400, seed: 5, bench: fixture.bench)
    var refusals = 0
    for (step, key) in keys.enumerated() {
      do throws(TableError) {
        _ = try fixture.tree.insert(fixture.object(key, step), key: key, rule: .always)
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
        #expect(try fixture.tree.remove(key) == isThere, "request \(request)")
      } catch {
        // Deep keys want working memory to be compared.
        refusals += 1
        continue
      }
      _ = try fixture.take(key)
    }
    #expect(try fixture.tree.firstFault() == nil, "request \(request)")
    #expect(try fixture.isModel(), "request \(request)")
    return refusals
  }

  @Test(arguments: OrderedKeys.allCases)
  func batchesAreTakenBackWithoutATrace(kind: OrderedKeys) throws {
    let seed: UInt64 = 9
    let fixture = try OrderedFixture(hasReaders: false, words: 1 << 20)
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
        guard let change = try fixture.tree.change(object, key: key, rule: rule) else { continue }
        changes.append(change)
        if isKept { try fixture.put(key, step) }
      }
      for change in isKept ? changes : changes.reversed() {
        if isKept { fixture.tree.settle(change) } else { fixture.tree.undo(change) }
      }
      #expect(try fixture.tree.firstFault() == nil, "\(kind), batch \(batch)")
      #expect(try fixture.isModel(), "\(kind), batch \(batch)")
      for _ in 0..<40 {
        let key = anyKey()
        #expect(try fixture.tree.remove(key) == fixture.take(key))
      }
    }
  }

  @Test func allObjectsGoAtOnce() throws {
    let fixture = try OrderedFixture(words: 1 << 20)
    for round in 0..<3 {
      let keys = try OrderedKeys.anything.make(
        500, seed: UInt64(round), bench: fixture.bench)
      for (step, key) in keys.enumerated() {
        _ = try fixture.tree.insert(fixture.object(key, step), key: key, rule: .always)
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

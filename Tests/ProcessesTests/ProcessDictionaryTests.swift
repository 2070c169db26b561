import Carriers
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// The process dictionary against a model, while its keys and values move.
@Suite struct ProcessDictionaryTests {
  /// A key or value: small numbers as they are, the others boxed in one way or another.
  private enum Value: Hashable {
    case small(Int)
    case float(Int)
    case pair(Int, Int)
    case list(Int)
    case empty

    var words: Int {
      switch self {
      case .small, .empty: 0
      case .float: 2
      case .pair: 3
      case .list(let length): 2 * length
      }
    }

    func build(_ cursor: inout WordCursor) -> Term {
      switch self {
      case .small(let number): return .small(number)
      case .empty: return .emptyTuple
      case .float(let number): return cursor.makeFloat(Double(number))
      case .pair(let first, let second): return cursor.makeTuple(.small(first), .small(second))
      case .list(let length): return cursor.makeList((0..<length).map { .small($0) })
      }
    }

    static func any(_ random: inout SeededGenerator, bound: Int) -> Value {
      let number = Int.random(in: 0..<bound, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0...4: return .small(number)
      case 5: return .float(number)
      case 6: return .pair(number % 7, number)
      case 7: return .list(number % 12)
      default: return number == 0 ? .empty : .small(number << 32)
      }
    }
  }

  struct Plan: Sendable, CustomStringConvertible {
    var description: String
    var seed: UInt64
    var keys: Int
    var configuration = SystemConfiguration()
  }

  @Test(arguments: [
    Plan(description: "few keys", seed: 1, keys: 6),
    Plan(description: "many keys", seed: 2, keys: 150),
    Plan(
      description: "zeal", seed: 3, keys: 40,
      configuration: SystemConfiguration(levers: HeapLevers(zeal: 1, verifies: true))),
    Plan(
      description: "full sweeps of tiny heaps", seed: 4, keys: 40,
      configuration: SystemConfiguration(
        levers: HeapLevers(zeal: 3, alwaysSweepsFully: true), heapOptions: .tiny())),
  ])
  func theDictionaryIsWhatTheModelSays(plan: Plan) throws {
    let system = MemorySystem(configuration: plan.configuration)
    do {
      var process = try system.makeProcess()
      var random = SeededGenerator(seed: plan.seed)
      var model: [Value: Value] = [:]
      for step in 0..<3000 {
        let key = Value.any(&random, bound: plan.keys)
        let value = Value.any(&random, bound: 50)
        var roots = NoRoots()
        try process.ensureFree(words: key.words + value.words, roots: &roots)
        let keyTerm = process.heap.build { key.build(&$0) }
        switch Int.random(in: 0..<(step % 500 < 300 ? 6 : 3), using: &random) {
        case 0:
          let found = try process.dictionary.value(of: keyTerm, scratch: system.heaps.scratch)
          try Self.expect(found, model[key], plan, step)
        case 1, 2:
          let removed = try process.dictionary.remove(keyTerm, scratch: system.heaps.scratch)
          try Self.expect(removed, model.removeValue(forKey: key), plan, step)
        default:
          let valueTerm = process.heap.build { value.build(&$0) }
          let before = try process.dictionary.set(
            valueTerm, of: keyTerm, scratch: system.heaps.scratch)
          try Self.expect(before, model.updateValue(value, forKey: key), plan, step)
        }
        #expect(process.dictionary.count == model.count)
        if step % 200 == 199 { try Self.check(&process, model, system, plan, step) }
        if step % 1000 == 999 {
          process.dictionary.removeAll()
          model.removeAll()
          try Self.check(&process, model, system, plan, step)
        }
      }
      let counters = process.heap.counters
      #expect(counters.minorCollections + counters.fullSweeps > 20)
    }
    #expect(system.allocator.allocatedBlockCount == 0)
  }

  private static func expect(
    _ term: Term?, _ value: Value?, _ plan: Plan, _ step: Int
  ) throws {
    guard let term, let value else {
      #expect(term == nil, "\(plan), seed \(plan.seed), step \(step)")
      #expect(value == nil, "\(plan), seed \(plan.seed), step \(step)")
      return
    }
    #expect(try isEqual(term, value), "\(plan), seed \(plan.seed), step \(step)")
  }

  private static func isEqual(_ term: Term, _ value: Value) throws -> Bool {
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: 64)
    defer { memory.deallocate() }
    var cursor = WordCursor(top: memory, limit: memory + 64)
    return try TermEquality.isExactlyEqual(
      term, value.build(&cursor), scratch: MallocScratch())
  }

  /// Compares every key, before a collection and after it.
  private static func check(
    _ process: inout Process, _ model: [Value: Value], _ system: MemorySystem, _ plan: Plan,
    _ step: Int
  ) throws {
    for fully in [nil, false, true] {
      var roots = NoRoots()
      if let fully { try process.collectGarbage(fully: fully, roots: &roots) }
      var seen = 0
      process.dictionary.forEach { _, _ in seen += 1 }
      #expect(seen == model.count)
      for (key, value) in model {
        try process.ensureFree(words: key.words, roots: &roots)
        let keyTerm = process.heap.build { key.build(&$0) }
        let found = try process.dictionary.value(of: keyTerm, scratch: system.heaps.scratch)
        try expect(found, value, plan, step)
      }
    }
  }

  @Test func aRefusedGrowthLeavesTheDictionaryAsItWas() throws {
    // The budget is taken up by ballast, so that the next table finds no memory.
    let system = MemorySystem(
      configuration: SystemConfiguration(
        memory: MemoryConfiguration(budgetBytes: 1 << 20, usesTinyCarriers: true)))
    var process = try system.makeProcess()
    var ballast: [MemoryBlock] = []
    for byteCount in [64 << 10, 4 << 10, 1 << 10, 256, 64, 16] {
      while let block = try? system.allocator.allocate(byteCount: byteCount, kind: .code) {
        ballast.append(block)
      }
    }
    var set = 0
    var refusal: DictionaryError?
    while refusal == nil, set < 100_000 {
      do throws(DictionaryError) {
        _ = try process.dictionary.set(
          .small(-set), of: .small(set), scratch: system.heaps.scratch)
        set += 1
      } catch {
        refusal = error
      }
    }
    guard case .memory(.budgetExceeded) = refusal else {
      Issue.record("refused with \(String(describing: refusal))")
      return
    }
    #expect(process.dictionary.count == set)
    for block in ballast { system.allocator.free(block, kind: .code) }
    for number in 0..<(set + 50) {
      if number >= set {
        _ = try process.dictionary.set(
          .small(-number), of: .small(number), scratch: system.heaps.scratch)
      }
      let value = try process.dictionary.value(of: .small(number), scratch: system.heaps.scratch)
      #expect(value == .small(-number))
    }
  }
}

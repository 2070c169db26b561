import Carriers
import Synchronization
import TestKit
import Terms
import Testing

@testable import ETS

/// What names find, read while others change it.
@Suite struct NameDirectoryTests {
  private static func name(_ number: Int) -> Term { .atom(number) }

  @Test(arguments: [1, 2, 3])
  func aDirectoryIsADictionary(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let allocator = BlockAllocator()
    do {
      let directory = NameDirectory(allocator: allocator, kind: .fixed)
      var model: [Term: UInt] = [:]
      for step in 1...20_000 {
        // Ever new names, of which few are in use: the slots do not grow for ever.
        let name = Self.name(step / 4 + Int.random(in: 0..<40, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
          try directory.set(name, to: UInt(step))
          model[name] = UInt(step)
        case 2:
          directory.remove(name)
          model[name] = nil
        default: #expect(directory.value(of: name) == model[name] ?? 0)
        }
        if step % 1000 == 0 {
          for name in model.keys.filter({ $0.atomIndex < step / 4 - 20 }) {
            directory.remove(name)
            model[name] = nil
          }
          var all: [Term: UInt] = [:]
          directory.forEach { all[$0] = $1 }
          #expect(all == model)
        }
      }
      #expect(allocator.memory(by: .fixed).byteCount < 64 * 1024)
      for name in model.keys { directory.remove(name) }
      directory.trim()
      #expect(allocator.memory(by: .fixed).byteCount == 0)
      #expect(directory.value(of: Self.name(1)) == 0)
      try directory.set(Self.name(1), to: 7)
      #expect(directory.value(of: Self.name(1)) == 7)
    }
    #expect(allocator.allocatedBlockCount == 0)
  }

  @Test func aRefusedNameChangesNothing() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(budgetBytes: 0))
    let directory = NameDirectory(allocator: allocator, kind: .fixed)
    #expect(throws: MemoryError.self) { try directory.set(Self.name(1), to: 7) }
    #expect(directory.value(of: Self.name(1)) == 0)
  }

  /// Values only grow; no reader ever sees one shrink, or miss a name that stays.
  @Test func readersSeeWhatIsThere() async throws {
    let shared = SharedDirectory()
    try shared.names.set(Self.name(0), to: 1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { shared.isDone.store(true, ordering: .relaxed) }
        for round in 2...30_000 {
          try shared.lock.withLock { _ in
            try shared.names.set(Self.name(0), to: UInt(round))
            try shared.names.set(Self.name(round), to: 1)
            shared.names.remove(Self.name(round - 1))
          }
        }
      }
      group.addTask {
        let reader = shared.allocator.reader
        var last: UInt = 0
        while !shared.isDone.load(ordering: .relaxed) {
          reader.enter()
          let value = shared.names.value(of: Self.name(0))
          reader.leave()
          #expect(value >= max(last, 1))
          last = value
        }
      }
      try await group.waitForAll()
    }
  }
}

private final class SharedDirectory: Sendable {
  let allocator = BlockAllocator()
  let names: NameDirectory
  let lock = Guarded(())
  let isDone = Atomic<Bool>(false)

  init() { names = NameDirectory(allocator: allocator, kind: .fixed) }
}

import Synchronization
import Tenure
import Testing

@testable import ToyVM

/// The memory of persistent terms that were replaced or erased.
@Suite struct PersistentTermTests {
  private static func machine(_ levers: HeapLevers) throws -> Machine {
    let machine = Machine(system: MemorySystem(configuration: SystemConfiguration(levers: levers)))
    try machine.load(try BeamFixtures.bytes("lang_literals"))
    return machine
  }

  private static func literals(_ machine: Machine) -> MemoryUsage {
    machine.system.allocator.memory(by: .literal)
  }

  /// Each of the tests of the module erases what it put.
  @Test(arguments: [1, 2], [HeapLevers(), HeapLevers(verifies: true)])
  func nothingOfThemStays(schedulers: Int, levers: HeapLevers) throws {
    let machine = try Self.machine(levers)
    let before = Self.literals(machine)
    for answer in LanguageTests.answers where answer.module == "lang_literals" {
      var options = RunOptions()
      options.schedulers = schedulers
      #expect(
        try machine.run(answer.module, answer.function, options: options)
          == .returned(answer.value))
      let now = Self.literals(machine)
      #expect(now.byteCount == before.byteCount && now.blockCount == before.blockCount)
    }
    let binaries = machine.system.allocator.memory(by: .binary)
    #expect(binaries.blockCount == 0)
  }

  /// While it runs, as many are there as are used, not as many as there were.
  @Test func theyReturnWhileTheProgramRuns() throws {
    let peak = Peak()
    let machine = Machine(
      system: MemorySystem(
        configuration: SystemConfiguration(levers: HeapLevers(zeal: 50), listener: peak)))
    try machine.load(try BeamFixtures.bytes("lang_literals"))
    let before = Self.literals(machine).byteCount
    peak.allocator.withLock { $0 = machine.system.allocator }
    let outcome = try machine.run("lang_literals", "counting", [.integer(3000)])
    #expect(outcome == .returned("{60,88500}"))
    // 3000 lists of 100 cells would be 4,800,000 bytes.
    let most = peak.byteCount.withLock { $0 }
    #expect(most > before && most - before < 500_000)
  }

  /// Looks at the literals with each collection.
  private final class Peak: CollectionListener {
    let allocator = Mutex<BlockAllocator?>(nil)
    let byteCount = Mutex(0)

    func collected(_ event: CollectionEvent) {
      let now = allocator.withLock { $0?.memory(by: .literal).byteCount } ?? 0
      byteCount.withLock { $0 = max($0, now) }
    }
  }
}

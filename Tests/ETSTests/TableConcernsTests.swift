import Heaps
import Processes
import TestKit
import Terms
import Testing

@testable import ETS

/// Which tables the end of a process looks at.
@Suite struct TableConcernsTests {
  /// Tables that are made, given away, fixed, released and ended at random: the end of each process looks
  /// at all that it owns or has fixed, and at no other.
  @Test(arguments: UInt64(0)..<5)
  func theyAreThoseThatItOwnsOrHasFixed(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let system = MemorySystem()
    let registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    let processes = (1...4).map { Term.pid($0) }
    for _ in 0..<400 {
      let process = processes[Int.random(in: 0..<4, using: &random)]
      let other = processes[Int.random(in: 0..<4, using: &random)]
      let table = registry.tables.randomElement(using: &random)
      switch (Int.random(in: 0..<10, using: &random), table) {
      case (0, _), (1, _), (_, nil):
        let table = try registry.makeTable(
          named: .ok, options: TableOptions(protection: .public), owner: process)
        if Bool.random(using: &random) { try table.setHeir(other, data: .nil, by: process) }
      case (2, let table?), (3, let table?):
        if table.owner != other { try table.giveAway(to: other, data: .nil, by: table.owner) }
      case (4, let table?), (5, let table?): try table.fix(by: process)
      case (6, let table?), (7, let table?): try table.release(by: process)
      case (8, let table?): try table.delete(by: table.owner)
      default: registry.end(owner: process)
      }
      for process in processes {
        let concerned = registry.tables.filter { table in
          table.owner == process || table.fixations.contains { $0.process == process }
        }
        #expect(
          Set(registry.tables(concerning: process).map(\.number)) == Set(concerned.map(\.number)))
      }
    }
  }

  /// A snapshot may be the last that is left of a system.
  @Test func aSnapshotKeepsWhatItsEndNeeds() throws {
    var snapshot: TableSnapshot?
    do {
      let system = MemorySystem()
      let table = try system.tables.makeTable(
        named: .ok, options: TableOptions(protection: .public), owner: .pid(1))
      let reader = TermReader(words: 64, atoms: system.atoms)
      try table.insert(reader.cursor.makeTuple(.small(1), .small(2)), by: .pid(1))
      snapshot = try table.makeSnapshot(by: .pid(1))
    }
    #expect(snapshot?.objectCount == 1)
    snapshot = nil
  }
}

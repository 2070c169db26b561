import Carriers
import Heaps
import Processes
import TestKit
import Terms
import Testing

@testable import ETS

/// The index becomes small again, a part of the work at a time.
@Suite struct IndexShrinkTests {
  private static let count = 20_000
  private let system = MemorySystem()
  private let pid = Term.pid(1)

  private func makeTable(_ options: TableOptions) throws -> Table {
    let table = try system.tables.makeTable(named: .ok, options: options, owner: pid)
    let reader = TermReader(words: 3 * Self.count, atoms: system.atoms)
    for number in 0..<Self.count {
      try table.insert(reader.cursor.makeTuple(.small(number), .small(1)), by: pid)
    }
    return table
  }

  private static var options: [TableOptions] {
    var divided = TableOptions(protection: .public)
    divided.writeConcurrency = .on
    return [divided, TableOptions(type: .bag), TableOptions(protection: .private)]
  }

  @Test(arguments: options) func afterADeletionOfEverything(_ options: TableOptions) throws {
    let table = try makeTable(options)
    let empty = try system.tables.makeTable(named: .ok, options: options, owner: pid)
    let reader = TermReader(words: 64, atoms: system.atoms)
    let all = try MatchSpecification(
      compiling: reader.read("[{'_',[],[true]}]"), atoms: system.atoms,
      environment: system.heaps)
    #expect(try table.selectDelete(all, by: pid) == Self.count)
    let lines = try table.indexStatistics().lineCount
    #expect(try lines == empty.indexStatistics().lineCount)
    #expect(try table.information().words < empty.information().words * 2 + 4096)
  }

  @Test(arguments: options) func afterARelease(_ options: TableOptions) throws {
    let table = try makeTable(options)
    let full = try table.indexStatistics().lineCount
    try table.fix(by: pid)
    for number in 0..<Self.count - 10 { try table.delete(.small(number), by: pid) }
    #expect(try table.indexStatistics().lineCount == full)
    try table.release(by: pid)
    let statistics = try table.indexStatistics()
    #expect(statistics.deletedKeyCount == 0 && statistics.keyCount == 10)
    #expect(statistics.lineCount <= full / 8)
    for number in Self.count - 10..<Self.count {
      #expect(try table.contains(.small(number), by: pid))
    }
  }

  /// Between two parts of the work others insert, delete, fix and release.
  @Test func aReleaseIsDoneInParts() throws {
    let table = try makeTable(TableOptions(protection: .private))
    try table.fix(by: pid)
    for number in 0..<Self.count { try table.delete(.small(number), by: pid) }
    guard case .hashed(let part) = table.record.pointee.storage.parts[0] else { return }
    let reader = TermReader(words: 1 << 16, atoms: system.atoms)
    var parts = 0
    while try !table.withPart(0, { $0.unfix(atMost: 100) }) {
      parts += 1
      if parts % 10 == 1 {
        try table.insert(reader.cursor.makeTuple(.small(parts)), by: pid)
        try table.delete(.small(parts - 10), by: pid)
      }
      if parts % 7 == 3 {
        // Who fixes it now keeps what is deleted now.
        part.fix()
        #expect(try table.withPart(0) { $0.unfix(atMost: 1) })
      }
    }
    #expect(parts > 50)
    let statistics = try table.indexStatistics()
    #expect(statistics.deletedKeyCount == 0)
    #expect(try statistics.keyCount == table.objectCount())
    #expect(statistics.lineCount < 100)
    // Whoever has fixed it is asked to release it.
    part.fix()
    try table.release(by: pid)
  }

  /// Where memory was refused to note which lines have marks, all lines are looked at.
  @Test func marksThatCouldNotBeNotedAreFound() throws {
    let arena = try OwnedArena(allocator: system.allocator, kind: .ets, budget: nil)
    let refusing = try OwnedArena(
      allocator: system.allocator, kind: .ets, budget: MemoryBudget(limitBytes: 1 << 16))
    while (try? refusing.allocate(byteCount: 64)) != nil {}
    var deletions = FixedDeletions()
    deletions.note(3, in: arena)
    #expect(!deletions.isEmpty)
    var seen: [Int] = []
    deletions.drain(atMost: 5, lineCount: 10, in: arena) { seen.append($0) }
    #expect(seen == [3] && deletions.isEmpty)
    deletions.note(7, in: refusing)
    #expect(!deletions.isEmpty)
    seen = []
    deletions.drain(atMost: 4, lineCount: 10, in: refusing) { seen.append($0) }
    #expect(seen == [0, 1, 2, 3] && !deletions.isEmpty)
    // A mark in a line that was looked at.
    deletions.note(1, in: refusing)
    while !deletions.isEmpty {
      deletions.drain(atMost: 4, lineCount: 10, in: refusing) { seen.append($0) }
    }
    #expect(Set(seen) == Set(0..<10) && seen.filter { $0 == 1 }.count == 2)
  }
}

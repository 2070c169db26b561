import Carriers
import ETS
import Heaps
import TestKit
import Terms
import Testing

@testable import Processes

/// What a look at a whole system finds.
@Suite struct SystemDamageTests {
  private let system = MemorySystem()

  /// A system with a binary that a heap, a message on its way, one in a mailbox, a table, the data for an heir
  /// and a literal hold.
  private func makeSystem() throws -> (processes: [TestProcess], binary: OffHeapBinary) {
    let processes = [try TestProcess(system), try TestProcess(system)]
    let binary = try system.heaps.binaries.makeBinary(byteCount: 1000)
    let term = processes[0].process.heap.buildLinked { cursor, list in
      let handle = cursor.makeBinaryHandle(binary, byteCount: 1000, list: &list)
      return cursor.makeTuple(.small(1), handle)
    }
    _ = try processes[0].process.keep(term)
    _ = try processes[0].send(term, to: processes[1].pid)
    #expect(try processes[1].handleSignals())
    _ = try processes[0].send(term, to: processes[1].pid)
    let table = try system.tables.makeTable(named: .ok, owner: processes[0].pid)
    try table.insert(term, by: processes[0].pid)
    try table.setHeir(processes[1].pid, data: term, by: processes[0].pid)
    binary.retain()
    try system.heaps.literals.build(words: 9) { (cursor, list) throws(Never) in
      _ = cursor.makeBinaryHandle(binary, byteCount: 1000, list: &list)
    }
    return (processes, binary)
  }

  @Test func whatIsWholeIsNotWrong() throws {
    let (processes, binary) = try makeSystem()
    #expect(binary.references == 6)
    #expect(system.firstDamage() == nil)
    processes[1].end(reason: .normal)
    #expect(system.firstDamage() == nil)
    processes[0].end(reason: .normal)
    #expect(system.firstDamage() == nil)
    withExtendedLifetime(processes) {}
  }

  /// One reference too many, and one that is held elsewhere, which the caller counts.
  @Test func referencesAddUp() throws {
    let (processes, binary) = try makeSystem()
    binary.retain()
    let damage = try #require(system.firstDamage())
    #expect(damage.place == .binary && damage.description.contains("7 references, of which 6"))
    #expect(system.firstDamage { $0.count(binary) } == nil)
    binary.release(to: system.heaps.binaries)
    #expect(system.firstDamage() == nil)
    withExtendedLifetime(processes) {}
  }

  @Test func damagedWordsAreFoundWhereverTheyStand() throws {
    let (processes, _) = try makeSystem()
    var term = Term.nil
    try system.heaps.literals.build(words: 2) { (cursor, _) throws(Never) in
      term = cursor.makeCons(.small(1), .nil)
    }
    func place(ofDamageAt slot: UnsafeMutablePointer<Term>) -> HeapDamage.Place? {
      let before = slot.pointee
      slot.pointee = Term(bits: UInt(bitPattern: slot) + 32 + 2)
      defer { slot.pointee = before }
      return system.firstDamage()?.place
    }
    let record = processes[1].process.record
    let fetched = try #require(try processes[1].nextMessage())
    let newest = record.pointee.newest
    let underWay = try #require(newest)
    #expect(place(ofDamageAt: term.cons) == .literal)
    #expect(place(ofDamageAt: fetched.tupleElements.baseAddress.unsafelyUnwrapped) == .message)
    #expect(
      place(ofDamageAt: underWay.term.tupleElements.baseAddress.unsafelyUnwrapped) == .message)
    let heap = processes[0].process.heap.state
    #expect(
      place(
        ofDamageAt: UnsafeMutableRawPointer(heap.pointee.start + BinaryHandle.words + 1)
          .assumingMemoryBound(to: Term.self)) == .young)
    #expect(system.firstDamage() == nil)
  }
}

import ETS
import Heaps
import Terms

extension MemorySystem {
  /// What is wrong with what the system holds: with the heap of a process or what it keeps from
  /// Swift, with a message on its way or in a mailbox, with an area of literals; a binary outside the
  /// heaps that counts other references than all of these and the tables have.
  ///
  /// What embedders keep in root sources, and what dictionaries hold, is seen by
  /// ``Process/firstDamage(findsBinaries:roots:)``.
  /// - Parameter holders: counts references to binaries that are held elsewhere, as by prepared
  ///   messages.
  /// - Precondition: no other thread runs a process or uses anything of the system.
  /// - Complexity: linear in the words of all that is looked at.
  public func firstDamage(
    besides holders: (inout ReferenceCensus) -> Void = { _ in }
  ) -> HeapDamage? {
    var census = ReferenceCensus()
    let binaries = heaps.binaryBlocks
    var damage = heaps.literals.firstDamage()
    census.count(heaps.literals)
    processes.forEachRecord { record in
      if let state = record.pointee.heap {
        census.count(heapAt: state)
        // The heap of a process that has ended is only kept: nobody asks it to copy literals.
        if damage == nil && !record.pointee.hasEnded {
          damage = firstDamage(state, record, binaries)
        }
      }
      record.pointee.forEachMessage { message in
        census.count(message)
        if damage == nil && message.signal != .request {
          damage = heaps.firstDamage(in: message)
        }
      }
    }
    for table in tables.tables { table.forEachReference { census.count($0) } }
    holders(&census)
    return damage ?? census.firstDamage(in: heaps)
  }

  private func firstDamage(
    _ state: UnsafeMutablePointer<HeapState>, _ record: ProcessRecord.Pointer,
    _ binaries: [UInt: Int]
  ) -> HeapDamage? {
    var none = NoRoots()
    return withUnsafeMutablePointer(to: &none) { none in
      var roots = OwnAndOtherRoots(dictionary: nil, record: record, roots: none)
      return heaps.firstDamage(inHeapAt: state, binaries: binaries, roots: &roots)
    }
  }
}

extension ProcessRecord {
  /// Calls with each message that was sent and not received, fetched or not.
  /// - Precondition: nobody sends, and nobody runs the process.
  func forEachMessage(_ body: (Message) -> Void) {
    queue.forEach { if let message = $0.queuedMessage { body(message) } }
    let taken = UnsafeMutablePointer<UInt>(bitPattern: taken).map { Message(record: $0) }
    for first in [taken, newest] {
      var next = first
      while let message = next {
        body(message)
        next = message.following
      }
    }
  }
}

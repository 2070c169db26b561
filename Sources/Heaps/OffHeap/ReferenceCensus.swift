import Carriers
import Terms

/// Adds up who holds the binaries outside the heaps, and compares with what each counts itself.
///
/// ```swift
/// var census = ReferenceCensus()
/// census.count(heap)                        // every heap of the system,
/// census.count(environment.literals)        // its literals,
/// census.count(fragment)                    // fragments on their way to a heap,
/// census.count(binary)                      // and what is held elsewhere
/// census.firstDamage(in: environment)       // nothing, if each reference is some holder's
/// ```
/// Of a system of processes `MemorySystem.firstDamage(besides:)` counts all that there is: heaps,
/// messages, tables, literals. While it counts, no thread may build, collect or release.
public struct ReferenceCensus {
  private var found: [UInt: Int] = [:]

  /// Makes a census that counted nothing yet.
  public init() {}

  /// Counts the references that the objects of a heap hold, dead or alive.
  public mutating func count(_ heap: borrowing ProcessHeap) {
    count(heap.state.pointee.offHeap)
  }

  /// Counts those of the heap that a state describes.
  package mutating func count(heapAt state: UnsafeMutablePointer<HeapState>) {
    count(state.pointee.offHeap)
  }

  /// Counts those of a message on its way.
  package mutating func count(_ message: Message) { count(message.offHeap) }

  /// Counts those of a fragment that belongs to no heap yet.
  public mutating func count(_ fragment: borrowing HeapFragment) { count(fragment.offHeap) }

  /// Counts those of the literals of a system.
  public mutating func count(_ literals: LiteralAreas) {
    for list in literals.offHeapLists { count(list) }
  }

  /// Counts one reference that somebody holds elsewhere.
  public mutating func count(_ binary: OffHeapBinary) {
    found[UInt(bitPattern: binary.memory), default: 0] += 1
  }

  private mutating func count(_ list: OffHeapList) {
    var next = list.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      count(OffHeapObject.target(of: object))
      next = OffHeapObject.next(of: object)
    }
  }

  /// A binary that counts other references than were found, or binaries that nobody holds.
  /// - Parameter environment: of the heaps that were counted, all of its system.
  public func firstDamage(in environment: HeapEnvironment) -> HeapDamage? {
    for (address, count) in found.sorted(by: { $0.key < $1.key }) {
      guard let memory = UnsafeMutableRawPointer(bitPattern: address) else { continue }
      let references = OffHeapBinary(at: memory).references
      if references != count {
        return HeapDamage(
          at: address, .binary, "counts \(references) references, of which \(count) are there")
      }
    }
    let binaries = environment.allocator.memory(by: .binary).blockCount
    if binaries != found.count {
      return HeapDamage(
        at: 0, .accounting, "counts \(binaries) binaries, of which \(found.count) are held")
    }
    return nil
  }
}

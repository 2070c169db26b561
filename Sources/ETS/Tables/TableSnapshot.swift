import Carriers
import Heaps
import Terms

/// All objects of a table as they were at one moment, to be read while the table is written.
///
/// ```swift
/// let snapshot = try table.makeSnapshot(by: pid)
/// let list = try snapshot.list(by: pid, on: &process.heap)
/// ```
/// The table is closed to others while the snapshot is made: it notes where each object stands, 8
/// bytes for each. From then on until the snapshot ends, objects do not change in place, and what is
/// taken out of the table stays in memory. A snapshot does not keep its table: once that ended, it is
/// ``TableError/noTable``.
///
/// Any thread may read a snapshot that may read the table.
public final class TableSnapshot: @unchecked Sendable {
  // Unchecked: the entries are written before the initialiser ends and only read after.

  /// The table that it is of.
  public let table: Table
  /// The objects in it.
  public let objectCount: Int
  private let entries: UnsafeMutablePointer<TableEntry>
  private let block: MemoryBlock
  private let allocator: BlockAllocator
  /// Whose the record of the table is.
  private let registry: TableRegistry

  fileprivate init(
    of table: Table, entries block: MemoryBlock, count: Int, allocator: BlockAllocator
  ) {
    self.table = table
    self.block = block
    self.allocator = allocator
    registry = table.record.pointee.registry
    objectCount = count
    entries = block.base.assumingMemoryBound(to: TableEntry.self)
  }

  deinit {
    try? table.forEachPart { part in part.withObjects { $0.endHold() } }
    allocator.free(block, kind: .ets)
  }

  /// The bytes that the snapshot takes beside the objects.
  public var byteCount: Int { block.byteCount }

  /// The list of copies of all objects, in order where the table is ordered.
  /// - Throws: ``TableError``; the heap may then hold a part of the list.
  public func list(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term {
    try list(of: 0..<objectCount, by: caller, on: &heap)
  }

  /// The list of copies of some objects: a slice of ``list(by:on:)``.
  /// - Parameter range: which, by their number from 0.
  public func list(
    of range: Range<Int>, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    if range.lowerBound < 0 || range.upperBound > objectCount {
      throw .invalidPosition(range.upperBound)
    }
    return try table.reading(by: caller) { _ throws(TableError) in
      var objects = RowSource(entries + range.lowerBound, count: range.count)
      return try ListBuilder.list(of: &objects, on: &heap)
    }
  }

  /// Calls with each object, in order where the table is ordered.
  /// - Parameter body: gets a term of the table's own memory, which is valid during the call. It
  ///   must not use tables of the same system, nor wait for a thread that does.
  public func forEachObject<Failure: Error>(
    by caller: Term, _ body: (Term) throws(Failure) -> Void
  ) throws(WalkError<Failure>) {
    var start = 0
    while start < objectCount {
      // Others wait for readers: leave now and then.
      let end = min(start + Self.objectsAtOnce, objectCount)
      try forEachObject(of: start..<end, by: caller, body)
      start = end
    }
  }

  private static var objectsAtOnce: Int { 1000 }

  private func forEachObject<Failure: Error>(
    of range: Range<Int>, by caller: Term, _ body: (Term) throws(Failure) -> Void
  ) throws(WalkError<Failure>) {
    var failure: Failure?
    do throws(TableError) {
      try table.reading(by: caller) { _ throws(TableError) in
        var unpacked = UnpackedObject(scratch: table.record.pointee.environment.scratch)
        for index in range {
          let object = try unpacked.term(of: entries[index])
          do throws(Failure) {
            try body(object)
          } catch {
            failure = error
            return
          }
        }
      }
    } catch {
      throw .table(error)
    }
    if let failure { throw .body(failure) }
  }
}

extension Table {
  /// Notes all objects as they are at this moment.
  /// - Throws: ``TableError``; then nothing is held.
  /// - Complexity: O(objects), while which nobody else can use the table.
  public func makeSnapshot(by caller: Term) throws(TableError) -> TableSnapshot {
    try check(.reading, by: caller)
    let allocator = record.pointee.environment.allocator
    return try alone { storage throws(TableError) in
      let count = storage.objectCount
      let block = try Self.makeRow(count, allocator)
      let entries = block.base.bindMemory(to: TableEntry.self, capacity: count)
      var walk = TableWalk()
      do throws(TableError) {
        for index in 0..<count { (entries + index).initialize(to: try storage.next(&walk)) }
      } catch {
        allocator.free(block, kind: .ets)
        throw error
      }
      for part in storage.parts { part.withObjects { $0.hold() } }
      return TableSnapshot(of: self, entries: block, count: count, allocator: allocator)
    }
  }

  private static func makeRow(
    _ count: Int, _ allocator: BlockAllocator
  ) throws(TableError) -> MemoryBlock {
    do {
      return try allocator.allocate(
        byteCount: max(1, count) * MemoryLayout<TableEntry>.stride, kind: .ets)
    } catch {
      throw .outOfMemory(error)
    }
  }
}

/// Objects in a row of entries.
private struct RowSource: StoredListSource {
  private var next: UnsafeMutablePointer<TableEntry>
  private let end: UnsafeMutablePointer<TableEntry>
  private(set) var entry = TableEntry.none

  init(_ first: UnsafeMutablePointer<TableEntry>, count: Int) {
    (next, end) = (first, first + count)
  }

  mutating func advance() -> Bool {
    if next == end { return false }
    entry = next.pointee
    next += 1
    return true
  }
}

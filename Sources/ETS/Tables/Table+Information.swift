import Carriers
import Heaps
import Synchronization
import Terms

/// What a table tells of itself: the items of `ets:info/1,2`.
public struct TableInformation: Sendable {
  /// The table's number.
  public let number: UInt64
  /// What it was made with.
  public let options: TableOptions
  /// The objects (`size`).
  public let objectCount: Int
  /// The words of all blocks of the table, its own records among them (`memory`).
  public let words: Int
  /// The pid of the owner.
  public let owner: Term
  /// The pid of the heir.
  public let heir: Term?
  /// The atom that it is or was named.
  public let name: Term
  /// Who fixed it (`safe_fixed_monotonic_time`).
  public let fixations: [TableFixation]
  /// Whether anybody did (`fixed`).
  public var isFixed: Bool { !fixations.isEmpty }
}

/// How the index of a table by hash is filled: the item `stats` of `ets:info/2`, for lines of seven
/// keys instead of chains.
public struct IndexStatistics: Equatable, Sendable {
  /// Lines that a hash leads to.
  public internal(set) var lineCount = 0
  /// Lines that were added to others.
  public internal(set) var linkedLineCount = 0
  /// Keys, those deleted while the table was fixed among them.
  public internal(set) var keyCount = 0
  /// Keys that were deleted while the table was fixed, and keep their places.
  public internal(set) var deletedKeyCount = 0
  /// The fewest keys that a line and those added to it have.
  public internal(set) var fewestKeys = 0
  /// The most keys that a line and those added to it have.
  public internal(set) var mostKeys = 0
  /// The sum of the squares of the lines' keys.
  var squareSum = 0.0
  /// The most entries that one write ever moved.
  public internal(set) var mostMoved = 0
  /// Parts with a lock of their own.
  public internal(set) var partCount = 0

  /// Keys for each line.
  public var meanKeys: Double { Double(keyCount) / Double(max(1, lineCount)) }

  /// The standard deviation of the keys of a line.
  public var keyDeviation: Double {
    let lines = Double(max(1, lineCount))
    return max(0, squareSum / lines - meanKeys * meanKeys).squareRoot()
  }

  /// What the deviation would be if keys fell on lines by chance.
  public var expectedDeviation: Double {
    (meanKeys * (1 - 1 / Double(max(1, lineCount)))).squareRoot()
  }
}

extension Table {
  /// What the table tells of itself, as `ets:info/1`; any process may ask.
  /// - Throws: ``TableError/noTable``.
  public func information() throws(TableError) -> TableInformation {
    let (fixations, heir) = (fixations, heir)
    let heirBytes = try whileAlive { claims.heirData?.byteCount ?? 0 }
    var (options, objects) = try counting { (record.pointee.options, $0.objectCount) }
    options.protection = protection
    let bytes = try byteCount()
    return TableInformation(
      number: number, options: options, objectCount: objects,
      words: (bytes + heirBytes + MemoryLayout<TableRecord>.size) / MemoryLayout<UInt>.stride,
      owner: owner, heir: heir, name: name, fixations: fixations)
  }

  /// The bytes of all blocks. Who writes counts them, so they are read under the parts' locks.
  private func byteCount() throws(TableError) -> Int {
    var count = try counting { $0.ownByteCount }
    try forEachPart { count += $0.byteCount }
    return count
  }

  /// The objects there are, as `ets:info(Table, size)`.
  public func objectCount() throws(TableError) -> Int { try counting { $0.objectCount } }

  /// How the index is filled; nothing but zeros of an ordered table.
  /// - Complexity: O(keys).
  public func indexStatistics() throws(TableError) -> IndexStatistics {
    var statistics = IndexStatistics()
    for index in 0..<(try partCount()) {
      try withPart(index) { part in
        guard case .hashed(let part) = part else { return }
        part.add(to: &statistics)
      }
    }
    return statistics
  }

  /// The binaries outside the heaps that the objects hold, once for each time that an object does, as
  /// `ets:info(Table, binary)`.
  /// - Complexity: O(handles).
  public func binaries() throws(TableError) -> [BinaryInformation] {
    var found: [BinaryInformation] = []
    try forEachPart { part in
      part.withObjects { objects in
        objects.handles.forEach { found.append(BinaryInformation(BinaryHandle.binary(at: $0))) }
      }
    }
    return found
  }

  /// Calls with each reference to a binary outside the heaps that the table has: of its objects, of
  /// those that were taken out and may still be read, and of the data for its heir.
  /// - Precondition: no other thread uses the table.
  package func forEachReference(_ body: (OffHeapBinary) -> Void) {
    try? forEachPart { part in
      part.withObjects { objects in objects.forEachReference(body) }
    }
    claims.heirData?.forEachReference(body)
  }

  /// Looks at a table as any process may.
  func counting<Result>(
    _ body: (TableStorage) -> Result
  ) throws(TableError) -> Result {
    try reading(by: .none) { body($0) }
  }
}

extension HashPart {
  /// Adds what this part's index is like. Under its lock.
  fileprivate func add(to statistics: inout IndexStatistics) {
    for number in 0..<lineCount {
      var keys = 0
      var line = state.pointee.directory[number]
      while true {
        for slot in 0..<IndexLine.entryCount where !line.entry(slot).isNone {
          keys += 1
          if line.entry(slot).isDeleted { statistics.deletedKeyCount += 1 }
        }
        guard let next = line.link else { break }
        line = next
      }
      let isFirst = statistics.lineCount == 0 && number == 0
      statistics.fewestKeys = isFirst ? keys : min(statistics.fewestKeys, keys)
      statistics.mostKeys = max(statistics.mostKeys, keys)
      statistics.squareSum += Double(keys * keys)
    }
    statistics.lineCount += lineCount
    statistics.linkedLineCount += state.pointee.linkedLineCount
    statistics.keyCount += state.pointee.entryCount
    statistics.mostMoved = max(statistics.mostMoved, state.pointee.mostMoved)
    statistics.partCount += 1
  }
}

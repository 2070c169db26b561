import Carriers
import Heaps
import Synchronization
import Terms

/// The record of a ``HashPart``.
struct HashPartState: ~Copyable {
  /// Nothing: the thread sanitizer takes a change of any field for one of the first.
  private let beginning: UInt = 0
  /// The lines in use: an ``IndexSize``.
  let size = Atomic<UInt>(IndexSize(lineCount: LineDirectory.firstLines).bits)
  let directory: LineDirectory
  let seed: UInt
  /// Which element of an object is its key, as a place among the object's words.
  let keyPosition: Int
  let type: TableType

  // Behind this line what only writers touch: readers wait for no lock that another thread takes.
  private let padding = InlineArray<8, UInt>(repeating: 0)
  /// Taken by who writes.
  let lock = TableLock()
  var objects: ObjectStore
  /// The lines that were made empty since their segment was got: beyond them stands anything.
  var begunLineCount = 0
  /// Entries of the index, those marked as deleted among them.
  var entryCount = 0
  /// Objects for readers.
  let objectCount = Atomic<Int>(0)
  /// Lines that were added to others.
  var linkedLineCount = 0
  /// Traversals and sections that want every entry to stay where it is.
  var fixCount = 0
  /// The lines where an entry was marked as deleted; see ``FixedDeletions``.
  var deletions = FixedDeletions()
  /// The most entries that one write ever moved, for tests and reports.
  var mostMoved = 0

  init(objects: consuming ObjectStore, directory: LineDirectory, options: HashPartOptions) {
    self.objects = objects
    self.directory = directory
    seed = options.seed
    keyPosition = options.keyPosition
    type = options.type
  }
}

/// What all parts of a table have in common.
struct HashPartOptions {
  let seed: UInt
  let keyPosition: Int
  let type: TableType
  let limit: TableLimit?
  /// Whether all of an object but its key is packed.
  var isCompressed = false
}

/// A part of a table of type `set`, `bag` or `duplicate_bag`: an index by hash that grows line by
/// line (linear hashing: Litwin, VLDB 1980), and the arena of its objects.
///
/// One thread at a time writes, under the part's lock. Any thread reads at any time, inside a
/// ``ThreadReader``'s section: objects never change but in one word, entries are published when
/// all is in place, and who finds nothing looks whether entries moved meanwhile.
struct HashPart: BitwiseCopyable {
  let state: UnsafeMutablePointer<HashPartState>

  /// The record, the directory behind it, the versions and the first lines.
  private static var ownByteCount: Int {
    firstLinesOffset + LineDirectory.firstLines * IndexLine.byteCount
  }
  private static var versionsOffset: Int {
    let byteCount = MemoryLayout<HashPartState>.size + LineDirectory.byteCount
    return (byteCount + 63) & ~63
  }
  private static var firstLinesOffset: Int { versionsOffset + LineVersions.byteCount }

  /// Makes a part without objects.
  /// - Parameters:
  ///   - budget: bounds what it holds.
  ///   - besideByteCount: what the table holds beside it.
  init(
    options: HashPartOptions, environment: HeapEnvironment, budget: MemoryBudget?,
    besideByteCount: Int
  ) throws(TableError) {
    let allocator = environment.allocator
    do throws(MemoryError) {
      let block = try allocator.allocate(byteCount: Self.ownByteCount, kind: .ets)
      do throws(MemoryError) {
        let objects = try ObjectStore(
          environment: environment, limit: options.limit,
          packingKeyPosition: options.isCompressed ? options.keyPosition : nil,
          charge: TableCharge(budget, besideByteCount: block.byteCount + besideByteCount))
        state = block.base.bindMemory(to: HashPartState.self, capacity: 1)
        let directory = LineDirectory(
          initializing: block.base + MemoryLayout<HashPartState>.size)
        state.initialize(
          to: HashPartState(objects: objects, directory: directory, options: options))
      } catch {
        allocator.free(block, kind: .ets)
        throw error
      }
    } catch {
      throw .outOfMemory(error)
    }
    versions.initialize()
    begin()
  }

  /// The versions of the lines.
  @inline(__always)
  var versions: LineVersions {
    LineVersions(at: UnsafeMutableRawPointer(state) + Self.versionsOffset)
  }

  /// Makes the index one of the first lines, without entries.
  func begin() {
    let lines = UnsafeMutableRawPointer(state) + Self.firstLinesOffset
    let words = lines.assumingMemoryBound(to: UInt.self)
    for line in 0..<LineDirectory.firstLines {
      state.pointee.directory.setSegment(line, at: words + line * 8)
      IndexLine(words + line * 8).clear()
    }
    state.pointee.begunLineCount = LineDirectory.firstLines
    publish(lineCount: LineDirectory.firstLines)
  }

  /// Gives all memory back, and the references that objects hold.
  /// - Precondition: nobody else uses the part.
  /// - Complexity: O(runs of pages + handles of binaries).
  func destroy() {
    let environment = state.pointee.objects.environment
    state.pointee.objects.removeAll()
    state.deinitialize(count: 1)
    environment.allocator.free(at: state, byteCount: Self.ownByteCount, kind: .ets)
  }

  /// The objects there are.
  var objectCount: Int { state.pointee.objectCount.load(ordering: .relaxed) }

  /// The bytes of the blocks that the part has in use.
  var byteCount: Int { Self.ownByteCount + state.pointee.objects.byteCount }
}

// MARK: Finding

extension HashPart {
  /// Where an entry stands.
  struct Place {
    let line: IndexLine
    let slot: Int
    /// What stood there when the key was compared.
    let entry: TableEntry
  }

  /// The lines in use, as the writer knows them.
  @inline(__always)
  var lineCount: Int { IndexSize(bits: state.pointee.size.load(ordering: .relaxed)).lineCount }

  /// Tells readers how many lines there are.
  func publish(lineCount: Int) {
    state.pointee.size.store(IndexSize(lineCount: lineCount).bits, ordering: .releasing)
  }

  /// The line that a hash belongs to, as the writer knows it.
  @inline(__always)
  func line(of hash: UInt) -> (number: Int, first: IndexLine) {
    let number = IndexSize(bits: state.pointee.size.load(ordering: .relaxed)).line(of: hash)
    return (number, state.pointee.directory[number])
  }

  /// The first line of a chain, for readers.
  ///
  /// A reader that comes to the directory with a size of long ago may find there a segment that was
  /// got since, whose lines were not begun when it looked. So it looks at the size behind that again:
  /// as long as it is the one it came with, all lines had been begun before.
  /// - Returns: nothing where the size is another one.
  @inline(__always)
  func firstLine(_ number: Int, in size: IndexSize) -> IndexLine? {
    let line = state.pointee.directory[number]
    return sizeForReaders.bits == size.bits ? line : nil
  }

  /// The size of the index; what was written before is seen too.
  @inline(__always)
  var sizeForReaders: IndexSize {
    IndexSize(bits: state.pointee.size.load(ordering: .acquiring))
  }

  /// The entry of a key; none where there is none, or it is marked as deleted.
  ///
  /// For readers and writers.
  @inline(never)
  func find(_ key: Term, hash: UInt) throws(TableError) -> TableEntry {
    guard let place = try search(key, hash: hash).place, !place.entry.isDeleted else {
      return .none
    }
    return place.entry
  }

  /// Where the entry of a key stands, marked or not, and the line that was looked through; nothing
  /// where there is none, and no entries moved meanwhile.
  @inline(__always)
  func search(
    _ key: Term, hash: UInt
  ) throws(TableError) -> (place: Place?, number: Int, first: IndexLine) {
    var tries = 0
    while true {
      let size = sizeForReaders
      let number = size.line(of: hash)
      guard let first = firstLine(number, in: size) else { continue }
      let version = versions[number]
      if let place = try place(of: key, hash: hash, from: first) { return (place, number, first) }
      // The line is as it was, and still the one that the key belongs to.
      if versions[number] == version && version & 1 == 0 && sizeForReaders.line(of: hash) == number
        && state.pointee.directory[number] == first
      {
        return (nil, number, first)
      }
      TableLock.pause(tries)
      tries &+= 1
    }
  }

  /// Where the entry of a key stands, in a chain of lines.
  @inline(__always)
  func place(of key: Term, hash: UInt, from first: IndexLine) throws(TableError) -> Place? {
    if key.isImmediate { return place(hash: hash, from: first) { self.key(of: $0) == key } }
    return try place(boxed: key, hash: hash, from: first)
  }

  @inline(never)
  private func place(
    boxed key: Term, hash: UInt, from first: IndexLine
  ) throws(TableError) -> Place? {
    return try place(hash: hash, from: first) { entry throws(TableError) in
      let stored = self.key(of: entry)
      // Most are seen at once: then nothing is counted that all threads share.
      if let isEqual = TermEquality.areExactlyEqualAtSight(stored, key) { return isEqual }
      return try state.pointee.objects.environment.isExactlyEqual(stored, key)
    }
  }

  /// Where an entry stands in a chain of lines whose hash is the same and for which something holds.
  @inline(__always)
  private func place<Failure: Error>(
    hash: UInt, from first: IndexLine, where hasKey: (TableEntry) throws(Failure) -> Bool
  ) throws(Failure) -> Place? {
    let print = TableHash.print(of: hash)
    let bits = TableHash.entryBits(of: hash)
    var line = first
    while true {
      var matches = IndexLine.matches(of: print, in: line.prints)
      while matches != 0 {
        let slot = IndexLine.place(of: matches)
        let entry = line.word(slot)
        if entry.hash == bits, !entry.isNone, !IndexLine.isLink(entry), try hasKey(entry) {
          return Place(line: line, slot: slot, entry: entry)
        }
        matches &= matches &- 1
      }
      guard let next = line.link else { return nil }
      line = next
    }
  }

  /// The key of an entry's objects.
  @inline(__always)
  func key(of entry: TableEntry) -> Term {
    let words = entry.isGroup ? entry.group[0].words : entry.words
    return Term(bits: words[state.pointee.keyPosition])
  }

  /// The hash of a key.
  @inline(__always)
  func hash(_ key: Term) throws(TableError) -> UInt {
    if key.isImmediate { return TableHash.hash(immediate: key, seed: state.pointee.seed) }
    return try hash(boxed: key)
  }

  @inline(never)
  private func hash(boxed key: Term) throws(TableError) -> UInt {
    try TableHash.hash(
      boxed: key, seed: state.pointee.seed, scratch: state.pointee.objects.environment.scratch)
  }
}

// MARK: Memory

extension HashPart {
  /// A segment whose first line begins at a cache line's start where it has many; the word before
  /// it is then where its block begins.
  func makeSegment(_ segment: Int) throws(TableError) -> UnsafeMutableRawPointer {
    let byteCount = Self.segmentByteCount(segment)
    let block = try state.pointee.objects.allocate(byteCount: byteCount)
    if !Self.isAligned(segment) { return block }
    let start = block.advanced(by: 8).alignedUp(toMultipleOf: IndexLine.byteCount)
    start.storeBytes(of: block, toByteOffset: -8, as: UnsafeMutableRawPointer.self)
    return start
  }

  /// The block of a segment.
  static func block(
    ofSegment segment: Int, at start: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    isAligned(segment)
      ? start.load(fromByteOffset: -8, as: UnsafeMutableRawPointer.self) : start
  }

  /// The bytes of a segment's block.
  static func segmentByteCount(_ segment: Int) -> Int {
    let lines = LineDirectory.lineCount(ofSegment: segment)
    return lines * IndexLine.byteCount + (isAligned(segment) ? IndexLine.byteCount : 0)
  }

  private static func isAligned(_ segment: Int) -> Bool {
    LineDirectory.lineCount(ofSegment: segment) >= 8
  }

  /// Keeps the memory of an entry's objects until nobody reads it, then gives it back.
  @inline(__always)
  func retire(_ entry: TableEntry) {
    if entry.isGroup { retireGroup(entry.group) } else { state.pointee.objects.retire(entry) }
  }

  @inline(never)
  private func retireGroup(_ group: ObjectGroup) {
    for index in 0..<group.count { state.pointee.objects.retire(group[index]) }
    state.pointee.objects.retire(block: group.memory, byteCount: group.byteCount)
  }
}

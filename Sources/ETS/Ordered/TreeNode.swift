import Carriers
import Synchronization
import Terms

/// A node of a B+ tree, in which keys are found by their prefixes.
///
/// ```
/// 0 | version: odd while the node changes, and for good once it is out of the tree |
/// 1 | first:16 | room:16 | count:16                                                |
/// 2 | prefix ... (room)            |
///   | entry ... (room)             |   of a leaf: the objects, and the prefixes of their keys
///   | key ... (room)               |   of an inner node: separators
///   | child ... (room + 1)         |
/// ```
/// What a leaf has stands from `first` on in both rows, so that its first objects go and come as cheaply as
/// its last ones; what an inner node has begins at 0.
///
/// A separator without a key stands between keys with prefixes below its own, on its left, and all
/// others. Only where two neighbours have the same prefix does one have a key: as the entry of a
/// tuple of its own, `{Key}`, which belongs to the tree; keys from there on are on its right.
///
/// Who writes changes the version before and after. Who reads looks at the version before and after
/// (Leis, Haubenschild, Neumann, "Optimistic lock coupling", IEEE Data Eng. Bull. 2019).
struct TreeNode: BitwiseCopyable, Equatable {
  let words: UnsafeMutablePointer<UInt>

  private static var headerWords: Int { 2 }

  @inline(__always)
  init(_ words: UnsafeMutablePointer<UInt>) { self.words = words }

  @inline(__always)
  init(bits: UInt) { words = UnsafeMutablePointer(bitPattern: bits).unsafelyUnwrapped }

  @inline(__always) var bits: UInt { UInt(bitPattern: words) }

  @inline(__always)
  func shared(_ place: Int) -> SharedWord { SharedWord(words + place) }

  /// How many keys or separators a node has, and could have, and where they begin.
  ///
  /// A reader uses the same one as long as it looks at a node: an index of one does not fit another.
  struct Extent: BitwiseCopyable {
    let bits: UInt
    @inline(__always) var count: Int { Int(bits & 0xFFFF) }
    @inline(__always) var room: Int { Int(bits >> 16 & 0xFFFF) }
    @inline(__always) var first: Int { Int(bits >> 32) }

    @inline(__always)
    init(bits: UInt) { self.bits = bits }

    @inline(__always)
    init(first: Int = 0, room: Int, count: Int) {
      bits = UInt(first) << 32 | UInt(room) << 16 | UInt(count)
    }
  }

  @inline(__always) var extent: Extent { Extent(bits: shared(1).acquired) }
  @inline(__always) var count: Int { extent.count }
  @inline(__always) var room: Int { extent.room }
  @inline(__always) var isFull: Bool {
    let extent = extent
    return extent.count == extent.room
  }

  @inline(__always)
  private func set(_ extent: Extent) { shared(1).publish(extent.bits) }

  /// Sets how many separators an inner node has.
  func setCount(_ count: Int) { set(Extent(room: room, count: count)) }

  /// Makes a node without keys of fresh memory.
  func begin(room: Int) {
    words[0] = 0
    words[1] = Extent(room: room, count: 0).bits
  }

  // MARK: Versions

  /// The version; what was written before is seen too.
  @inline(__always) var version: UInt { shared(0).acquired }

  /// Makes readers wait, or begin again; twice each change.
  @inline(__always) func changeVersion() { shared(0).publish(shared(0).relaxed &+ 1) }

  /// Whether nothing changed since the version was looked at.
  @inline(__always) func isStill(_ version: UInt) -> Bool { shared(0).acquired == version }

  // MARK: Words

  /// Where the prefixes begin, and where the entries do.
  @inline(__always)
  private static func rows(of extent: Extent) -> (prefixes: Int, entries: Int) {
    let prefixes = headerWords &+ extent.first
    return (prefixes, prefixes &+ extent.room)
  }

  @inline(__always)
  func prefix(_ index: Int, in extent: Extent) -> UInt {
    shared(Self.rows(of: extent).prefixes &+ index).acquired
  }

  /// An object of a leaf, or the key of a separator.
  @inline(__always)
  func entry(_ index: Int, in extent: Extent) -> TableEntry {
    TableEntry(bits: shared(Self.rows(of: extent).entries &+ index).acquired)
  }

  /// As ``prefix(_:in:)``, where nobody writes meanwhile.
  @inline(__always)
  func prefix(_ index: Int) -> UInt { prefix(index, in: extent) }

  /// As ``entry(_:in:)``, where nobody writes meanwhile.
  @inline(__always)
  func entry(_ index: Int) -> TableEntry { entry(index, in: extent) }

  /// Replaces an object whose key stays.
  @inline(__always)
  func replace(_ index: Int, by entry: TableEntry) {
    shared(Self.rows(of: extent).entries &+ index).publish(entry.bits)
  }

  @inline(__always)
  func child(_ index: Int, room: Int) -> UInt {
    shared(Self.headerWords &+ 2 &* room &+ index).acquired
  }

  @inline(__always)
  func child(_ index: Int) -> TreeNode { TreeNode(bits: child(index, room: room)) }

  /// Puts another node in a child's place.
  func setChild(_ index: Int, _ child: TreeNode) {
    shared(Self.headerWords + 2 * room + index).publish(child.bits)
  }

  // MARK: Search

  /// How many prefixes are below one: a search without jumps that depend on keys or on their number,
  /// in two steps that each wait for seven prefixes at once: every eighth one, and those between.
  /// - Parameter extent: of 64 at most.
  @inline(__always)
  func rank(below prefix: UInt, in extent: Extent) -> Int {
    let count = extent.count
    assert(count <= 64, "a node of \(count) keys is searched as one of 64")
    let prefixes = shared(Self.rows(of: extent).prefixes)
    let last = count &- 1
    // Where keys come in order, each is behind all others.
    if last < 0 || prefixes[last].load(ordering: .acquiring) < prefix { return count }
    // Behind the last one stands the last one again, which is not below.
    @inline(__always)
    func isBelow(_ index: Int) -> Int {
      prefixes[min(index, last)].load(ordering: .acquiring) < prefix ? 1 : 0
    }
    var eighths = 0
    for eighth in 1...7 { eighths &+= isBelow(8 &* eighth &- 1) }
    var rank = 8 &* eighths
    let first = rank
    for place in 0..<7 { rank &+= isBelow(first &+ place) }
    // Where somebody writes meanwhile, what was counted may be anything.
    return min(rank, count)
  }

  /// How many prefixes are at most one.
  func rank(upTo prefix: UInt, in extent: Extent) -> Int {
    prefix == .max ? extent.count : rank(below: prefix + 1, in: extent)
  }

  /// Asks for the lines that a search looks at, and those of the entries, one of which comes next: a
  /// kilobyte, which comes from memory side by side.
  @inline(__always)
  func prefetch() {
    for line in 0..<16 { Prefetch.read(UnsafeRawPointer(words) + line &* 64) }
  }
}

// MARK: - Changes, the version odd

extension TreeNode {
  /// Makes room for a word before those from an index to the end.
  private func open(_ index: Int, of row: Int, count: Int) {
    for place in (index..<count).reversed() { move(row &+ place, to: row &+ place &+ 1) }
  }

  /// Takes the word with an index out of a row.
  private func close(_ index: Int, of row: Int, count: Int) {
    for place in index..<count &- 1 { move(row &+ place &+ 1, to: row &+ place) }
  }

  @inline(__always)
  private func move(_ source: Int, to target: Int) { shared(target).publish(words[source]) }

  /// Moves objects of a leaf to the place before theirs, or so many before.
  /// - Parameter range: of places in the rows.
  @inline(__always)
  private func moveDown(_ range: Range<Int>, room: Int, by distance: Int = 1) {
    // Both rows at once: where a loop ends is told wrongly as a rule.
    var place = Self.headerWords &+ range.lowerBound
    let end = Self.headerWords &+ range.upperBound
    while place < end {
      move(place, to: place &- distance)
      move(place &+ room, to: place &+ room &- distance)
      place &+= 1
    }
  }

  /// Moves objects of a leaf to the place behind theirs.
  @inline(__always)
  private func moveUp(_ range: Range<Int>, room: Int) {
    var place = Self.headerWords &+ range.upperBound
    let end = Self.headerWords &+ range.lowerBound
    while place > end {
      place &-= 1
      move(place, to: place &+ 1)
      move(place &+ room, to: place &+ room &+ 1)
    }
  }

  /// Adds an object to a leaf.
  /// - Precondition: there is room.
  @inline(__always)
  func insert(_ entry: TableEntry, prefix: UInt, at index: Int) {
    let extent = extent
    var (first, room, count) = (extent.first, extent.room, extent.count)
    if first > 0 && index &* 2 < count {
      moveDown(first..<first &+ index, room: room)
      first &-= 1
    } else {
      if first &+ count == room {
        moveDown(first..<room, room: room, by: first)
        first = 0
      }
      moveUp(first &+ index..<first &+ count, room: room)
    }
    count &+= 1
    let new = Extent(first: first, room: room, count: count)
    let rows = Self.rows(of: new)
    shared(rows.prefixes &+ index).publish(prefix)
    shared(rows.entries &+ index).publish(entry.bits)
    set(new)
  }

  /// Takes an object out of a leaf.
  @inline(__always)
  func remove(_ index: Int) {
    let extent = extent
    let (first, room, count) = (extent.first, extent.room, extent.count)
    if index &* 2 < count {
      moveUp(first..<first &+ index, room: room)
      set(Extent(first: first &+ 1, room: room, count: count &- 1))
    } else {
      moveDown(first &+ index &+ 1..<first &+ count, room: room)
      set(Extent(first: first, room: room, count: count &- 1))
    }
  }

  /// Puts two children in the place of one, a separator between them.
  /// - Precondition: there is room.
  func divide(_ index: Int, by separator: Separator, left: TreeNode, right: TreeNode) {
    let (count, room) = (count, room)
    let (keys, children) = (Self.headerWords + room, Self.headerWords + 2 * room)
    open(index, of: Self.headerWords, count: count)
    open(index, of: keys, count: count)
    open(index + 1, of: children, count: count + 1)
    shared(Self.headerWords + index).publish(separator.prefix)
    shared(keys + index).publish(separator.key.bits)
    shared(children + index).publish(left.bits)
    shared(children + index + 1).publish(right.bits)
    setCount(count + 1)
  }

  /// Takes a child out, and the separator next to it.
  /// - Returns: that separator.
  /// - Precondition: it is not the only child.
  func removeChild(_ index: Int) -> Separator {
    let (count, room) = (count, room)
    let place = max(index - 1, 0)
    let separator = separator(place)
    close(place, of: Self.headerWords, count: count)
    close(place, of: Self.headerWords + room, count: count)
    close(index, of: Self.headerWords + 2 * room, count: count + 1)
    setCount(count - 1)
    return separator
  }

  func separator(_ index: Int) -> Separator {
    Separator(prefix: prefix(index), key: entry(index))
  }
}

// MARK: - Filling new nodes

extension TreeNode {
  /// Adds keys of another node, and their objects, behind one's own. Nobody else knows this node, and
  /// nothing was taken out of it.
  func append(_ range: Range<Int>, of other: TreeNode) {
    let (count, room) = (count, room)
    let (rows, others) = (Self.rows(of: extent), Self.rows(of: other.extent))
    (words + rows.prefixes + count).update(
      from: other.words + others.prefixes + range.lowerBound, count: range.count)
    (words + rows.entries + count).update(
      from: other.words + others.entries + range.lowerBound, count: range.count)
    words[1] = Extent(room: room, count: count + range.count).bits
  }

  /// Adds one separator.
  func append(_ separator: Separator) {
    let (count, room) = (count, room)
    words[Self.headerWords + count] = separator.prefix
    words[Self.headerWords + room + count] = separator.key.bits
    words[1] = Extent(room: room, count: count + 1).bits
  }

  /// Sets children to those of another node.
  func setChildren(from index: Int, _ range: ClosedRange<Int>, of other: TreeNode) {
    let target = words + Self.headerWords + 2 * room + index
    let source = other.words + Self.headerWords + 2 * other.room + range.lowerBound
    target.update(from: source, count: range.count)
  }
}

/// What stands between two children of a node.
struct Separator: BitwiseCopyable {
  let prefix: UInt
  /// The object `{Key}`, or none where the prefix is enough.
  let key: TableEntry
}

// MARK: - Sizes

extension TreeNode {
  /// The most objects of a leaf: four leaves take a page of an arena.
  static var mostObjects: Int { 61 }
  /// The most separators of an inner node.
  static var mostSeparators: Int { 40 }

  /// The room of a leaf for so many objects and some more.
  static func leafRoom(for count: Int) -> Int {
    if count <= 3 { return 3 }
    if count <= 31 { return (count + 4) & ~3 - 1 }
    return count <= 38 ? 38 : count <= 46 ? 46 : count <= 53 ? 53 : mostObjects
  }

  /// The room of an inner node for so many separators.
  static func innerRoom(for count: Int) -> Int {
    count <= 3 ? 3 : count <= 10 ? 10 : count <= 20 ? 20 : mostSeparators
  }

  static func leafByteCount(room: Int) -> Int {
    (headerWords + 2 * room) * MemoryLayout<UInt>.stride
  }

  static func innerByteCount(room: Int) -> Int {
    (headerWords + 3 * room + 1) * MemoryLayout<UInt>.stride
  }
}

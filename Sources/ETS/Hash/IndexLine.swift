import Synchronization
import Terms

/// A cache line of a hash index: what is needed to find up to six keys, or five and a further line.
///
/// ```
///   0 | version: odd while entries move         |
///   1 | 0  0 | print 5 | ... | print 1 | print 0 |   a byte of each key's hash; 0 where none is
///   2 | entry 0                                  |
///     | ...                                      |
///   7 | entry 5, or the address of a further line|   bits 0 to 2 set: a link
/// ```
/// Only the first line's version counts. Entry 5 of a line that gets a link moves to entry 0 of the
/// further line: so both have the same number, 5 * (lines before) + place, and a walk goes on there.
struct IndexLine: BitwiseCopyable, Equatable {
  let words: UnsafeMutablePointer<UInt>

  static var byteCount: Int { 64 }
  static var entryCount: Int { 6 }
  private static var linkBits: UInt { 7 }
  private static var lowBits: UInt { 0x0000_0101_0101_0101 }

  @inline(__always)
  init(_ words: UnsafeMutablePointer<UInt>) { self.words = words }

  @inline(__always)
  private func shared(_ place: Int) -> SharedWord { SharedWord(words + place) }

  /// Makes it a line without entries.
  func clear() {
    for place in 0..<8 { shared(place).pointee.store(0, ordering: .relaxed) }
  }

  /// The version; what was written before is seen too.
  @inline(__always) var version: UInt { shared(0).acquired }

  /// Makes readers that find nothing try again: before entries move, and after.
  @inline(__always) func changeVersion() { shared(0).publish(shared(0).relaxed &+ 1) }

  /// The prints of its entries.
  @inline(__always) var prints: UInt { shared(1).acquired }

  /// The entries of this line.
  var count: Int {
    let prints = prints
    let withoutTops = prints & (Self.lowBits &* 0x7F)
    return ((withoutTops &+ Self.lowBits &* 0x7F | prints) & Self.lowBits << 7).nonzeroBitCount
  }

  /// Bits in each byte of ``prints`` that may be a print; the lowest is one.
  @inline(__always)
  static func matches(of print: UInt, in prints: UInt) -> UInt {
    let difference = prints ^ (print &* lowBits)
    return (difference &- lowBits) & ~difference & (lowBits << 7)
  }

  /// The places without a print, as ``matches(of:in:)``.
  @inline(__always) var freePlaces: UInt {
    Self.matches(of: 0, in: prints) & (link == nil ? ~0 : ~(0x80 << 40))
  }

  /// The place of the lowest match.
  @inline(__always)
  static func place(of matches: UInt) -> Int { matches.trailingZeroBitCount &>> 3 }

  /// An entry; the word of a link tells nothing.
  @inline(__always)
  func entry(_ place: Int) -> TableEntry {
    let word = word(place)
    return Self.isLink(word) ? .none : word
  }

  /// An entry, or a link.
  @inline(__always)
  func word(_ place: Int) -> TableEntry { TableEntry(bits: shared(2 &+ place).acquired) }

  /// Whether what ``word(_:)`` gave is a link.
  @inline(__always)
  static func isLink(_ word: TableEntry) -> Bool { word.bits & linkBits == linkBits }

  /// The further line.
  @inline(__always) var link: IndexLine? {
    let word = shared(7).acquired
    if word & Self.linkBits != Self.linkBits { return nil }
    return IndexLine(
      UnsafeMutablePointer(bitPattern: word & ~Self.linkBits).unsafelyUnwrapped)
  }

  /// Replaces an entry whose print stays.
  @inline(__always)
  func replace(_ place: Int, by entry: TableEntry) { shared(2 &+ place).publish(entry.bits) }

  /// Puts an entry in a free place.
  @inline(__always)
  func put(_ entry: TableEntry, print: UInt, at place: Int) {
    shared(2 &+ place).publish(entry.bits)
    setPrint(print, at: place)
  }

  /// Takes an entry out.
  @inline(__always)
  func remove(_ place: Int) {
    setPrint(0, at: place)
    shared(2 &+ place).publish(0)
  }

  /// The print of an entry.
  @inline(__always)
  func print(_ place: Int) -> UInt { shared(1).relaxed >> UInt(8 &* place) & 0xFF }

  /// Moves the last entry to a further, empty line and links that.
  /// - Precondition: the version is odd, and there is no link.
  func setLink(_ line: IndexLine) {
    line.put(entry(5), print: print(5), at: 0)
    setPrint(0, at: 5)
    shared(7).publish(UInt(bitPattern: line.words) | Self.linkBits)
  }

  /// Makes another line the further one.
  /// - Precondition: the version is odd, and there is a link.
  func relink(_ line: IndexLine) {
    shared(7).publish(UInt(bitPattern: line.words) | Self.linkBits)
  }

  /// Forgets the further line.
  /// - Precondition: the version is odd.
  func removeLink() { shared(7).publish(0) }

  /// Replaces all prints.
  @inline(__always)
  func setPrints(_ prints: UInt) { shared(1).publish(prints) }

  @inline(__always)
  private func setPrint(_ print: UInt, at place: Int) {
    let shift = UInt(8 &* place)
    setPrints(shared(1).relaxed & ~(0xFF &<< shift) | print &<< shift)
  }
}

import Synchronization
import Terms

/// A cache line of a hash index: what is needed to find up to seven keys, or six and a further line.
///
/// ```
///   0 | 0 | print 6 | ... | print 1 | print 0     |   seven bits of each key's hash; 0 where none is
///   1 | entry 0                                   |
///     | ...                                       |
///   7 | entry 6, or the address of a further line |   bits 0 to 2 set: a link
/// ```
/// Entry 6 of a line that gets a link moves to entry 0 of the further line: so both have the same
/// number, 6 * (lines before) + place, and a walk goes on there. While entries move, the version of
/// the line is odd; see ``LineVersions``.
struct IndexLine: BitwiseCopyable, Equatable {
  let words: UnsafeMutablePointer<UInt>

  static var byteCount: Int { 64 }
  static var entryCount: Int { 7 }
  /// The entries of a line with a link.
  static var linkedCount: Int { 6 }
  private static var linkBits: UInt { 7 }
  private static var lowBits: UInt { 0x0001_0101_0101_0101 }
  private static var topBits: UInt { lowBits << 7 }

  @inline(__always)
  init(_ words: UnsafeMutablePointer<UInt>) { self.words = words }

  @inline(__always)
  private func shared(_ place: Int) -> SharedWord { SharedWord(words + place) }

  /// Makes it a line without entries. Readers may know it: none sees that before an odd version.
  func clear() {
    for place in 0..<8 { shared(place).publish(0) }
  }

  /// The prints of its entries.
  @inline(__always) var prints: UInt { shared(0).acquired }

  /// The entries of this line.
  var count: Int { ((prints &+ (Self.topBits &- Self.lowBits)) & Self.topBits).nonzeroBitCount }

  /// The highest bit of each byte of ``prints`` that is a print.
  @inline(__always)
  static func matches(of print: UInt, in prints: UInt) -> UInt {
    // No byte of the difference has its highest bit set, so nothing is borrowed from the next one.
    (topBits &- (prints ^ (print &* lowBits))) & topBits
  }

  /// The places without a print, as ``matches(of:in:)``.
  @inline(__always) var freePlaces: UInt {
    Self.matches(of: 0, in: prints) & (link == nil ? ~0 : ~(0x80 << UInt(8 * Self.linkedCount)))
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
  func word(_ place: Int) -> TableEntry { TableEntry(bits: shared(1 &+ place).acquired) }

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
  func replace(_ place: Int, by entry: TableEntry) { shared(1 &+ place).publish(entry.bits) }

  /// Puts an entry in a free place.
  @inline(__always)
  func put(_ entry: TableEntry, print: UInt, at place: Int) {
    shared(1 &+ place).publish(entry.bits)
    setPrints(shared(0).relaxed | print &<< UInt(8 &* place))
  }

  /// Takes an entry out.
  @inline(__always)
  func remove(_ place: Int) {
    clearPrint(place)
    shared(1 &+ place).publish(0)
  }

  /// The print of an entry.
  @inline(__always)
  func print(_ place: Int) -> UInt { shared(0).relaxed >> UInt(8 &* place) & 0xFF }

  /// Moves the last entry to a further, empty line and links that.
  /// - Precondition: its version is odd, and there is no link.
  func setLink(_ line: IndexLine) {
    let last = Self.linkedCount
    line.put(entry(last), print: print(last), at: 0)
    clearPrint(last)
    shared(7).publish(UInt(bitPattern: line.words) | Self.linkBits)
  }

  /// Makes another line the further one.
  /// - Precondition: its version is odd, and there is a link.
  func relink(_ line: IndexLine) {
    shared(7).publish(UInt(bitPattern: line.words) | Self.linkBits)
  }

  /// Forgets the further line.
  /// - Precondition: its version is odd.
  func removeLink() { shared(7).publish(0) }

  /// Replaces all prints.
  @inline(__always)
  func setPrints(_ prints: UInt) { shared(0).publish(prints) }

  @inline(__always)
  private func clearPrint(_ place: Int) {
    setPrints(shared(0).relaxed & ~(0xFF &<< UInt(8 &* place)))
  }
}

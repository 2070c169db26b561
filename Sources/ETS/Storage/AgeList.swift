/// The objects of a table with a limit, from the one written longest ago to the youngest.
///
/// Linked through two words before each object's meta word:
/// ```
/// | older | younger | meta | header | element ... |
/// ```
/// Each tells the address of another object's header; 0 at the ends.
struct AgeList: BitwiseCopyable {
  private var first: UInt = 0
  private var last: UInt = 0
  private(set) var count = 0
  private(set) var byteCount = 0

  static var wordsPerObject: Int { 2 }

  /// The object written longest ago; none where there are none.
  var oldest: TableEntry { Self.entry(first) }

  /// The next younger object; none behind the youngest.
  func younger(than entry: TableEntry) -> TableEntry { Self.entry(Self.links(entry)[1]) }

  private static func entry(_ address: UInt) -> TableEntry {
    TableEntry(bits: address == 0 ? 0 : address | TableEntry.compoundBit)
  }

  private static func links(_ entry: TableEntry) -> UnsafeMutablePointer<UInt> {
    entry.words - 1 - wordsPerObject
  }

  private static func links(_ address: UInt) -> UnsafeMutablePointer<UInt> {
    links(TableEntry(bits: address))
  }

  /// Adds a new object, the youngest.
  mutating func append(_ entry: TableEntry) {
    link(entry)
    count += 1
    byteCount += StoredObject.byteCount(of: entry)
  }

  /// Takes an object out that goes, unless it was before: where the table is fixed, one that was deleted
  /// keeps its place there, but none here.
  mutating func remove(_ entry: TableEntry) {
    if Self.isOut(entry) { return }
    unlink(entry)
    let links = Self.links(entry)
    (links[0], links[1]) = (Self.out, Self.out)
    count -= 1
    byteCount -= StoredObject.byteCount(of: entry)
  }

  /// Makes an object the youngest.
  mutating func renew(_ entry: TableEntry) {
    if Self.isOut(entry) { return }
    unlink(entry)
    link(entry)
  }

  /// What an object that was taken out tells in place of addresses.
  private static var out: UInt { 1 }

  private static func isOut(_ entry: TableEntry) -> Bool { links(entry)[0] == out }

  private mutating func link(_ entry: TableEntry) {
    let address = UInt(bitPattern: entry.words)
    let links = Self.links(entry)
    (links[0], links[1]) = (last, 0)
    if last == 0 { first = address } else { Self.links(last)[1] = address }
    last = address
  }

  private mutating func unlink(_ entry: TableEntry) {
    let links = Self.links(entry)
    let (older, younger) = (links[0], links[1])
    if older == 0 { first = younger } else { Self.links(older)[1] = younger }
    if younger == 0 { last = older } else { Self.links(younger)[0] = older }
  }
}

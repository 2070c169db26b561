import Carriers
import Terms

/// The handles of binaries in the objects of a part of a table, so that its end gives back each
/// reference without a walk over the objects.
///
/// Linked both ways through the handles: their third word leads to the next, the sixth, which in a
/// heap tells of room to write, to the one before. The handles of one object stand in a row.
struct OwnedHandles: BitwiseCopyable {
  private var first: UInt = 0

  /// Takes over the handles of a new object, linked as its copy left them.
  mutating func adopt(_ list: OffHeapList) {
    guard let head = Self.words(list.first) else { return }
    var last = head
    head[5] = 0
    while let next = Self.words(last[2]) {
      next[5] = UInt(bitPattern: last)
      last = next
    }
    last[2] = first
    Self.words(first)?[5] = UInt(bitPattern: last)
    first = list.first
  }

  /// Takes the handles of an object out of the list; they keep their references, and lead to one
  /// another no more than is needed to release them.
  mutating func remove(handlesOf entry: TableEntry) {
    Self.forEach(in: entry) { handle in
      let (next, previous) = (handle[2], handle[5])
      Self.words(next)?[5] = previous
      if let previous = Self.words(previous) { previous[2] = next } else { first = next }
    }
  }

  /// Takes the handles of an object back that ``remove(handlesOf:)`` took out.
  mutating func readopt(handlesOf entry: TableEntry) {
    if !StoredObject.hasHandles(entry) { return }
    Self.forEach(in: entry) { handle in
      (handle[2], handle[5]) = (first, 0)
      Self.words(first)?[5] = UInt(bitPattern: handle)
      first = UInt(bitPattern: handle)
    }
  }

  /// Gives back the references that an object holds.
  static func release(handlesOf entry: TableEntry, to binaries: any BinaryProvider) {
    forEach(in: entry) { BinaryHandle.binary(at: $0).release(to: binaries) }
  }

  /// Gives back every reference, as the table ends.
  /// - Complexity: O(handles).
  mutating func releaseAll(to binaries: any BinaryProvider) {
    var next = first
    while let handle = Self.words(next) {
      next = handle[2]
      BinaryHandle.binary(at: handle).release(to: binaries)
    }
    first = 0
  }

  /// Calls with each handle.
  func forEach(_ body: (UnsafeMutablePointer<UInt>) -> Void) {
    var next = first
    while let handle = Self.words(next) {
      next = handle[2]
      body(handle)
    }
  }

  /// Calls with each handle of an object.
  static func forEach(
    in entry: TableEntry, _ body: (UnsafeMutablePointer<UInt>) -> Void
  ) {
    let words = entry.words
    let end = StoredObject.words(of: entry)
    var place = 0
    while place < end {
      let word = words[place]
      if word & 3 != 0 {
        place += 1
        continue
      }
      let header = Header(bits: word)
      if header.subtag == .binaryHandle { body(words + place) }
      place += 1 + header.rawWords
    }
  }

  private static func words(_ address: UInt) -> UnsafeMutablePointer<UInt>? {
    UnsafeMutablePointer(bitPattern: address)
  }
}

/// A range of addresses, tested with one subtraction.
@usableFromInline
struct AddressRange: BitwiseCopyable {
  let start: UInt
  let byteCount: UInt

  init(_ start: UnsafeMutablePointer<UInt>, _ end: UnsafeMutablePointer<UInt>) {
    self.start = UInt(bitPattern: start)
    byteCount = UInt(bitPattern: end) &- UInt(bitPattern: start)
  }

  /// A range that holds nothing.
  static var empty: AddressRange { AddressRange(start: 0, byteCount: 0) }
  /// Whether it holds nothing.
  var isEmpty: Bool { byteCount == 0 }
  private init(start: UInt, byteCount: UInt) {
    self.start = start
    self.byteCount = byteCount
  }

  /// A range with all that lies between two others.
  init(from first: AddressRange, to last: AddressRange) {
    start = first.start
    byteCount = last.start &+ last.byteCount &- first.start
  }

  /// The first word of the range.
  /// - Precondition: the range is not ``empty``.
  var pointer: UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: start).unsafelyUnwrapped
  }
  /// The words of the range.
  var words: Int { Int(byteCount) / MemoryLayout<UInt>.stride }

  /// Whether the address of a tagged word is in the range.
  @inline(__always)
  func contains(_ bits: UInt) -> Bool { bits &- start < byteCount }

  /// The cons cells of the range.
  @inline(__always)
  var cells: TermRange { TermRange(first: start | 1, words: byteCount >> 3) }

  /// The boxed objects of the range.
  @inline(__always)
  var boxed: TermRange { TermRange(first: start | 2, words: byteCount >> 3) }
}

/// The terms of one tag in a range of addresses, tested with one comparison.
struct TermRange: BitwiseCopyable {
  let first: UInt
  let words: UInt

  /// Whether a word is such a term: a whole number of words behind the first one.
  @inline(__always)
  func contain(_ bits: UInt) -> Bool {
    let distance = bits &- first
    return distance >> 3 | distance << 61 < words
  }
}

extension Array {
  /// How many elements have ranges that begin at an address or below, of elements in the order of
  /// their addresses.
  /// - Complexity: O(log elements).
  func count(beginningBy address: UInt, in range: (Element) -> AddressRange) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if range(self[middle]).start <= address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The place of the element whose range an address is in, of elements in the order of their
  /// addresses.
  /// - Complexity: O(log elements).
  func place(of address: UInt, in range: (Element) -> AddressRange) -> Int? {
    let place = count(beginningBy: address, in: range) - 1
    return place >= 0 && range(self[place]).contains(address) ? place : nil
  }
}

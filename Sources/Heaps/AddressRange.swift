/// A range of addresses, tested with one subtraction.
struct AddressRange {
  let start: UInt
  let byteCount: UInt

  init(_ start: UnsafeMutablePointer<UInt>, _ end: UnsafeMutablePointer<UInt>) {
    self.start = UInt(bitPattern: start)
    byteCount = UInt(bitPattern: end) &- UInt(bitPattern: start)
  }

  /// A range that holds nothing.
  static var empty: AddressRange { AddressRange(start: 0, byteCount: 0) }
  private init(start: UInt, byteCount: UInt) {
    self.start = start
    self.byteCount = byteCount
  }

  /// This range and the one that begins where it ends.
  func joined(with next: AddressRange) -> AddressRange {
    assert(start &+ byteCount == next.start, "ranges with a gap between them")
    return AddressRange(start: start, byteCount: byteCount &+ next.byteCount)
  }

  /// Whether the address of a tagged word is in the range.
  @inline(__always)
  func contains(_ bits: UInt) -> Bool { bits &- start < byteCount }
}

import Terms

/// Moves one object at a time and leaves a forwarding word behind.
///
/// ```
///   a moved cons:   | 0 (no value)      | new cons term |
///   a moved object: | new boxed term    | ...           |    no header ends in 10
/// ```
/// Knows how to move, nothing of which spaces take part: that is what the evacuators of the two
/// plans add. (C. J. Cheney: "A nonrecursive list compacting algorithm", CACM 13, 1970.)
enum Evacuation {
  /// Copies an object's words behind `top`, forwards it and returns its new term.
  @inline(__always)
  static func moveObject(
    _ object: UnsafeMutablePointer<UInt>, header: UInt, to top: inout UnsafeMutablePointer<UInt>
  ) -> UInt {
    let new = top
    let forward = UInt(bitPattern: new) &+ 2
    new[0] = header
    let words: Int
    if header & 0x3F == 0 {
      words = 1 &+ Int(header >> 6)
    } else if header == Header.float.bits {
      new[1] = object[1]
      object[0] = forward
      top = new + 2
      return forward
    } else {
      words = Header(bits: header).objectWords(at: object)
    }
    object[0] = forward
    var index = 1
    while index < words {
      new[index] = object[index]
      index &+= 1
    }
    top = new + words
    return forward
  }
}

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

  /// Whether the address of a tagged word is in the range.
  @inline(__always)
  func contains(_ bits: UInt) -> Bool { bits &- start < byteCount }
}

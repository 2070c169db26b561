// Shifts by bits. Targets may be the operand, at the same address.

extension Limbs {
  /// a shifted left by 0 to 63 bits.
  /// - Returns: the bits that left a's limbs.
  @inline(__always)
  static func shiftLeft(_ r: Target, _ a: Source, _ count: Int, bits: Int) -> UInt {
    if bits == 0 {
      copy(a, count, to: r)
      return 0
    }
    let left = UInt(bitPattern: bits)
    let right = 64 &- left
    var carry: UInt = 0
    var index = count
    if index == 0 { return 0 }
    index &-= 1
    var high = a[index]
    carry = high &>> right
    while index > 0 {
      let low = a[index &- 1]
      r[index] = high &<< left | low &>> right
      high = low
      index &-= 1
    }
    r[0] = high &<< left
    return carry
  }

  /// a shifted right by 0 to 63 bits; the bits below are lost.
  @inline(__always)
  static func shiftRight(_ r: Target, _ a: Source, _ count: Int, bits: Int) {
    if bits == 0 || count == 0 {
      copy(a, count, to: r)
      return
    }
    let right = UInt(bitPattern: bits)
    let left = 64 &- right
    var low = a[0]
    var index = 0
    while index < count &- 1 {
      let high = a[index &+ 1]
      r[index] = low &>> right | high &<< left
      low = high
      index &+= 1
    }
    r[index] = low &>> right
  }
}

import Tenure

// What bits mean as the segments of a pattern.
extension BitRange {
  /// The signed number of at most 64 bits that stand in an order; the first bit of the highest byte
  /// is its sign where the flags say so.
  func integer(_ flags: SegmentFlags) -> (value: UInt, isNegative: Bool) {
    let value = flags.isLittle ? littleNumber : number
    let isNegative = flags.contains(.signed) && bitCount > 0 && value >> UInt(bitCount &- 1) == 1
    return (isNegative && bitCount < 64 ? value | .max << UInt(bitCount) : value, isNegative)
  }

  /// The number of at most 64 bits whose first byte is the lowest.
  private var littleNumber: UInt {
    var value: UInt = 0
    for index in 0..<byteCount { value |= littleByte(index) << UInt(8 * index) }
    return value
  }

  /// A byte by itself: bits behind the last whole one are its low bits.
  private func littleByte(_ index: Int) -> UInt {
    let byte = byte(at: index)
    return UInt(index == bitCount >> 3 ? byte >> UInt8(8 &- tailBits) : byte)
  }

  /// Writes the digits of the number that the bits are, lowest first, and says whether it is
  /// negative; then they are those of its absolute value.
  /// - Parameter digits: one for each 64 bits begun.
  func readDigits(_ digits: UnsafeMutableBufferPointer<UInt>, _ flags: SegmentFlags) -> Bool {
    for index in digits.indices {
      if flags.isLittle {
        let count = min(64, bitCount &- 64 &* index)
        digits[index] = part(from: 64 &* index, count: count).littleNumber
      } else {
        let end = bitCount &- 64 &* index
        digits[index] = part(from: max(0, end &- 64), count: min(64, end)).number
      }
    }
    let signBit = UInt(bitPattern: bitCount &- 1) & 63
    guard flags.contains(.signed), let last = digits.indices.last, digits[last] >> signBit == 1
    else { return false }
    var carries = true
    for index in digits.indices {
      let (sum, overflow) = (~digits[index]).addingReportingOverflow(carries ? 1 : 0)
      digits[index] = sum
      carries = overflow
    }
    // Above the sign there were no bits to invert.
    if signBit < 63 { digits[last] &= 1 << (signBit &+ 1) &- 1 }
    return true
  }

  /// The float of 16, 32 or 64 bits; nothing for an infinity or what is no number.
  func float(_ flags: SegmentFlags) -> Double? {
    let pattern = flags.isLittle ? littleNumber : number
    let value =
      switch bitCount {
      case 16: Double(Float16(bitPattern: UInt16(pattern)))
      case 32: Double(Float(bitPattern: UInt32(pattern)))
      default: Double(bitPattern: UInt64(pattern))
      }
    return value.isFinite ? value : nil
  }

  /// The code point that the bits begin with and the bits it takes; nothing where none does.
  func codePoint(_ form: UnicodeForm, _ flags: SegmentFlags) -> (value: Int, bitCount: Int)? {
    switch form {
    case .utf8:
      var bytes: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
      let count = min(4, bitCount >> 3)
      if count == 0 { return nil }
      return withUnsafeMutableBytes(of: &bytes) { bytes in
        for index in 0..<count { bytes[index] = byte(at: index) }
        let found = UTF8Decoding.decode(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: 0)
        return found.map { (Int($0.codePoint), 8 * $0.byteCount) }
      }
    case .utf16:
      guard bitCount >= 16 else { return nil }
      let first = part(from: 0, count: 16).integer(flags.subtracting(.signed)).value
      if !(0xD800...0xDFFF ~= first) { return (Int(first), 16) }
      guard first < 0xDC00, bitCount >= 32 else { return nil }
      let second = part(from: 16, count: 16).integer(flags.subtracting(.signed)).value
      guard 0xDC00...0xDFFF ~= second else { return nil }
      return (0x1_0000 + Int((first & 0x3FF) << 10 | second & 0x3FF), 32)
    case .utf32:
      guard bitCount >= 32 else { return nil }
      let value = Int(part(from: 0, count: 32).integer(flags.subtracting(.signed)).value)
      return 0...0x10_FFFF ~= value && !(0xD800...0xDFFF ~= value) ? (value, 32) : nil
    }
  }
}

/// The bits of a bit string, wherever they stand.
///
/// ```
///   base      base+1    base+2
///   |76543210|76543210|76543210|
///       |<---- bitCount ---->|       bitOffset = 3: bit 7 of a byte comes first
/// ```
/// - Important: valid until the next call that takes roots.
@frozen
public struct BitRange: BitwiseCopyable {
  /// The byte of the first bit.
  public let base: UnsafePointer<UInt8>
  /// The bits of that byte before the first: 0 to 7.
  public let bitOffset: Int
  /// The number of bits.
  public let bitCount: Int

  /// Makes a range of bits.
  /// - Parameters:
  ///   - base: any byte before or at the first bit.
  ///   - bitOffset: bits from there to the first one.
  ///   - bitCount: the number of bits.
  @inlinable
  public init(base: UnsafePointer<UInt8>, bitOffset: Int, bitCount: Int) {
    self.base = base + bitOffset >> 3
    self.bitOffset = bitOffset & 7
    self.bitCount = bitCount
  }

  /// The bytes begun: whole ones and, if there are tail bits, one more.
  @inlinable public var byteCount: Int { (bitCount &+ 7) >> 3 }
  /// The bits behind the last whole byte: 0 to 7.
  @inlinable public var tailBits: Int { bitCount & 7 }
  /// The bytes themselves, where the bits are whole bytes and begin with one.
  @inlinable public var alignedBytes: UnsafeRawBufferPointer? {
    bitOffset | tailBits == 0 ? UnsafeRawBufferPointer(start: base, count: bitCount >> 3) : nil
  }

  /// The byte with an index, shifted so that its first bit is the upper one; in the last, bits
  /// behind the end are 0.
  @inlinable
  public func byte(at index: Int) -> UInt8 {
    let left = bitCount &- index << 3
    var value = base[index] << UInt8(bitOffset)
    if bitOffset &+ min(left, 8) > 8 { value |= base[index &+ 1] >> UInt8(8 &- bitOffset) }
    return left >= 8 ? value : value & ~(0xFF >> UInt8(left))
  }

  /// A part of the bits.
  @inlinable
  public func part(from first: Int, count: Int) -> BitRange {
    assert(first >= 0 && count >= 0 && first + count <= bitCount, "bits beyond the range")
    return BitRange(base: base, bitOffset: bitOffset &+ first, bitCount: count)
  }

  /// The number that at most 64 bits are, the first the highest.
  @inlinable
  public var number: UInt {
    assert(bitCount <= 64, "a number of \(bitCount) bits")
    var value: UInt = 0
    var index = 0
    while index < bitCount >> 3 {
      value = value << 8 | UInt(byte(at: index))
      index &+= 1
    }
    if tailBits > 0 {
      value = value << UInt(tailBits) | UInt(byte(at: index) >> UInt8(8 &- tailBits))
    }
    return value
  }

  /// Copies the bits to whole bytes; the bits behind the last are 0.
  /// - Parameter destination: of ``byteCount`` bytes.
  public func copy(to destination: UnsafeMutablePointer<UInt8>) {
    if bitOffset == 0 {
      destination.update(from: base, count: byteCount)
      if tailBits > 0 { destination[byteCount - 1] = byte(at: byteCount - 1) }
    } else {
      for index in 0..<byteCount { destination[index] = byte(at: index) }
    }
  }
}

extension Term {
  /// The bytes of a binary that is no part of another.
  @inlinable @inline(__always)
  public var wholeBinaryBytes: UnsafeRawBufferPointer {
    isHeapBinary ? heapBinaryBytes : BinaryHandle.bytes(at: boxed)
  }

  /// How many bits a bit string has.
  @inlinable @inline(__always)
  public var bitCount: Int {
    // Of a whole binary, on the heap or outside, the bytes stand behind the header.
    isBoxed(.subBinary) ? SubBinary.bitCount(at: boxed) : Int(boxed[1]) << 3
  }

  /// The bits of a bit string.
  /// - Important: valid until the next call that takes roots.
  @inlinable
  public var bitRange: BitRange {
    var whole = self
    var (offset, count) = (0, 0)
    if isBoxed(.subBinary) {
      let part = boxed
      whole = SubBinary.original(at: part)
      offset = SubBinary.bitOffset(at: part)
      count = SubBinary.bitCount(at: part)
    } else {
      count = wholeBinaryBytes.count << 3
    }
    let start = whole.wholeBinaryBytes.baseAddress.unsafelyUnwrapped
    return BitRange(
      base: start.assumingMemoryBound(to: UInt8.self), bitOffset: offset, bitCount: count)
  }
}

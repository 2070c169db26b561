/// A hash of 32 bits into which words are mixed: the rounds of Bob Jenkins's "Hash Functions"
/// (Dr. Dobb's Journal, 1997), with the constants of ERTS (`utils.c` of OTP 25).
///
/// Each kind of value is added with a multiple of one odd constant, so that values of the same
/// bits but of unlike kinds differ.
struct JenkinsHash: BitwiseCopyable {
  /// The hash of all that was added.
  var value: UInt32

  /// What is added; its number times the constant goes into the round.
  enum Kind: UInt32 {
    case word = 1
    case `nil` = 2
    case atom = 3
    case text = 4
    case pid = 5
    case port = 6
    case reference = 7
    case referenceRest = 8
    case tuple = 9
    case negativeDigit = 10
    case positiveDigit = 11
    case float = 12
    case bytes = 13
    case function = 14
    case tailBits = 15
    case map = 16
    case head = 17
    case tail = 18
    case mapPairs = 19
    case fun = 20
    case funVersion = 21
    case textRest = 22

    @inline(__always)
    var constant: UInt32 { rawValue &* 0x9E37_79B9 }
  }

  /// Adds two words of a kind.
  @inline(__always)
  mutating func add(_ first: UInt32, _ second: UInt32, _ kind: Kind) {
    var (a, b) = (kind.constant &+ first, kind.constant &+ second)
    Self.mix(&a, &b, &value)
  }

  /// Adds a word of a kind.
  @inline(__always)
  mutating func add(_ word: UInt32, _ kind: Kind) { add(word, 0, kind) }

  /// Adds the halves of a word, the lower one first.
  @inline(__always)
  mutating func addHalves(of word: UInt, _ kind: Kind) {
    add(UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32), kind)
  }

  /// Adds the digits of a big integer, the lowest first.
  mutating func addDigits(of integer: Term) {
    let kind = integer.header.subtag == .negativeBigInteger ? Kind.negativeDigit : .positiveDigit
    for place in 1...integer.header.arity { addHalves(of: integer.boxed[place], kind) }
  }

  /// Marks that something of a kind follows: cheaper than a round, but no bits are lost.
  @inline(__always)
  mutating func mark(_ kind: Kind) {
    value ^= kind.constant
    value = value << 17 ^ value >> 15
  }

  @inline(__always)
  static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    step(&a, b, c, c >> 13)
    step(&b, c, a, a << 8)
    step(&c, a, b, b >> 13)
    step(&a, b, c, c >> 12)
    step(&b, c, a, a << 16)
    step(&c, a, b, b >> 5)
    step(&a, b, c, c >> 3)
    step(&b, c, a, a << 10)
    // As a step, but first `c &- a`, which is ready, so that a round takes 18 cycles: the compiler
    // would sooner add `a` and `b` and take 19. Half around and back hides the difference from it.
    let difference = halfAround(halfAround(c &- a))
    c = (difference &- b) ^ b >> 15
  }

  @inline(__always)
  private static func halfAround(_ x: UInt32) -> UInt32 { x << 16 | x >> 16 }

  @inline(__always)
  private static func step(_ x: inout UInt32, _ y: UInt32, _ z: UInt32, _ shifted: UInt32) {
    x = (x &- y &- z) ^ shifted
  }
}

// MARK: - Bits

extension JenkinsHash {
  /// The hash with a bit string added; where its bits stand makes no difference.
  @inline(never)
  func adding(bitString: Term) -> JenkinsHash {
    var hash = self
    hash.value &+= Kind.bytes.constant
    if bitString.isHeapBinary {
      let bytes = bitString.heapBinaryBytes
      if bytes.count > 0 { hash.addBlock(PaddedBytes(bytes), count: bytes.count) }
      return hash
    }
    let bits = bitString.bitRange
    if bits.bitCount == 0 { return hash }
    if bits.bitOffset == 0 {
      hash.addBlock(AlignedBytes(base: bits.base), count: bits.bitCount >> 3)
    } else {
      hash.addBlock(ShiftedBytes(bits: bits), count: bits.bitCount >> 3)
    }
    if bits.tailBits > 0 {
      let last = bits.byte(at: bits.bitCount >> 3) >> UInt8(8 - bits.tailBits)
      hash.add(UInt32(bits.tailBits), UInt32(last), .tailBits)
    }
    return hash
  }

  /// Adds bytes, twelve in a round; the lowest byte of the last round's third word is for the count.
  @inline(__always)
  private mutating func addBlock(_ bytes: some HashedBytes, count: Int) {
    var (a, b) = (Kind.word.constant, Kind.word.constant)
    var place = 0
    while count &- place >= 12 {
      a &+= bytes.word(at: place)
      b &+= bytes.word(at: place &+ 4)
      value &+= bytes.word(at: place &+ 8)
      Self.mix(&a, &b, &value)
      place &+= 12
    }
    let left = count &- place
    a &+= bytes.partialWord(at: place, count: min(left, 4))
    b &+= bytes.partialWord(at: place &+ 4, count: min(left &- 4, 4))
    value &+= bytes.partialWord(at: place &+ 8, count: left &- 8) << 8
    value &+= UInt32(truncatingIfNeeded: count)
    Self.mix(&a, &b, &value)
  }
}

/// Bytes to hash, by their index.
private protocol HashedBytes {
  /// Four bytes, the first in the lowest bits.
  func word(at index: Int) -> UInt32
  /// Up to four bytes or, where `count` is at most 3, up to three, the first in the lowest bits; 0
  /// where `count` is not positive.
  func partialWord(at index: Int, count: Int) -> UInt32
}

/// The bytes of a heap binary, behind which there are zeros up to the end of the last word.
private struct PaddedBytes: HashedBytes {
  private let base: UnsafeRawPointer
  @inline(__always) init(_ bytes: UnsafeRawBufferPointer) {
    base = bytes.baseAddress.unsafelyUnwrapped
  }
  @inline(__always) func word(at index: Int) -> UInt32 {
    UInt32(littleEndian: base.load(fromByteOffset: index, as: UInt32.self))
  }
  @inline(__always) func partialWord(at index: Int, count: Int) -> UInt32 {
    count > 0 ? word(at: index) : 0
  }
}

/// Bytes that can be taken one by one.
private protocol SingleBytes: HashedBytes {
  func byte(at index: Int) -> UInt8
}

extension SingleBytes {
  @inline(__always)
  func partialWord(at index: Int, count: Int) -> UInt32 {
    if count == 4 { return word(at: index) }
    var result: UInt32 = 0
    var place = 0
    while place < count {
      result |= UInt32(byte(at: index &+ place)) << UInt32(place &* 8)
      place &+= 1
    }
    return result
  }
}

private struct AlignedBytes: SingleBytes {
  let base: UnsafePointer<UInt8>
  @inline(__always) func byte(at index: Int) -> UInt8 { base[index] }
  @inline(__always) func word(at index: Int) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt32.self))
  }
}

private struct ShiftedBytes: SingleBytes {
  let bits: BitRange
  @inline(__always) func byte(at index: Int) -> UInt8 { bits.byte(at: index) }
  @inline(__always) func word(at index: Int) -> UInt32 {
    UInt32(byte(at: index)) | UInt32(byte(at: index &+ 1)) << 8
      | UInt32(byte(at: index &+ 2)) << 16 | UInt32(byte(at: index &+ 3)) << 24
  }
}

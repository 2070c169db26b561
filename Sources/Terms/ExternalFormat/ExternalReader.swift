#if canImport(Glibc)
  import Glibc
#endif

/// Reads the parts of encoded terms from front to back. What is claimed and not there is an error.
struct ExternalReader {
  private let bytes: UnsafeRawPointer
  let count: Int
  /// The bytes read.
  private(set) var offset: Int

  /// Makes a reader of the bytes from an offset on.
  init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
    // An empty buffer may have no address; then no byte is read.
    self.bytes = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
    count = bytes.count
    self.offset = offset
  }

  /// The bytes left.
  @inline(__always) var remaining: Int { count &- offset }

  var truncated: ExternalFormatError { .init(.truncated, offset: count) }

  /// Reads a byte.
  @inline(__always)
  mutating func byte() throws(ExternalFormatError) -> UInt8 {
    guard offset < count else { throw truncated }
    let byte = bytes.load(fromByteOffset: offset, as: UInt8.self)
    offset &+= 1
    return byte
  }

  /// Reads a big-endian number.
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(ExternalFormatError) -> Number {
    guard MemoryLayout<Number>.size <= remaining else { throw truncated }
    let number = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    offset &+= MemoryLayout<Number>.size
    return Number(bigEndian: number)
  }

  /// Reads so many bytes.
  @inline(__always)
  mutating func take(_ byteCount: Int) throws(ExternalFormatError) -> UnsafeRawBufferPointer {
    guard byteCount <= remaining else { throw truncated }
    let taken = UnsafeRawBufferPointer(start: bytes + offset, count: byteCount)
    offset &+= byteCount
    return taken
  }

  /// Passes over so many bytes.
  @inline(__always)
  mutating func skip(_ byteCount: Int) throws(ExternalFormatError) {
    guard byteCount <= remaining else { throw truncated }
    offset &+= byteCount
  }

  /// Goes back over the tag just read.
  mutating func unread() { offset &-= 1 }

  /// Reads a count of terms, each of which takes a byte at least.
  @inline(__always)
  mutating func termCount(bytesEach: Int = 1) throws(ExternalFormatError) -> Int {
    let count = Int(try number(UInt32.self))
    guard count &* bytesEach <= remaining else { throw truncated }
    return count
  }
}

// MARK: - Numbers

extension ExternalReader {
  /// The digits of a big integer, lowest byte first, the highest not zero.
  struct Digits {
    let isNegative: Bool
    let bytes: UnsafeRawBufferPointer
    /// The number, if it is below 2^64.
    let magnitude: UInt64?

    var words: Int { 1 + (bytes.count + 7) / 8 }

    /// The integer if it is small after all.
    @inline(__always)
    var small: Term? {
      guard let magnitude, magnitude <= UInt64(Term.smallMaximum) + (isNegative ? 1 : 0) else {
        return nil
      }
      return .small(isNegative ? -Int(magnitude) : Int(magnitude))
    }
  }

  /// Reads an integer of a sign byte and so many digits.
  @inline(__always)
  mutating func digits(byteCount: Int) throws(ExternalFormatError) -> Digits {
    let isNegative = try byte() != 0
    let at = offset
    let digits = try take(byteCount)
    guard byteCount <= 8 && remaining >= 8 &- byteCount else {
      return Self.digits(digits, isNegative: isNegative)
    }
    let unused = UInt64(8 &* (8 &- byteCount))
    let read = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    let magnitude = byteCount == 0 ? 0 : (read << unused) >> unused
    let count = 8 &- magnitude.leadingZeroBitCount >> 3
    return Digits(
      isNegative: isNegative,
      bytes: UnsafeRawBufferPointer(start: digits.baseAddress, count: count),
      magnitude: magnitude)
  }

  @inline(never)
  private static func digits(_ bytes: UnsafeRawBufferPointer, isNegative: Bool) -> Digits {
    var count = bytes.count
    while count > 0, bytes[count - 1] == 0 { count -= 1 }
    var magnitude: UInt64 = 0
    for index in (0..<min(8, count)).reversed() {
      magnitude = magnitude << 8 | UInt64(bytes[index])
    }
    return Digits(
      isNegative: isNegative, bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]),
      magnitude: count <= 8 ? magnitude : nil)
  }

  /// Reads a float of 8 bytes, whose tag was read.
  @inline(__always)
  mutating func newFloat() throws(ExternalFormatError) -> Double {
    let value = Double(bitPattern: try number(UInt64.self))
    guard value.isFinite else { throw .init(.badFloat, offset: offset - 9) }
    return value
  }

  /// Reads a float as text: 31 bytes, of which those from the first zero on do not count.
  @inline(never)
  mutating func textFloat() throws(ExternalFormatError) -> Double {
    let at = offset - 1
    let text = try take(31)
    guard let end = text.firstIndex(of: 0),
      let value = FloatText.parse(UnsafeRawBufferPointer(rebasing: text[..<end]))
    else { throw .init(.badFloat, offset: at) }
    return value
  }
}

// MARK: - Names

extension ExternalReader {
  /// The name of an atom: its bytes, and whether they are UTF-8 or Latin-1.
  struct Name {
    let bytes: UnsafeRawBufferPointer
    let isLatin1: Bool
    let offset: Int
  }

  /// Reads the name of an atom whose tag was read.
  @inline(__always)
  mutating func name(_ tag: UInt8) throws(ExternalFormatError) -> Name {
    let at = offset &- 1
    let isShort = tag == ExternalTag.smallAtom || tag == ExternalTag.smallAtomUTF8
    let isLatin1 = tag == ExternalTag.atom || tag == ExternalTag.smallAtom
    let byteCount = isShort ? Int(try byte()) : Int(try number(UInt16.self))
    let bytes = try take(byteCount)
    // A character takes four bytes at most. All else is noticed where a new name is added.
    guard byteCount <= AtomTable.maximumCharacters &* (isLatin1 ? 1 : 4) else {
      throw .init(.atom(.nameTooLong), offset: at)
    }
    return Name(bytes: bytes, isLatin1: isLatin1, offset: at)
  }

  /// Reads an atom's name with its tag, or refuses with a reason what is no atom.
  mutating func name(
    or reason: ExternalFormatError.Reason, offset at: Int
  ) throws(ExternalFormatError) -> Name {
    let tag = try byte()
    switch tag {
    case ExternalTag.atom, ExternalTag.smallAtom, ExternalTag.atomUTF8, ExternalTag.smallAtomUTF8:
      return try name(tag)
    default: throw .init(reason, offset: at)
    }
  }
}

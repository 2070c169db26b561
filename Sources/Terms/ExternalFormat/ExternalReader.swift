/// Reads the heads of encoded terms from front to back. What is claimed and not there is an error.
struct ExternalReader {
  /// The name of an atom: its bytes, and whether they are UTF-8 or Latin-1.
  struct Name {
    let bytes: UnsafeRawBufferPointer
    let isLatin1: Bool
    let offset: Int
  }

  /// A term without what it contains: terms contained follow in the input.
  enum Head {
    /// A small integer or `[]`.
    case immediate(Term)
    /// The digits of a big integer, lowest byte first, the highest not zero.
    case bigInteger(isNegative: Bool, digits: UnsafeRawBufferPointer)
    case float(Double)
    case atom(Name)
    case binary(UnsafeRawBufferPointer)
    /// A list of at least one byte.
    case string(UnsafeRawBufferPointer)
    /// The elements follow, then the tail.
    case list(count: Int)
    case tuple(arity: Int)
    /// Keys and values follow, by turns.
    case map(size: Int)
    case export(module: Name, function: Name, arity: Int)
  }

  private let bytes: UnsafeRawBufferPointer
  /// The bytes read.
  private(set) var offset: Int

  /// Makes a reader of the bytes from an offset on.
  init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The bytes left.
  var remaining: Int { bytes.count - offset }

  private var truncated: ExternalFormatError { .init(.truncated, offset: bytes.count) }

  /// Reads a byte.
  @inline(__always)
  mutating func byte() throws(ExternalFormatError) -> UInt8 {
    guard offset < bytes.count else { throw truncated }
    let byte = bytes[offset]
    offset += 1
    return byte
  }

  /// Reads a big-endian number.
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(ExternalFormatError) -> Number {
    guard MemoryLayout<Number>.size <= remaining else { throw truncated }
    let number = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    offset += MemoryLayout<Number>.size
    return Number(bigEndian: number)
  }

  /// Reads so many bytes.
  @inline(__always)
  mutating func take(_ count: Int) throws(ExternalFormatError) -> UnsafeRawBufferPointer {
    guard count <= remaining else { throw truncated }
    let taken = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    offset += count
    return taken
  }

  /// Reads a count of terms, each of which takes a byte at least.
  @inline(__always)
  private mutating func count(
    of termsEach: Int = 1
  ) throws(ExternalFormatError) -> Int {
    let count = Int(try number(UInt32.self))
    guard count * termsEach <= remaining else { throw truncated }
    return count
  }

  /// Reads a term up to what it contains.
  mutating func head() throws(ExternalFormatError) -> Head {
    let at = offset
    let tag = try byte()
    switch tag {
    case ExternalTag.smallInteger: return .immediate(.small(Int(try byte())))
    case ExternalTag.integer: return .immediate(.small(Int(try number(Int32.self))))
    case ExternalTag.atom, ExternalTag.smallAtom, ExternalTag.atomUTF8, ExternalTag.smallAtomUTF8:
      return .atom(try name(tag, at: at))
    case ExternalTag.smallTuple:
      let arity = Int(try byte())
      guard arity <= remaining else { throw truncated }
      return .tuple(arity: arity)
    case ExternalTag.largeTuple: return .tuple(arity: try count())
    case ExternalTag.nil: return .immediate(.nil)
    case ExternalTag.string:
      let characters = try take(Int(try number(UInt16.self)))
      return characters.isEmpty ? .immediate(.nil) : .string(characters)
    case ExternalTag.list: return .list(count: try count())
    case ExternalTag.binary: return .binary(try take(Int(try number(UInt32.self))))
    case ExternalTag.smallBig: return try bigInteger(byteCount: Int(try byte()))
    case ExternalTag.largeBig: return try bigInteger(byteCount: Int(try number(UInt32.self)))
    case ExternalTag.newFloat:
      let value = Double(bitPattern: try number(UInt64.self))
      guard value.isFinite else { throw .init(.badFloat, offset: at) }
      return .float(value)
    case ExternalTag.float:
      // A text of 31 bytes, filled up with zeros.
      let text = try take(31)
      let characters = UnsafeRawBufferPointer(rebasing: text[..<(text.firstIndex(of: 0) ?? 31)])
      guard let value = FloatText.parse(characters) else { throw .init(.badFloat, offset: at) }
      return .float(value)
    case ExternalTag.map: return .map(size: try count(of: 2))
    case ExternalTag.export: return try export(at: at)
    default: throw .init(.unsupportedTag(tag), offset: at)
    }
  }

  // MARK: - Parts

  private mutating func name(_ tag: UInt8, at: Int) throws(ExternalFormatError) -> Name {
    let isShort = tag == ExternalTag.smallAtom || tag == ExternalTag.smallAtomUTF8
    let isLatin1 = tag == ExternalTag.atom || tag == ExternalTag.smallAtom
    let byteCount = isShort ? Int(try byte()) : Int(try number(UInt16.self))
    return Name(bytes: try take(byteCount), isLatin1: isLatin1, offset: at)
  }

  /// Reads an integer of a sign byte and digits, which may be a small one after all.
  @inline(never)
  private mutating func bigInteger(byteCount: Int) throws(ExternalFormatError) -> Head {
    let isNegative = try byte() != 0
    let digits = try take(byteCount)
    var count = digits.count
    while count > 0, digits[count - 1] == 0 { count -= 1 }
    if count <= 8 {
      var magnitude: UInt64 = 0
      for index in 0..<count { magnitude |= UInt64(digits[index]) << UInt64(8 * index) }
      if magnitude <= UInt64(Term.smallMaximum) + (isNegative ? 1 : 0) {
        return .immediate(.small(isNegative ? -Int(magnitude) : Int(magnitude)))
      }
    }
    return .bigInteger(
      isNegative: isNegative, digits: UnsafeRawBufferPointer(rebasing: digits[..<count]))
  }

  /// Reads `module:function/arity`.
  @inline(never)
  private mutating func export(at: Int) throws(ExternalFormatError) -> Head {
    guard case .atom(let module) = try head(), case .atom(let function) = try head(),
      case .immediate(let arity) = try head(), arity.isSmall, 0...255 ~= arity.smallValue
    else { throw .init(.badFun, offset: at) }
    return .export(module: module, function: function, arity: arity.smallValue)
  }
}

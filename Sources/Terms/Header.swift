/// The first word of a boxed object: what it is and how many raw words follow.
///
/// ```
///  63                          6 5     2 1 0
/// +-----------------------------+-------+---+
/// | arity                       |subtag |0 0|
/// +-----------------------------+-------+---+
///  63      32 31    16 15     8 7 6 5 2 1 0
/// +----------+--------+--------+---+---+---+
/// | 0        | bitmap | arity  |typ| F |0 0|   a map's header
/// +----------+--------+--------+---+---+---+
/// ```
///
/// The arity of a tuple counts its elements. The arity of everything else counts the *raw* words
/// behind the header, which hold no terms; words that hold terms follow them. So a linear walk over
/// a heap steps over a tuple's header or over an object's header and raw words, and takes each
/// other word for a term (``rawWords``). A map's type `typ` tells flat maps from the nodes of
/// hash maps; its bitmap tells which of a node's 16 slots are there.
@frozen
public struct Header: Equatable, BitwiseCopyable, Sendable {
  /// The header word.
  public let bits: UInt

  /// Makes a header of a word without any check.
  @inlinable @inline(__always)
  public init(bits: UInt) { self.bits = bits }

  /// Makes a header of a subtag and an arity.
  @inlinable @inline(__always)
  public init(_ subtag: Subtag, arity: Int) {
    bits = UInt(bitPattern: arity) << 6 | subtag.bits
  }

  /// What kind of object a header begins: the four bits above the primary tag.
  @frozen
  public struct Subtag: Equatable, BitwiseCopyable, Sendable {
    /// The subtag as it stands in the header word, in bits 2 to 5.
    public let bits: UInt
    @inlinable init(_ number: UInt) { bits = number << 2 }
    /// Makes a subtag of the low six bits of a header word.
    @inlinable public init(bits: UInt) { self.bits = bits }

    /// A tuple: header, elements.
    @inlinable public static var tuple: Subtag { Subtag(0) }
    /// A match context; see ``MatchContext``.
    @inlinable public static var matchContext: Subtag { Subtag(1) }
    /// A positive big integer: header, digits of 64 bits, lowest first.
    @inlinable public static var positiveBigInteger: Subtag { Subtag(2) }
    /// A negative big integer: header, digits of the absolute value.
    @inlinable public static var negativeBigInteger: Subtag { Subtag(3) }
    /// A local reference; see ``LocalReference``.
    @inlinable public static var reference: Subtag { Subtag(4) }
    /// A fun; see ``Fun``.
    @inlinable public static var fun: Subtag { Subtag(5) }
    /// A float: header, the bits of a double.
    @inlinable public static var float: Subtag { Subtag(6) }
    /// A reference to a binary outside every heap; see ``BinaryHandle``.
    @inlinable public static var binaryHandle: Subtag { Subtag(8) }
    /// A binary on a heap: header, byte count, bytes filled up to whole words.
    @inlinable public static var heapBinary: Subtag { Subtag(9) }
    /// A part of another binary; see ``SubBinary``.
    @inlinable public static var subBinary: Subtag { Subtag(10) }
    /// A pid of another node; see ``ExternalIdentifier``.
    @inlinable public static var externalPid: Subtag { Subtag(12) }
    /// A port of another node.
    @inlinable public static var externalPort: Subtag { Subtag(13) }
    /// A reference of another node.
    @inlinable public static var externalReference: Subtag { Subtag(14) }
    /// A map, or a node of one; see ``FlatMap`` and ``HashMap``.
    @inlinable public static var map: Subtag { Subtag(15) }
  }
}

extension Header {
  /// The kind of the object.
  @inlinable @inline(__always)
  public var subtag: Subtag { Subtag(bits: bits & 0x3F) }
  /// The elements of a tuple, or the raw words of anything but a map.
  @inlinable @inline(__always)
  public var arity: Int { Int(bits >> 6) }
  /// Whether this is a tuple's header.
  @inlinable @inline(__always)
  public var isTuple: Bool { bits & 0x3F == 0 }
  /// Whether this is a big integer's header, of either sign.
  @inlinable @inline(__always)
  public var isBigInteger: Bool { bits & 0x3B == 0x08 }
  /// Whether this is a negative big integer's header.
  @inlinable public var isNegative: Bool { bits & 0x04 != 0 }

  /// The header of a tuple.
  @inlinable @inline(__always)
  public static func tuple(arity: Int) -> Header { Header(bits: UInt(bitPattern: arity) << 6) }
  /// The header of a float.
  @inlinable @inline(__always)
  public static var float: Header { Header(bits: 0x58) }
  /// The header of a flat map: one raw word, its size, then the key tuple and the values.
  @inlinable public static var flatMap: Header { Header(bits: 1 << 8 | 0x3C) }
  /// The header of a hash map whose root has all 16 slots: one raw word, its size, then the slots.
  @inlinable public static var hashMapFullRoot: Header {
    Header(bits: 0xFFFF << 16 | 1 << 8 | MapType.fullRoot.rawValue << 6 | 0x3C)
  }
  /// The header of a hash map whose root has the slots of the bitmap: its size, then the slots.
  @inlinable public static func hashMapRoot(bitmap: UInt) -> Header {
    Header(bits: bitmap << 16 | 1 << 8 | MapType.root.rawValue << 6 | 0x3C)
  }
  /// The header of a hash map's inner node with the slots of the bitmap: no raw words.
  @inlinable public static func hashMapNode(bitmap: UInt) -> Header {
    Header(bits: bitmap << 16 | MapType.node.rawValue << 6 | 0x3C)
  }
  /// The header of a big integer.
  @inlinable public static func bigInteger(digits: Int, isNegative: Bool) -> Header {
    Header(isNegative ? .negativeBigInteger : .positiveBigInteger, arity: digits)
  }
  /// The header of a heap binary.
  @inlinable public static func heapBinary(byteCount: Int) -> Header {
    Header(.heapBinary, arity: 1 + (byteCount + 7) / 8)
  }
  /// The header of a fun: three raw words, then the creator and the free variables.
  @inlinable public static var fun: Header { Header(.fun, arity: 3) }

  /// What a map's header begins.
  @frozen
  public enum MapType: UInt, Sendable {
    /// A ``FlatMap``.
    case flat = 0
    /// An inner node of a ``HashMap``: the slots its bitmap names.
    case node = 1
    /// The root of a ``HashMap`` with all 16 slots.
    case fullRoot = 2
    /// The root of a ``HashMap`` with the slots that its bitmap names.
    case root = 3
  }
  /// What a map's header begins.
  @inlinable public var mapType: MapType {
    MapType(rawValue: bits >> 6 & 3).unsafelyUnwrapped
  }
  /// The slots that a hash map's root or node has, one bit each.
  @inlinable public var mapBitmap: UInt { bits >> 16 & 0xFFFF }
  /// How many slots a hash map's root or node has.
  @inlinable @inline(__always)
  public var mapSlotCount: Int {
    Self.countSome(mapBitmap & 0x7FFF) &+ Int(bits >> 31 & 1)
  }
  /// Whether this is the header of a hash map's root or node.
  @inlinable @inline(__always)
  public var isHashMap: Bool { bits & 0x3F == 0x3C && mapType != .flat }

  /// The count of at most 15 of 16 bits.
  @inlinable @inline(__always)
  static func countSome(_ bitmap: UInt) -> Int {
    // Four copies side by side, of which each keeps every fourth bit of its own; the product adds up
    // all bits. (Anderson: "Bit Twiddling Hacks", counting bits with 64-bit instructions.)
    let spread = bitmap &* 0x0002_0004_0008_0010 & 0x1111_1111_1111_1111
    return Int((spread &* 0x1111_1111_1111_1111) >> 60)
  }

  /// The words right behind the header that hold no terms.
  @inlinable @inline(__always)
  public var rawWords: Int {
    let low = bits & 0x3F
    if low == 0 { return 0 }
    if low == 0x3C { return Int(bits >> 8 & 0xFF) }
    return Int(bits >> 6)
  }

  /// The words of the whole object whose header this is, the header included.
  /// - Parameter object: the address of the header; its raw words must be readable.
  @inlinable
  public func objectWords(at object: UnsafePointer<UInt>) -> Int {
    switch bits & 0x3F {
    case Subtag.map.bits:
      if mapType == .flat { return FlatMap.words(size: Int(object[1])) }
      return 1 &+ rawWords &+ mapSlotCount
    case Subtag.fun.bits:
      return Fun.words(free: Fun.freeCount(at: object))
    case Subtag.subBinary.bits, Subtag.matchContext.bits:
      return 2 &+ arity  // the binary it is a part of
    default:
      return 1 &+ arity
    }
  }
}

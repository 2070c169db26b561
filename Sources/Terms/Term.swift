/// One tagged word: the value of an immediate, or the tagged address of a cons or boxed object.
///
/// ```
///  63                                    6 5 4 3 2 1 0
/// +---------------------------------------+---+---+---+
/// | header word (never in a slot)                 |0 0|  see ``Header``
/// | address of a cons cell                        |0 1|
/// | address of a boxed object's header            |1 0|
/// | local pid number                          |0 0|1 1|
/// | local port number                         |0 1|1 1|
/// | atom index                            |0 0|1 0|1 1|
/// | catch: index of a handler, stack only |0 1|1 0|1 1|
/// | []                                    |1 1|1 0|1 1|
/// | small integer, 60 bits signed             |1 1|1 1|
/// +---------------------------------------------------+
/// ```
///
/// The word 0 is no term: it marks a moved cons cell and the absence of a value.
/// Tags are those of ERTS (`erl_term.h`), so word counts agree with real Erlang.
///
/// `==` compares the words: it is identity of representation, not equality of terms.
@frozen
public struct Term: Equatable, Hashable, BitwiseCopyable, Sendable {
  /// The tagged word itself.
  public let bits: UInt

  /// Makes a term of a tagged word without any check.
  @inlinable @inline(__always)
  public init(bits: UInt) { self.bits = bits }
}

// MARK: - Tests

extension Term {
  /// The word that stands for the absence of a value.
  @inlinable @inline(__always) public static var none: Term { Term(bits: 0) }
  /// The empty list, `[]`.
  @inlinable @inline(__always) public static var `nil`: Term { Term(bits: 0x3B) }

  /// Whether this is the absence of a value.
  @inlinable @inline(__always) public var isNone: Bool { bits == 0 }
  /// Whether this is `[]`.
  @inlinable @inline(__always) public var isNil: Bool { bits == 0x3B }
  /// Whether the word addresses a cons cell.
  @inlinable @inline(__always) public var isCons: Bool { bits & 3 == 1 }
  /// Whether the word addresses a boxed object.
  @inlinable @inline(__always) public var isBoxed: Bool { bits & 3 == 2 }
  /// Whether the value is in the word itself.
  @inlinable @inline(__always) public var isImmediate: Bool { bits & 3 == 3 }
  /// Whether this is `[]` or a cons cell.
  @inlinable @inline(__always) public var isList: Bool { isCons || isNil }
  /// Whether this is a small integer.
  @inlinable @inline(__always) public var isSmall: Bool { bits & 0xF == 0xF }
  /// Whether this is an atom.
  @inlinable @inline(__always) public var isAtom: Bool { bits & 0x3F == 0x0B }
  /// Whether this is a catch mark (found on stacks only).
  @inlinable @inline(__always) public var isCatch: Bool { bits & 0x3F == 0x1B }
  /// Whether this is a local pid.
  @inlinable @inline(__always) public var isLocalPid: Bool { bits & 0xF == 0x3 }
  /// Whether this is a local port.
  @inlinable @inline(__always) public var isLocalPort: Bool { bits & 0xF == 0x7 }

  /// Whether this is a pid, of this node or another.
  @inlinable public var isPid: Bool { isLocalPid || isBoxed(.externalPid) }
  /// Whether this is a port, of this node or another.
  @inlinable public var isPort: Bool { isLocalPort || isBoxed(.externalPort) }
  /// Whether this is a reference, of this node or another.
  @inlinable public var isReference: Bool { isBoxed(.reference) || isBoxed(.externalReference) }

  /// Whether this addresses a boxed object whose header has the subtag.
  @inlinable @inline(__always)
  public func isBoxed(_ subtag: Header.Subtag) -> Bool {
    isBoxed && header.subtag == subtag
  }
  /// Whether this is a tuple.
  @inlinable @inline(__always) public var isTuple: Bool { isBoxed && boxed[0] & 0x3F == 0 }
  /// Whether this is a tuple of exactly so many elements.
  @inlinable public func isTuple(arity: Int) -> Bool {
    isBoxed && boxed[0] == Header.tuple(arity: arity).bits
  }
  /// Whether this is a boxed float.
  @inlinable @inline(__always) public var isFloat: Bool { isBoxed && boxed[0] == Header.float.bits }
  /// Whether this is an integer too large for a word.
  @inlinable @inline(__always) public var isBigInteger: Bool { isBoxed && header.isBigInteger }
  /// Whether this is a small or a big integer.
  @inlinable @inline(__always) public var isInteger: Bool { isSmall || isBigInteger }
  /// Whether this is an integer or a float.
  @inlinable @inline(__always) public var isNumber: Bool { isSmall || isBigInteger || isFloat }
  /// Whether this is a map.
  @inlinable @inline(__always) public var isMap: Bool { isBoxed(.map) }
  /// Whether this is a map of the flat kind.
  @inlinable @inline(__always) public var isFlatMap: Bool {
    isBoxed && boxed[0] == Header.flatMap.bits
  }
  /// Whether this is a map of the hashed kind.
  @inlinable @inline(__always) public var isHashMap: Bool {
    isBoxed && boxed[0] & 0xBF == 0xBC
  }
  /// Whether this is a fun, local or external.
  @inlinable @inline(__always) public var isFun: Bool { isBoxed(.fun) }
  /// Whether this is a bit string: a binary on a heap or outside, or a part of one.
  @inlinable public var isBitString: Bool {
    guard isBoxed else { return false }
    let subtag = header.subtag
    return subtag == .heapBinary || subtag == .binaryHandle || subtag == .subBinary
  }
  /// Whether this is a bit string of whole bytes.
  @inlinable public var isBinary: Bool {
    isHeapBinary || isBoxed(.binaryHandle) || isBoxed(.subBinary) && boxed[3] & 7 == 0
  }
  /// Whether this is a binary of whole bytes that stands on a heap.
  @inlinable @inline(__always) public var isHeapBinary: Bool { isBoxed(.heapBinary) }
}

// MARK: - Immediates

extension Term {
  /// The smallest small integer, -2^59.
  @inlinable public static var smallMinimum: Int { -(1 << 59) }
  /// The largest small integer, 2^59 - 1.
  @inlinable public static var smallMaximum: Int { (1 << 59) - 1 }

  /// Whether an integer fits in a small.
  @inlinable @inline(__always)
  public static func fitsSmall(_ value: Int) -> Bool {
    (value << 4) >> 4 == value
  }

  /// Makes a small integer.
  /// - Precondition: ``fitsSmall(_:)`` holds (checked in debug builds).
  @inlinable @inline(__always)
  public static func small(_ value: Int) -> Term {
    assert(fitsSmall(value), "\(value) is no small integer")
    return Term(bits: UInt(bitPattern: value) << 4 | 0xF)
  }
  /// The value of a small integer.
  @inlinable @inline(__always)
  public var smallValue: Int {
    assert(isSmall, "the word 0x\(String(bits, radix: 16)) is no small integer")
    return Int(bitPattern: bits) >> 4
  }

  /// Makes the atom with an index in the atom table.
  @inlinable public static func atom(_ index: Int) -> Term {
    Term(bits: UInt(bitPattern: index) << 6 | 0x0B)
  }
  /// The atom's index in the atom table.
  @inlinable public var atomIndex: Int { Int(bits >> 6) }

  /// Makes a catch mark for the handler with an index.
  @inlinable public static func `catch`(_ index: Int) -> Term {
    Term(bits: UInt(bitPattern: index) << 6 | 0x1B)
  }
  /// The index of the handler of a catch mark.
  @inlinable public var catchIndex: Int { Int(bits >> 6) }

  /// Makes a local pid of a number (serial and slot) under 2^60.
  @inlinable public static func pid(_ number: UInt) -> Term { Term(bits: number << 4 | 0x3) }
  /// Makes a local port of a number under 2^60.
  @inlinable public static func port(_ number: UInt) -> Term { Term(bits: number << 4 | 0x7) }
  /// The number of a local pid or port.
  @inlinable public var identifierNumber: UInt { bits >> 4 }
}

// MARK: - Addresses

extension Term {
  /// The cell of a cons: `[0]` is the head, `[1]` the tail.
  /// - Important: valid until the next call that takes roots.
  @inlinable @inline(__always)
  public var cons: UnsafeMutablePointer<Term> {
    assert(isCons, "the word 0x\(String(bits, radix: 16)) is no cons")
    return UnsafeMutablePointer(bitPattern: bits &- 1).unsafelyUnwrapped
  }
  /// The words of a boxed object: `[0]` is its header.
  /// - Important: valid until the next call that takes roots.
  @inlinable @inline(__always)
  public var boxed: UnsafeMutablePointer<UInt> {
    assert(isBoxed, "the word 0x\(String(bits, radix: 16)) is not boxed")
    return UnsafeMutablePointer(bitPattern: bits &- 2).unsafelyUnwrapped
  }
  /// The header of a boxed object.
  @inlinable @inline(__always)
  public var header: Header { Header(bits: boxed[0]) }

  /// Makes the term that addresses a cons cell.
  @inlinable @inline(__always)
  public static func cons(at cell: UnsafeMutablePointer<UInt>) -> Term {
    Term(bits: UInt(bitPattern: cell) &+ 1)
  }
  /// Makes the term that addresses a boxed object's header.
  @inlinable @inline(__always)
  public static func boxed(at header: UnsafeMutablePointer<UInt>) -> Term {
    Term(bits: UInt(bitPattern: header) &+ 2)
  }
  /// The address that a cons or boxed term carries, without its tag.
  @inlinable @inline(__always)
  public var address: UInt { bits & ~3 }
}

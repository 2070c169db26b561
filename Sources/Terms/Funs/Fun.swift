/// A function value: a closure of a module's function, or a reference to an exported one.
///
/// ```
/// +--------------------------+
/// | header (fun, 3 raw)      |
/// | entry                    |  the embedder's address or number of the code
/// | next                     |  reserved for the list of what stands outside the heap
/// | variant, free, arity     |  bit 63: external, `module:function/arity`
/// | creator pid, or entry id |
/// | free variable 0 ...      |
/// +--------------------------+
/// ```
/// 5 words and one for each free variable, as in OTP 25. The fourth word is
/// ```
///  63    47         16 15  8 7    0
/// +-+---+-------------+-----+------+
/// |0|   | variant     | free| arity|   a local fun
/// |1|   | arity       | 0   | low 8|   an external fun
/// +-+---+-------------+-----+------+
/// ```
/// The variant tells apart funs that are equal and have the same entry, but not the same encoding:
/// those of modules that differ elsewhere. An external fun out of an encoding may have more
/// arguments than any call gives; as in ERTS, a call then looks at the low 8 bits.
public enum Fun {
  /// The words of a fun with so many free variables.
  @inlinable public static func words(free: Int) -> Int { 5 &+ free }

  /// The free variables of the fun whose header is at the address.
  @inlinable public static func freeCount(at fun: UnsafePointer<UInt>) -> Int {
    Int(fun[3] >> 8 & 0xFF)
  }
  /// The arguments that a call of the fun must give.
  @inlinable public static func arity(at fun: UnsafePointer<UInt>) -> Int { Int(fun[3] & 0xFF) }
  /// What tells a local fun from others of the same entry word.
  @inlinable public static func variant(at fun: UnsafePointer<UInt>) -> UInt32 {
    UInt32(truncatingIfNeeded: fun[3] >> 16)
  }
  /// The arity that an external fun names.
  @inlinable public static func externalArity(at fun: UnsafePointer<UInt>) -> Int {
    Int(variant(at: fun))
  }
  /// What equal funs have in common besides the entry: whether they are external, and how many free
  /// variables they have.
  @inlinable static func shape(at fun: UnsafePointer<UInt>) -> UInt {
    fun[3] & (1 << 63 | 0xFF00)
  }
  /// Whether the fun names an exported function.
  @inlinable public static func isExternal(at fun: UnsafePointer<UInt>) -> Bool {
    fun[3] >> 63 == 1
  }
  /// The embedder's word for the code of the fun.
  @inlinable public static func entry(at fun: UnsafePointer<UInt>) -> UInt { fun[1] }
  /// The terms of the fun: `[0]` is the creator, the free variables follow.
  @inlinable
  public static func terms(at fun: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt> {
    fun + 4
  }
}

extension WordCursor {
  /// Builds a fun of ``Fun/words(free:)`` words whose free variables the caller then fills.
  ///
  /// - Parameters:
  ///   - entry: the embedder's word for the code, kept as it is.
  ///   - arity: the arguments of a call, 0 to 255; of an external fun below 2^32.
  ///   - free: the number of free variables, 0 to 255; each must be stored before the next
  ///     call that takes roots, from `Fun.terms(at:) + 1` on.
  ///   - creator: the pid of the process that makes the fun.
  ///   - isExternal: whether it names an exported function.
  ///   - variant: of a local fun what the embedder tells it from others of the same entry by.
  @inlinable
  public mutating func makeFun(
    entry: UInt, arity: Int, free: Int, creator: Term, isExternal: Bool = false,
    variant: UInt32 = 0
  ) -> Term {
    let words = reserve(Fun.words(free: free))
    words[0] = Header.fun.bits
    words[1] = entry
    words[2] = 0
    words[3] = UInt(arity) & 0xFF | UInt(free) << 8
    words[3] |= isExternal ? 1 << 63 | UInt(arity) << 16 : UInt(variant) << 16
    words[4] = creator.bits
    return .boxed(at: words)
  }
}

/// What an instruction of a match program does.
///
/// *base* is the structure that is taken apart, `a` most often the place of a word in it; *frame*
/// are the words of ``MatchFrame``. "Fails" goes on with the next clause.
enum MatchOpcode: UInt8 {
  /// Begins a clause; the next word is where the next one begins, as a number of words from the
  /// start of the program, or 0.
  case clause
  /// Begins a clause and opens the object, a tuple of the header in the word behind.
  case clauseOfTuple

  // MARK: Heads

  /// frame[b] = base[a]
  case bind
  /// Fails unless base[a] is exactly equal to frame[b].
  case same
  /// Fails unless base[a] is the next word.
  case word
  /// Fails unless base[a] is the float of the bits in the next word; so `0.0` is not `-0.0`.
  case float
  /// Fails unless base[a] is exactly equal to the term in the next word.
  case term
  /// Fails unless base[a] is a tuple of the header in the next word; register b = its address.
  case tuple
  /// Fails unless base[a] is a cons cell; register b = its address.
  case cons
  /// Fails unless base[a] is a map of as many keys as the next word says, or more; register b = it.
  case map
  /// base = the address in register a
  case enter
  /// Fails unless base[a] is a tuple of the header in the next word; base = its address.
  case enterTuple
  /// Fails unless base[a] is a cons cell; base = its address.
  case enterCons
  /// Fails unless the map in register a has the key in the next word; register b = its value, and
  /// base = the address of register b.
  case lookUp

  // MARK: Guards

  /// Fails unless frame[a] is `true`.
  case requireTrue
  /// Fails unless the test numbered b of a kind of term holds for frame[a].
  case requireKind
  /// Fails unless frame[a] compares so with frame[b].
  case requireLess, requireNotGreater, requireEqual, requireNotEqual
  case requireExactlyEqual, requireExactlyNotEqual

  // MARK: Expressions

  /// From here on, what fails is the atom `'EXIT'`.
  case body
  /// frame[a] = the result of the function numbered b; the next words are its operands, two a word.
  case call
  /// frame[a] = a tuple of b elements, or a list of b elements and a tail, or a map of b pairs; the
  /// next words are their places in the frame, one a word.
  case makeTuple, makeList, makeMap
  /// Goes on where frame[b] is `true`, or where it is `false`; else frame[a] = frame[b] and the
  /// program goes on as many words further as the next word says. What is no Boolean is a failure.
  case andAlso, orElse
  /// frame[a] = frame[b]
  case move
  /// Ends with frame[a].
  case end
}

/// The first word of an instruction.
///
/// ```
///  63         36 35          8 7      0
/// +-------------+-------------+--------+
/// | b, signed   | a, signed   | opcode |   further words follow as the opcode says
/// +-------------+-------------+--------+
/// ```
struct MatchInstruction: BitwiseCopyable {
  let bits: UInt

  @inline(__always)
  init(bits: UInt) { self.bits = bits }

  @inline(__always)
  init(_ opcode: MatchOpcode, _ a: Int = 0, _ b: Int = 0) {
    bits =
      UInt(opcode.rawValue) | (UInt(bitPattern: a) & 0xFFF_FFFF) << 8 | UInt(bitPattern: b) << 36
  }

  /// Only words that the compiler wrote are run.
  @inline(__always)
  var opcode: MatchOpcode {
    unsafeBitCast(UInt8(truncatingIfNeeded: bits), to: MatchOpcode.self)
  }
  @inline(__always)
  var a: Int { Int(bitPattern: bits << 28) >> 36 }
  @inline(__always)
  var b: Int { Int(bitPattern: bits) >> 36 }

  /// The largest number that a or b holds.
  static var maximumOperand: Int { 1 << 27 - 1 }
}

/// Where the words stand that a run reads and writes.
///
/// ```
///   -literals      0        1      2              2 + variables
/// +-----+--------+--------+------+--------------+--------------+-----------+
/// | ... | literal| object | self | variable ... | temporary ...| register  |
/// +-----+--------+--------+------+--------------+--------------+-----------+
///                 ^ frame                                       ^ registers
/// ```
/// The registers hold addresses, of structures that are yet to be taken apart, and words of terms.
struct MatchFrame {
  /// The place of the object.
  static var object: Int { 0 }
  /// The place of the process that runs the program.
  static var selfPid: Int { 1 }
  /// The place of the first variable.
  static var firstVariable: Int { 2 }

  /// The literals before the object.
  var literals = 0
  /// The words from the object up to the registers.
  var words = MatchFrame.firstVariable
  /// The registers.
  var registers = 0
}

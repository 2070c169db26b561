/// What the validator knows of the word in a register.
///
/// ```
///  31                        8 7        6 5     4 3    0
/// +---------------------------+----------+-------+------+
/// | elements, a tag's label,  | fresh    | exact | kind |
/// | or where a match began    | borrowed |       |      |
/// +---------------------------+----------+-------+------+
/// ```
struct ValueType: Equatable {
  /// The kinds of words.
  enum Kind: UInt32 {
    /// Whatever was there before: nothing may read it, nor may it be there at a collection.
    case undefined
    /// Some term.
    case term
    case cons
    case tuple
    case map
    /// The state of a match, which is no term.
    case context
    /// A term, or the state of a match that a caller handed on.
    case termOrContext
    /// The mark of a handler, which `catch` put there.
    case catchTag
    /// The mark of a handler, which `try` put there.
    case tryTag
    /// What x0 holds where a handler begins.
    case noValue
    case termOrNoValue
    /// A term where x0 holds no value: class, reason and trace of an exception, in x1 to x3.
    case ofException
    /// A term, or nothing while a timer runs: how long a wait takes.
    case timeout
  }

  var bits: UInt32

  private static var exactBit: UInt32 { 1 << 4 }
  private static var borrowedBit: UInt32 { 1 << 6 }
  private static var freshBit: UInt32 { 1 << 7 }
  /// The most elements that a type tells of.
  private static var mostElements: Int { 1 << 24 - 1 }

  @inline(__always) init(bits: UInt32) { self.bits = bits }
  @inline(__always) init(_ kind: Kind) { bits = kind.rawValue }

  static var undefined: Self { Self(.undefined) }
  static var term: Self { Self(.term) }
  static var cons: Self { Self(.cons) }
  static var map: Self { Self(.map) }
  static var ofException: Self { Self(.ofException) }
  static var termOrContext: Self { Self(.termOrContext) }
  static var noValue: Self { Self(.noValue) }

  /// A tuple with a number of elements, or with at least so many.
  static func tuple(_ count: Int, isExact: Bool) -> Self {
    let fits = count <= mostElements
    let exact = isExact && fits ? exactBit : 0
    return Self(bits: Kind.tuple.rawValue | exact | UInt32(min(count, mostElements)) << 8)
  }

  /// The state of a match that began at an instruction; -1 for one that began who knows where.
  static func context(from index: Int) -> Self {
    Self(bits: Kind.context.rawValue | UInt32(index < mostElements ? index + 1 : 0) << 8)
  }

  /// The mark of the handler at a label.
  static func tag(isTry: Bool, label: Int) -> Self {
    Self(bits: (isTry ? Kind.tryTag : Kind.catchTag).rawValue | UInt32(label) << 8)
  }

  @inline(__always) var kind: Kind {
    // Only kinds are ever stored.
    Kind(rawValue: bits & 0xF).unsafelyUnwrapped
  }
  /// The elements of a tuple, the label of a tag, or one more than the instruction that a match
  /// began at, 0 where nothing is known of it.
  @inline(__always) var number: Int { Int(bits >> 8) }
  @inline(__always) var isExact: Bool { bits & Self.exactBit != 0 }
  @inline(__always) var isUndefined: Bool { bits & 0xF == 0 }
  /// Whether it is a term in any case.
  @inline(__always) var isTerm: Bool { 1...4 ~= bits & 0xF }
  @inline(__always) var isTag: Bool { kind == .catchTag || kind == .tryTag }
  /// Whether it is, or may be, the state of a match.
  @inline(__always) var mayBeContext: Bool { kind == .context || kind == .termOrContext }
  /// Whether what two registers hold may be the state of one match.
  func maySharePlace(with other: Self) -> Bool {
    guard mayBeContext, other.mayBeContext else { return false }
    return number == 0 || other.number == 0 || number == other.number
  }
  /// Whether it may be class, reason or trace of an exception.
  var fitsException: Bool { kind == .ofException || isTerm && !isBorrowed }
  /// Whether it may be no value, as x0 where a handler begins.
  var mayBeNoValue: Bool { kind == .noValue || kind == .termOrNoValue }
  /// Whether it may belong to a message that is still in the queue.
  @inline(__always) var isBorrowed: Bool { bits & Self.borrowedBit != 0 }
  /// Whether it is the tuple that the last native made, as long as nothing was built since.
  @inline(__always) var isFresh: Bool { bits & Self.freshBit != 0 }

  /// The same, part of a message if another is.
  @inline(__always) func borrowed(like other: Self) -> Self {
    Self(bits: bits | other.bits & Self.borrowedBit)
  }
  var borrowed: Self { Self(bits: bits | Self.borrowedBit) }
  var owned: Self { Self(bits: bits & ~Self.borrowedBit) }
  var fresh: Self { Self(bits: bits | Self.freshBit) }
  var aged: Self { Self(bits: bits & ~Self.freshBit) }

  /// What is known of a word that is one or the other.
  func joined(with other: Self) -> Self {
    if bits == other.bits { return self }
    let (a, b) = (self, other)
    if a.isUndefined || b.isUndefined || a.isTag || b.isTag { return .undefined }
    if a.kind == .ofException || b.kind == .ofException { return .undefined }
    let borrowed = Self(bits: (a.bits | b.bits) & Self.borrowedBit)
    let fresh = a.bits & b.bits & Self.freshBit
    let kind: Self
    switch (a.kind, b.kind) {
    case (.tuple, .tuple):
      let isExact = a.isExact && b.isExact && a.number == b.number
      kind = .tuple(min(a.number, b.number), isExact: isExact)
    case let (left, right) where left == right: kind = Self(left)
    case _ where a.isTerm && b.isTerm: kind = .term
    case (.timeout, _) where b.isTerm, (_, .timeout) where a.isTerm: kind = Self(.timeout)
    case (.timeout, _), (_, .timeout): return .undefined
    case (.noValue, _) where b.isTerm || b.kind == .termOrNoValue,
      (_, .noValue) where a.isTerm || a.kind == .termOrNoValue,
      (.termOrNoValue, _) where b.isTerm, (_, .termOrNoValue) where a.isTerm:
      kind = Self(.termOrNoValue)
    case (.noValue, _), (_, .noValue), (.termOrNoValue, _), (_, .termOrNoValue): return .undefined
    default: kind = .termOrContext
    }
    return Self(bits: kind.bits | borrowed.bits | fresh)
  }
}

extension ValueType: CustomStringConvertible {
  /// What is there, for a person.
  var description: String {
    switch kind {
    case .undefined: "nothing"
    case .term: isBorrowed ? "part of a message that is not taken" : "a term"
    case .cons: "a list that is not empty"
    case .tuple: "a tuple of \(isExact ? "" : "at least ")\(number)"
    case .map: "a map"
    case .context: "the state of a match"
    case .termOrContext: "what may be the state of a match"
    case .catchTag: "the mark of a catch"
    case .tryTag: "the mark of a try"
    case .timeout: "what a wait has used up"
    case .noValue, .termOrNoValue: "what may be no value"
    case .ofException: "what may be no part of an exception"
    }
  }
}

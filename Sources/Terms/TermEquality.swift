import Glibc

/// Whether two terms are equal, `=:=` and `==` of OTP 25, in which `0.0 =:= -0.0` holds.
///
/// Neither asks for names of atoms. Shared parts that stand at the same address on both sides cost
/// nothing; a long list costs a look at each of its cells and no working memory.
public enum TermEquality {
  /// Whether two terms are the same value of the same type, `=:=`.
  /// - Parameter scratch: working memory for terms in terms.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  @inlinable
  public static func isExactlyEqual(
    _ left: Term, _ right: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Bool {
    if left.bits == right.bits { return true }
    // Of two unlike words, one in itself: unlike kinds, or unlike values of one kind.
    if left.isImmediate || right.isImmediate { return false }
    return try areEqual(left, right, exactly: true, scratch: scratch)
  }

  /// Whether two terms are equal where an integer equals a float of the same value, `==`.
  /// - Parameter scratch: working memory for terms in terms.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  @inlinable
  public static func isEqual(
    _ left: Term, _ right: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Bool {
    if left.bits == right.bits { return true }
    if left.isImmediate && right.isImmediate { return false }
    return try areEqual(left, right, exactly: false, scratch: scratch)
  }

  @usableFromInline @inline(never)
  static func areEqual(
    _ left: Term, _ right: Term, exactly: Bool, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Bool {
    var pending = PendingRuns(scratch)
    var (left, right, mode) = (left, right, exactly ? PendingRuns.Mode.exact : .byValue)
    while true {
      guard try compare(&left, &right, mode, &pending) else { return false }
      guard let next = try pending.nextDifference() else { return true }
      (left, right, mode) = next
    }
  }

  /// Compares two terms of unlike words; what is in them becomes pending, but for the cells of
  /// lists, which are run through here.
  private static func compare(
    _ left: inout Term, _ right: inout Term, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Bool {
    while left.isCons && right.isCons {
      let (leftCell, rightCell) = (left.cons, right.cons)
      if leftCell[0].bits != rightCell[0].bits {
        if leftCell[0].isImmediate && rightCell[0].isImmediate { return false }
        try pending.push(words(leftCell + 1), words(rightCell + 1), count: 1, mode)
        (left, right) = (leftCell[0], rightCell[0])
        continue
      }
      (left, right) = (leftCell[1], rightCell[1])
      if left.bits == right.bits { return true }
    }
    if left.isBoxed && right.isBoxed { return try compareBoxed(left, right, mode, &pending) }
    // Not both boxed and not both cells: only a small integer may still equal a float.
    if mode == .exact { return false }
    if left.isSmall && right.isFloat {
      return IntegerArithmetic.compare(left, toFloat: right.floatValue) == 0
    }
    if left.isFloat && right.isSmall {
      return IntegerArithmetic.compare(right, toFloat: left.floatValue) == 0
    }
    return false
  }

  private static func words(_ terms: UnsafeMutablePointer<Term>) -> PendingRuns.Words {
    UnsafeMutableRawPointer(terms).assumingMemoryBound(to: UInt.self)
  }

  private static func compareBoxed(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode, _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Bool {
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    let header = Header(bits: leftWords[0])
    if header.bits != rightWords[0] {
      if mode == .exact { return false }
      if left.isBigInteger && right.isFloat {
        return IntegerArithmetic.compare(left, toFloat: right.floatValue) == 0
      }
      if left.isFloat && right.isBigInteger {
        return IntegerArithmetic.compare(right, toFloat: left.floatValue) == 0
      }
      return false
    }
    switch header.subtag {
    case .tuple:
      try pending.push(leftWords + 1, rightWords + 1, count: header.arity, mode)
      return true
    case .float:
      return left.floatValue == right.floatValue
    case .map:
      return try compareMaps(leftWords, rightWords, mode, &pending)
    case .fun:
      // The creator and the embedder's list are no part of the value.
      if leftWords[1] != rightWords[1] || leftWords[3] != rightWords[3] { return false }
      if Fun.isExternal(at: leftWords) { return true }
      let count = Fun.freeCount(at: leftWords)
      try pending.push(leftWords + 5, rightWords + 5, count: count, mode)
      return true
    case .positiveBigInteger, .negativeBigInteger, .heapBinary, .reference:
      return memcmp(leftWords + 1, rightWords + 1, header.arity * MemoryLayout<UInt>.stride) == 0
    default:
      preconditionFailure("no equality for the header 0x\(String(header.bits, radix: 16))")
    }
  }

  /// Maps are equal when their keys are exactly equal and the values equal in the mode.
  private static func compareMaps(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Bool {
    let size = FlatMap.size(at: left)
    if size != FlatMap.size(at: right) { return false }
    try pending.push(FlatMap.values(at: left), FlatMap.values(at: right), count: size, mode)
    try pending.push(left + 2, right + 2, count: 1, .exact)
    return true
  }
}

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

  /// Whether two terms are exactly equal, where that is seen without working memory: terms that hold
  /// none, and tuples of such.
  /// - Returns: nothing where it is not seen.
  public static func areExactlyEqualAtSight(_ left: Term, _ right: Term) -> Bool? {
    if left.bits == right.bits { return true }
    if left.isImmediate || right.isImmediate { return false }
    guard left.isTuple && right.isTuple else { return compareLeaves(left, right, .exact) }
    let last = lastToOpen(left.boxed, right.boxed, .exact)
    return last > 0 ? nil : last == 0
  }

  @usableFromInline @inline(never)
  static func areEqual(
    _ left: Term, _ right: Term, exactly: Bool, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Bool {
    var pending = PendingRuns(scratch)
    var (left, right, mode) = (left, right, exactly ? PendingRuns.Mode.exact : .byValue)
    var (steps, headSteps) = (CellSteps(), CellSteps())
    while true {
      if left.isCons && right.isCons {
        (left, right) = skipEqualHeads(left, right, mode, &steps, &headSteps)
        if left.isCons && right.isCons && left != right {
          try pending.push(left.consWords + 1, right.consWords + 1, count: 1, mode)
          (left, right) = (left.cons[0], right.cons[0])
          continue
        }
      }
      if left.isTuple && right.isTuple {
        let (leftWords, rightWords) = (left.boxed, right.boxed)
        let last = lastToOpen(leftWords, rightWords, mode)
        if last < 0 { return false }
        if last > 0 {
          var rest = last &- 1
          while rest > 0 && leftWords[rest] == rightWords[rest] { rest &-= 1 }
          try pending.push(leftWords + 1, rightWords + 1, count: rest, mode)
          (left, right) = (Term(bits: leftWords[last]), Term(bits: rightWords[last]))
          continue
        }
      } else if left != right {
        let isPossible: Bool
        if let known = compareLeaves(left, right, mode) {
          isPossible = known
        } else {
          isPossible = try open(left.boxed, right.boxed, mode, &pending)
        }
        if !isPossible { return false }
      }
      guard let next = try pending.nextDifferenceFromEnd() else { return true }
      (left, right, mode) = next
    }
  }

  /// Runs through two lists while their heads are equal as far as can be told without a stack.
  /// - Returns: the cells whose heads have to be looked into, or where one list ends; the same twice
  ///   where both lists share the rest.
  @inline(__always)
  private static func skipEqualHeads(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode, _ steps: inout CellSteps,
    _ headSteps: inout CellSteps
  ) -> (left: Term, right: Term) {
    var (left, right) = (left, right)
    while true {
      (left, right) = steps.skipEqualHeads(left, right)
      guard left.isCons && right.isCons && left != right,
        areEqualAtSight(left.cons[0], right.cons[0], mode, &headSteps)
      else { return (left, right) }
      (left, right) = steps.tails(of: left, right)
    }
  }

  /// Whether two terms of unlike words are equal floats, or lists or tuples with nothing to look
  /// into.
  @inline(__always)
  private static func areEqualAtSight(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode, _ steps: inout CellSteps
  ) -> Bool {
    guard left.isBoxed && right.isBoxed else {
      let ends = steps.skipEqualHeads(left, right)
      return ends.left == ends.right
    }
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    if leftWords[0] != rightWords[0] { return false }
    if leftWords[0] == Header.float.bits { return areEqualFloats(leftWords, rightWords) }
    return Header(bits: leftWords[0]).isTuple && lastToOpen(leftWords, rightWords, mode) == 0
  }

  /// Compares two tuples as far as it goes without a stack.
  ///
  /// From the last element on, since what is built children first has the last child right before
  /// its parent.
  /// - Returns: the place of the last elements that have to be looked into; 0 where there are none
  ///   and the tuples are equal, -1 where they are not.
  @inline(__always)
  private static func lastToOpen(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode
  ) -> Int {
    if left[0] != right[0] { return -1 }
    var place = Header(bits: left[0]).arity
    while place > 0 {
      if left[place] != right[place] {
        let (leftElement, rightElement) = (Term(bits: left[place]), Term(bits: right[place]))
        if leftElement.isTuple && rightElement.isTuple { return place }
        guard let known = compareLeaves(leftElement, rightElement, mode) else { return place }
        if !known { return -1 }
      }
      place &-= 1
    }
    return 0
  }

  @inline(__always)
  private static func areEqualFloats(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words
  ) -> Bool {
    // Not the bits: `0.0` equals `-0.0`.
    Double(bitPattern: UInt64(left[1])) == Double(bitPattern: UInt64(right[1]))
  }
}

// MARK: - Terms that hold none

extension TermEquality {
  /// Compares two terms of unlike words.
  /// - Returns: nothing where both hold terms.
  @inline(never)
  private static func compareLeaves(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode
  ) -> Bool? {
    if left.isBoxed && right.isBoxed {
      let (leftHeader, rightHeader) = (left.header, right.header)
      if leftHeader == rightHeader { return compareAlike(leftHeader, left, right) }
      // Unlike headers of equal terms: bits in unlike places, references whose last numbers are 0 or
      // lead to a process, and an integer and a float. Maps that are equal are of the same tree.
      if left.isBitString { return right.isBitString && areEqualBits(left, right) }
      if leftHeader.subtag == .externalReference {
        return rightHeader.subtag == .externalReference && areEqualReferences(left, right)
      }
      if leftHeader.subtag == .reference {
        return rightHeader.subtag == .reference && areEqualLocalReferences(left.boxed, right.boxed)
      }
      return mode == .byValue && areEqualNumbers(left, right)
    }
    if left.isCons && right.isCons { return nil }
    return mode == .byValue && areEqualNumbers(left, right)
  }

  private static func compareAlike(_ header: Header, _ left: Term, _ right: Term) -> Bool? {
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    switch header.subtag {
    case .tuple, .map, .fun:
      return nil
    case .float:
      return areEqualFloats(leftWords, rightWords)
    case .reference:
      return areEqualLocalReferences(leftWords, rightWords)
    case .positiveBigInteger, .negativeBigInteger, .heapBinary:
      return memcmp(leftWords + 1, rightWords + 1, header.arity * MemoryLayout<UInt>.stride) == 0
    case .binaryHandle, .subBinary:
      return areEqualBits(left, right)
    case .externalPid, .externalPort:
      return leftWords[1] == rightWords[1]
        && ExternalIdentifier.data(at: leftWords) == ExternalIdentifier.data(at: rightWords)
    case .externalReference:
      return areEqualReferences(left, right)
    default:
      preconditionFailure("no equality for the header 0x\(String(header.bits, radix: 16))")
    }
  }

  private static func areEqualBits(_ left: Term, _ right: Term) -> Bool {
    let (leftBits, rightBits) = (left.bitRange, right.bitRange)
    return leftBits.bitCount == rightBits.bitCount && BitRange.compare(leftBits, rightBits) == 0
  }

  private static func areEqualLocalReferences(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words
  ) -> Bool { left[1] == right[1] && left[2] == right[2] }

  private static func areEqualReferences(_ left: Term, _ right: Term) -> Bool {
    ExternalIdentifier.node(at: left.boxed) == ExternalIdentifier.node(at: right.boxed)
      && ReferenceNumbers.compare(ReferenceNumbers(left), ReferenceNumbers(right)) == 0
  }

  private static func areEqualNumbers(_ left: Term, _ right: Term) -> Bool {
    if left.isInteger && right.isFloat {
      return IntegerArithmetic.compare(left, toFloat: right.floatValue) == 0
    }
    if left.isFloat && right.isInteger {
      return IntegerArithmetic.compare(right, toFloat: left.floatValue) == 0
    }
    return false
  }
}

// MARK: - Boxed terms that hold terms

extension TermEquality {
  /// Makes pending what is in two boxed objects with the same header.
  /// - Returns: whether they may still be equal.
  private static func open(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Bool {
    let header = Header(bits: left[0])
    switch header.subtag {
    case .map where header.mapType == .flat:
      let size = FlatMap.size(at: left)
      if size != FlatMap.size(at: right) { return false }
      try pending.push(FlatMap.values(at: left), FlatMap.values(at: right), count: size, mode)
      // Keys are equal only where they are exactly equal, in either mode.
      try pending.push(left + 2, right + 2, count: 1, .exact)
    case .map:
      // The keys alone say how the tree grows; so equal maps have nodes with equal slots.
      if header.rawWords > 0 && HashMap.size(at: left) != HashMap.size(at: right) { return false }
      let first = 1 + header.rawWords
      try pending.push(
        left + first, right + first, count: header.mapSlotCount,
        mode == .exact ? .exact : .leaves)
    default:
      assert(header.subtag == .fun, "the header 0x\(String(header.bits, radix: 16)) holds no terms")
      // The creator and the embedder's list are no part of the value.
      if left[1] != right[1] || Fun.shape(at: left) != Fun.shape(at: right) { return false }
      if Fun.isExternal(at: left) { return true }
      try pending.push(left + 5, right + 5, count: Fun.freeCount(at: left), mode)
    }
    return true
  }
}

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
      guard try compare(left, right, mode, &pending) else { return false }
      guard let next = try pending.nextDifference() else { return true }
      (left, right, mode) = next
    }
  }

  /// Compares two terms of unlike words; what is in them becomes pending, but for the cells of
  /// lists and the last element of each tuple, which are run through here.
  private static func compare(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode, _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Bool {
    var (left, right) = (left, right)
    while true {
      if left.isCons && right.isCons {
        (left, right) = NextCell.skipEqualHeads(left, right)
        if left == right { return true }
      }
      if left.isCons && right.isCons {
        let (leftHead, rightHead) = (left.cons[0], right.cons[0])
        if leftHead.isImmediate && rightHead.isImmediate { return false }
        if let known = compareShallow(leftHead, rightHead, mode) {
          if !known { return false }
          (left, right) = (left.cons[1], right.cons[1])
          if left == right { return true }
        } else {
          try pending.push(left.consWords + 1, right.consWords + 1, count: 1, mode)
          (left, right) = (leftHead, rightHead)
        }
        continue
      }
      guard left.isTuple && right.isTuple else {
        if let known = compareLeaves(left, right, mode) { return known }
        return try open(left.boxed, right.boxed, mode, &pending)
      }
      let (leftWords, rightWords) = (left.boxed, right.boxed)
      if leftWords[0] != rightWords[0] { return false }
      let arity = Header(bits: leftWords[0]).arity
      guard let place = firstUnknown(leftWords, rightWords, arity, mode) else { return false }
      if place > arity { return true }
      try pending.push(leftWords + place + 1, rightWords + place + 1, count: arity &- place, mode)
      (left, right) = (Term(bits: leftWords[place]), Term(bits: rightWords[place]))
    }
  }

  /// The place of the first elements of two tuples that have to be looked into, or one behind the
  /// last; nothing where others differ before.
  private static func firstUnknown(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ arity: Int, _ mode: PendingRuns.Mode
  ) -> Int? {
    var place = 1
    while place <= arity {
      if left[place] != right[place] {
        guard
          let known = compareLeaves(Term(bits: left[place]), Term(bits: right[place]), mode)
        else { return place }
        if !known { return nil }
      }
      place &+= 1
    }
    return place
  }
}

// MARK: - Terms that hold none, and tuples of such

extension TermEquality {
  /// Compares two terms of unlike words as far as it goes without a stack.
  /// - Returns: nothing where terms that hold terms would have to be looked into.
  private static func compareShallow(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode
  ) -> Bool? {
    guard left.isTuple && right.isTuple else { return compareLeaves(left, right, mode) }
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    if leftWords[0] != rightWords[0] { return false }
    let arity = Header(bits: leftWords[0]).arity
    guard let place = firstUnknown(leftWords, rightWords, arity, mode) else { return false }
    return place > arity ? true : nil
  }

  /// Compares two terms of unlike words.
  /// - Returns: nothing where both hold terms.
  private static func compareLeaves(
    _ left: Term, _ right: Term, _ mode: PendingRuns.Mode
  ) -> Bool? {
    if left.isBoxed && right.isBoxed {
      let (leftHeader, rightHeader) = (left.header, right.header)
      if leftHeader == rightHeader { return compareAlike(leftHeader, left, right) }
      // Unlike headers of equal terms: bits in unlike places, references whose last numbers are 0,
      // and an integer and a float. Maps that are equal are of the same tree.
      if left.isBitString { return right.isBitString && areEqualBits(left, right) }
      if leftHeader.subtag == .externalReference {
        return rightHeader.subtag == .externalReference && areEqualReferences(left, right)
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
      // Not the bits: `0.0` equals `-0.0`.
      return Double(bitPattern: UInt64(leftWords[1])) == Double(bitPattern: UInt64(rightWords[1]))
    case .positiveBigInteger, .negativeBigInteger, .heapBinary, .reference:
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
    case .tuple:
      try pending.push(left + 1, right + 1, count: header.arity, mode)
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
        left + first, right + first, count: header.mapBitmap.nonzeroBitCount,
        mode == .exact ? .exact : .leaves)
    default:
      assert(header.subtag == .fun, "the header 0x\(String(header.bits, radix: 16)) holds no terms")
      // The creator and the embedder's list are no part of the value.
      if left[1] != right[1] || left[3] != right[3] { return false }
      if Fun.isExternal(at: left) { return true }
      try pending.push(left + 5, right + 5, count: Fun.freeCount(at: left), mode)
    }
    return true
  }
}

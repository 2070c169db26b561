import Glibc

/// The standard order of terms of OTP 25:
/// number < atom < reference < fun < port < pid < tuple < map < [] < list < bit string.
///
/// Numbers compare by exact value, atoms by their text, tuples by size and then element by element,
/// maps by size, then their keys with integers before floats, then the values. Pids compare by their
/// numbers and then their nodes, ports and references the other way round; nodes by name, then
/// creation. Funs compare by module, index, version, free variables, and local before external; bit
/// strings bit by bit.
public struct TermOrder {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  let funs: (any FunNaming)?
  let localNode: Node?

  /// Makes an order.
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: working memory for terms in terms.
  ///   - funs: who names funs; funs without names compare by their entry words.
  ///   - localNode: where identifiers without a node were made; `nonode@nohost`, creation 0, if none.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil,
    localNode: Node? = nil
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    self.localNode = localNode
  }

  /// Compares in standard order, in which an integer equals a float of its value.
  /// - Returns: -1, 0 or 1.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory.
  @inlinable
  public func compare(_ left: Term, _ right: Term) throws(ScratchExhausted) -> Int {
    if left.bits == right.bits { return 0 }
    if left.isSmall && right.isSmall { return left.smallValue < right.smallValue ? -1 : 1 }
    return try order(left, right, exactly: false)
  }

  /// Compares in the order of map keys, in which each integer stands before each float.
  /// - Returns: -1, 0 (then the terms are exactly equal) or 1.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory.
  @inlinable
  public func compareKeys(_ left: Term, _ right: Term) throws(ScratchExhausted) -> Int {
    if left.bits == right.bits { return 0 }
    if left.isSmall && right.isSmall { return left.smallValue < right.smallValue ? -1 : 1 }
    return try order(left, right, exactly: true)
  }

  @usableFromInline @inline(never)
  func order(_ left: Term, _ right: Term, exactly: Bool) throws(ScratchExhausted) -> Int {
    if left.isAtom && right.isAtom { return orderAtoms(left, right) }
    var pending = PendingRuns(scratch)
    var (left, right, mode) = (left, right, exactly ? PendingRuns.Mode.exact : .byValue)
    while true {
      var result = try order(&left, &right, mode, &pending)
      while true {
        if result == 0, let next = try pending.nextDifference() {
          (left, right, mode) = next
          break
        }
        // All that a comparison of two hash maps asked for is known; or all there is.
        guard var maps = HashMapComparison(topOf: &pending) else { return result }
        switch advance(&maps, &pending, after: result) {
        case .question(let question):
          (left, right, mode) = question
          try maps.wait(in: &pending)
          result = 0
        case .answer(let answer):
          result = answer
          continue
        }
        break
      }
    }
  }
}

// MARK: - One pair of terms

extension TermOrder {
  /// Compares two terms of unlike words; what is in them becomes pending, but for the cells of
  /// lists and the last element of each tuple, which are run through here.
  private func order(
    _ left: inout Term, _ right: inout Term, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Int {
    var (steps, headSteps) = (CellSteps(), CellSteps())
    while true {
      while left.isCons && right.isCons {
        (left, right) = steps.skipEqualHeads(left, right)
        if left == right { return 0 }
        guard left.isCons && right.isCons else { break }
        // Of heads that are lists, strings above all, as much as needs no stack either.
        let heads = headSteps.skipEqualHeads(left.cons[0], right.cons[0])
        if heads.left != heads.right {
          guard let known = orderShallow(heads.left, heads.right, mode) else {
            try pending.push(left.consWords + 1, right.consWords + 1, count: 1, mode)
            (left, right) = heads
            continue
          }
          if known != 0 { return known }
        }
        (left, right) = steps.tails(of: left, right)
        if left == right { return 0 }
      }
      guard left.isTuple && right.isTuple else {
        if let known = orderLeaves(left, right, mode) { return known }
        return try open(left.boxed, right.boxed, mode, &pending)
      }
      let (leftWords, rightWords) = (left.boxed, right.boxed)
      let (place, result) = orderTuples(leftWords, rightWords, mode)
      if place == 0 { return result }
      let rest = Header(bits: leftWords[0]).arity &- place
      try pending.push(leftWords + place + 1, rightWords + place + 1, count: rest, mode)
      (left, right) = (Term(bits: leftWords[place]), Term(bits: rightWords[place]))
    }
  }

  /// Compares two terms of unlike words as far as it goes without a stack.
  /// - Returns: nothing where terms that hold terms would have to be looked into.
  @inline(__always)
  func orderShallow(_ left: Term, _ right: Term, _ mode: PendingRuns.Mode) -> Int? {
    guard left.isBoxed && right.isBoxed else { return orderLeaves(left, right, mode) }
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    if leftWords[0] == Header.float.bits && rightWords[0] == Header.float.bits {
      return three(left.floatValue, right.floatValue)
    }
    guard left.isTuple && right.isTuple else { return orderLeaves(left, right, mode) }
    let (place, result) = orderTuples(leftWords, rightWords, mode)
    return place == 0 ? result : nil
  }

  /// Compares two tuples as far as it goes without a stack.
  /// - Returns: the place of the first elements that have to be looked into, or 0 and the order.
  @inline(__always)
  private func orderTuples(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode
  ) -> (place: Int, result: Int) {
    if left[0] != right[0] { return (0, three(left[0], right[0])) }
    let arity = Header(bits: left[0]).arity
    var place = 1
    while place <= arity {
      if left[place] != right[place] {
        let (leftElement, rightElement) = (Term(bits: left[place]), Term(bits: right[place]))
        if leftElement.isTuple && rightElement.isTuple { return (place, 0) }
        guard let known = orderLeaves(leftElement, rightElement, mode) else { return (place, 0) }
        if known != 0 { return (0, known) }
      }
      place &+= 1
    }
    return (0, 0)
  }

  /// Compares two terms of unlike words.
  /// - Returns: nothing where both hold terms and are of the same kind.
  @inline(never)
  private func orderLeaves(_ left: Term, _ right: Term, _ mode: PendingRuns.Mode) -> Int? {
    if left.isSmall && right.isSmall { return left.smallValue < right.smallValue ? -1 : 1 }
    let (leftKind, rightKind) = (Self.kind(of: left), Self.kind(of: right))
    if leftKind != rightKind { return leftKind.rawValue < rightKind.rawValue ? -1 : 1 }
    switch leftKind {
    case .number: return orderNumbers(left, right, mode)
    case .atom: return orderAtoms(left, right)
    case .pid: return orderPids(left, right)
    case .port: return orderPorts(left, right)
    case .reference: return orderReferences(left, right)
    case .bitString: return orderBits(left, right)
    case .nil: return 0
    case .fun, .tuple, .map, .cons: return nil
    }
  }

  /// The kinds of terms in their order.
  private enum Kind: Int {
    case number, atom, reference, fun, port, pid, tuple, map, `nil`, cons, bitString
  }

  private static func kind(of term: Term) -> Kind {
    if term.isSmall { return .number }
    if term.isCons { return .cons }
    if term.isAtom { return .atom }
    if term.isNil { return .nil }
    if term.isLocalPid { return .pid }
    if term.isLocalPort { return .port }
    precondition(term.isBoxed, "no order for the word 0x\(String(term.bits, radix: 16))")
    switch term.header.subtag {
    case .tuple: return .tuple
    case .map: return .map
    case .float, .positiveBigInteger, .negativeBigInteger: return .number
    case .heapBinary, .binaryHandle, .subBinary: return .bitString
    case .fun: return .fun
    case .reference, .externalReference: return .reference
    case .externalPid: return .pid
    case .externalPort: return .port
    default:
      preconditionFailure("no order for the header 0x\(String(term.header.bits, radix: 16))")
    }
  }

  func three<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }
}

// MARK: - Terms that hold none

extension TermOrder {
  private func orderNumbers(_ left: Term, _ right: Term, _ mode: PendingRuns.Mode) -> Int {
    switch (left.isFloat, right.isFloat) {
    case (false, false): IntegerArithmetic.compare(left, right)
    case (true, true): three(left.floatValue, right.floatValue)
    case (false, true):
      mode == .exact ? -1 : IntegerArithmetic.compare(left, toFloat: right.floatValue)
    case (true, false):
      mode == .exact ? 1 : -IntegerArithmetic.compare(right, toFloat: left.floatValue)
    }
  }

  /// The order of bytes in UTF-8 is the order of the code points.
  func orderAtoms(_ left: Term, _ right: Term) -> Int {
    if left.bits == right.bits { return 0 }
    return withExtendedLifetime(atoms) {
      orderBytes(atoms.nameBytes(of: left), atoms.nameBytes(of: right))
    }
  }

  func orderBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    if let leftStart = left.baseAddress, let rightStart = right.baseAddress {
      let result = memcmp(leftStart, rightStart, min(left.count, right.count))
      if result != 0 { return result < 0 ? -1 : 1 }
    }
    return three(left.count, right.count)
  }

  private func orderBits(_ left: Term, _ right: Term) -> Int {
    if left.isHeapBinary && right.isHeapBinary {
      return orderBytes(left.heapBinaryBytes, right.heapBinaryBytes)
    }
    return BitRange.compare(left.bitRange, right.bitRange)
  }
}

// MARK: - Terms that hold terms

extension TermOrder {
  /// Compares two boxed terms of the same kind as far as their sizes and names, and makes pending
  /// what is in them.
  private func open(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Int {
    let header = Header(bits: left[0])
    switch header.subtag {
    case .map:
      return try orderMaps(left, right, mode, &pending)
    default:
      assert(header.subtag == .fun, "the header 0x\(String(header.bits, radix: 16)) holds no terms")
      return try orderFuns(left, right, mode, &pending)
    }
  }

  private func orderMaps(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Int {
    let (leftSize, rightSize) = (Int(left[1]), Int(right[1]))
    if leftSize != rightSize { return three(leftSize, rightSize) }
    if leftSize > FlatMap.maximumSize {
      // Nothing is known before the whole comparison, which begins by asking for what follows.
      try HashMapComparison.begin(left, right, mode, in: &pending, scratch: scratch)
      return 0
    }
    try pending.push(FlatMap.values(at: left), FlatMap.values(at: right), count: leftSize, mode)
    try pending.push(left + 2, right + 2, count: 1, .exact)
    return 0
  }
}

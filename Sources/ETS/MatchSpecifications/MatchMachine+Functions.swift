import Terms

// What guards and bodies call. No value stands for an exception.

extension MatchMachine {
  /// Calls the function of an instruction.
  /// - Parameter pc: the instruction; the places of the operands follow, two a word.
  @inline(never)
  mutating func call(_ pc: UnsafePointer<UInt>) throws(MatchRunError) -> Term {
    let number = MatchInstruction(bits: pc[0]).b
    let function = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: MatchFunction.self)
    // What a function of fewer arguments does not have is the object, which it does not look at.
    let a = Term(bits: frame[Int(Int32(truncatingIfNeeded: pc[1]))])
    let b = Term(bits: frame[Int(Int32(truncatingIfNeeded: pc[1] >> 32))])
    switch function {
    case .isAtom, .isFloat, .isInteger, .isList, .isNumber, .isPid, .isPort, .isReference,
      .isTuple, .isMap, .isBinary, .isFunction:
      return .boolean(Self.isKind(function, a))
    case .less: return .boolean(try compare(a, b) < 0)
    case .notGreater: return .boolean(try compare(a, b) <= 0)
    case .greater: return .boolean(try compare(a, b) > 0)
    case .notLess: return .boolean(try compare(a, b) >= 0)
    case .equal: return .boolean(try isEqual(a, b))
    case .notEqual: return .boolean(try !isEqual(a, b))
    case .exactlyEqual: return .boolean(try isExactlyEqual(a, b))
    case .exactlyNotEqual: return .boolean(try !isExactlyEqual(a, b))
    case .and, .or, .xor, .not: return Self.truth(function, a, b)
    case .element, .head, .tail, .length, .size, .byteSize, .bitSize:
      return Self.part(function, a, b)
    case .binaryPart:
      return try binaryPart(a, b, Term(bits: frame[Int(Int32(truncatingIfNeeded: pc[2]))]))
    case .binaryPartOfTwo:
      guard b.isTuple(arity: 2) else { return .none }
      return try binaryPart(a, b.tupleElements[0], b.tupleElements[1])
    case .mapSize: return a.isMap ? .small(a.mapSize) : .none
    case .mapGet: return b.isMap ? try value(of: a, in: b) : .none
    case .isMapKey: return b.isMap ? .boolean(try !value(of: a, in: b).isNone) : .none
    case .isRecord:
      return Self.isRecord(a, b, Term(bits: frame[Int(Int32(truncatingIfNeeded: pc[2]))]))
    case .node: return Self.node(of: a, local: b)
    default: return try compute(function, a, b)
    }
  }

  /// Whether a term is of the kind that a function tests.
  @inline(__always)
  static func isKind(_ test: MatchFunction, _ term: Term) -> Bool {
    switch test {
    case .isAtom: term.isAtom
    case .isFloat: term.isFloat
    case .isInteger: term.isInteger
    case .isList: term.isList
    case .isNumber: term.isNumber
    case .isPid: term.isPid
    case .isPort: term.isLocalPort || term.isBoxed(.externalPort)
    case .isReference: term.isReference
    case .isTuple: term.isTuple
    case .isMap: term.isMap
    case .isBinary: term.isBitString && term.bitRange.tailBits == 0
    case .isFunction: term.isFun
    default: preconditionFailure("\(test) is no test of a kind")
    }
  }

  private static func truth(_ function: MatchFunction, _ a: Term, _ b: Term) -> Term {
    guard a == .true || a == .false else { return .none }
    if function == .not { return .boolean(a == .false) }
    guard b == .true || b == .false else { return .none }
    switch function {
    case .and: return .boolean(a == .true && b == .true)
    case .or: return .boolean(a == .true || b == .true)
    default: return .boolean(a != b)
    }
  }

  private static func part(_ function: MatchFunction, _ a: Term, _ b: Term) -> Term {
    switch function {
    case .element where a.isSmall && b.isTuple:
      let elements = b.tupleElements
      return elements.indices ~= a.smallValue - 1 ? elements[a.smallValue - 1] : .none
    case .head where a.isCons: return a.cons[0]
    case .tail where a.isCons: return a.cons[1]
    case .length:
      var (rest, count) = (a, 0)
      while rest.isCons {
        rest = rest.cons[1]
        count &+= 1
      }
      return rest.isNil ? .small(count) : .none
    case .size where a.isTuple: return .small(a.tupleElements.count)
    case .size where a.isBitString: return .small(a.bitRange.bitCount / 8)
    case .byteSize where a.isBitString: return .small(a.bitRange.byteCount)
    case .bitSize where a.isBitString: return .small(a.bitRange.bitCount)
    default: return .none
    }
  }

  /// `is_record/3`
  private static func isRecord(_ term: Term, _ tag: Term, _ size: Term) -> Term {
    guard tag.isAtom && size.isSmall else { return .none }
    guard term.isTuple, term.tupleElements.count == size.smallValue else {
      return .false
    }
    return .boolean(term.tupleElements.first == tag)
  }

  /// `node/1`
  private static func node(of term: Term, local: Term) -> Term {
    if term.isLocalPid || term.isLocalPort || term.isBoxed(.reference) { return local }
    if term.isBoxed(.externalPid) || term.isBoxed(.externalPort)
      || term.isBoxed(.externalReference)
    {
      return ExternalIdentifier.node(at: term.boxed).name
    }
    return .none
  }

  /// `binary_part/3`: bytes from a start on, or before it where their number is negative.
  private mutating func binaryPart(
    _ binary: Term, _ start: Term, _ count: Term
  ) throws(MatchRunError) -> Term {
    guard binary.isBitString, start.isSmall, count.isSmall else { return .none }
    let (first, second) = (start.smallValue, start.smallValue + count.smallValue)
    let bytes = min(first, second)..<max(first, second)
    guard bytes.lowerBound >= 0, bytes.upperBound <= binary.bitRange.bitCount / 8 else {
      return .none
    }
    var (original, offset) = (binary, 8 * bytes.lowerBound)
    if binary.isBoxed(.subBinary) {
      original = SubBinary.original(at: binary.boxed)
      offset += SubBinary.bitOffset(at: binary.boxed)
    }
    var cursor = try cursor(words: SubBinary.words)
    let part = cursor.makeSubBinary(of: original, bitOffset: offset, bitCount: 8 * bytes.count)
    results.commit(cursor)
    return part
  }
}

extension Term {
  /// The atom of a truth value.
  @inline(__always)
  static func boolean(_ value: Bool) -> Term { value ? .true : .false }
}

/// The hash of `erlang:phash/2`, which old programs keep in files: the same in every release.
///
/// A polynomial over the bytes of a term, with a prime for each kind (`make_hash` in `utils.c` of
/// OTP 25 defines it).
public struct LegacyHash {
  private let atoms: AtomTable
  private let scratch: any ScratchProvider
  private let funs: (any FunNaming)?

  /// Makes a hash.
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: where working memory comes from.
  ///   - funs: who names funs; without it they are hashed by their entries.
  public init(atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
  }

  /// What is left to do with the hash.
  private enum Step: UInt {
    case term, restOfList, endOfList, endOfTuple
  }

  private enum Prime {
    static var atom: UInt32 { 268_440_163 }
    static var small: UInt32 { 268_439_161 }
    static var positive: UInt32 { 268_435_459 }
    static var negative: UInt32 { 268_436_141 }
    static var pid: (UInt32, UInt32) { (268_438_633, 268_437_017) }
    static var float: UInt32 { 268_437_017 }
    static var list: UInt32 { 268_437_511 }
    static var tuple: UInt32 { 268_439_627 }
    static var identifier: (UInt32, UInt32) { (268_439_627, 268_440_479) }
    static var fun: UInt32 { 268_440_479 }
    static var export: UInt32 { 268_440_577 }
    static var bits: UInt32 { 268_440_581 }
    static var map: (UInt32, UInt32) { (268_440_593, 268_440_611) }
  }

  /// The hash of a term, of 32 bits.
  /// - Throws: ``ScratchExhausted`` where there is no working memory.
  /// - Complexity: O(words of the term when nothing in it is shared).
  public func hash(_ term: Term) throws(ScratchExhausted) -> UInt32 {
    var hash: UInt32 = 0
    var steps = ScratchStack(provider: scratch)
    try steps.push(Step.term.rawValue, term.bits)
    while !steps.isEmpty {
      let (step, word) = steps.popTwo()
      switch Step(rawValue: step).unsafelyUnwrapped {
      case .term: try add(Term(bits: word), to: &hash, &steps)
      case .restOfList:
        let rest = Term(bits: word)
        if rest.isCons {
          try add(list: rest, to: &hash, &steps)
        } else {
          try steps.push(Step.endOfList.rawValue, 0)
          try steps.push(Step.term.rawValue, word)
        }
      case .endOfList: hash = hash &* Prime.list
      case .endOfTuple: hash = hash &* Prime.tuple &+ UInt32(truncatingIfNeeded: word)
      }
    }
    return hash
  }

  private func add(
    _ term: Term, to hash: inout UInt32, _ steps: inout ScratchStack
  ) throws(ScratchExhausted) {
    if term.isCons { return try add(list: term, to: &hash, &steps) }
    if term.isTuple {
      let elements = term.tupleElements
      try steps.push(Step.endOfTuple.rawValue, UInt(elements.count))
      for element in elements.reversed() { try steps.push(Step.term.rawValue, element.bits) }
      return
    }
    if term.isNil {
      hash = hash &* Prime.positive &+ 1
    } else if term.isAtom {
      hash = hash &* Prime.atom &+ atoms.portableHash(of: term)
    } else if term.isSmall {
      let value = term.smallValue
      Self.addWord(UInt32(truncatingIfNeeded: value.magnitude), Prime.small, to: &hash)
      if value.magnitude >> 32 != 0 {
        Self.addWord(UInt32(truncatingIfNeeded: value.magnitude >> 32), Prime.small, to: &hash)
      }
      hash = hash &* (value < 0 ? Prime.negative : Prime.positive)
    } else if term.isLocalPid {
      Self.addWord(
        UInt32(truncatingIfNeeded: LocalIdentifier.identifier(of: term.identifierNumber)),
        Prime.pid.0, to: &hash)
      hash = hash &* Prime.pid.1
    } else if term.isBoxed {
      try add(boxed: term, to: &hash, &steps)
    } else {
      Self.addWord(
        UInt32(truncatingIfNeeded: term.identifierNumber), Prime.identifier.0, to: &hash)
      hash = hash &* Prime.identifier.1
    }
  }

  /// Bytes at the beginning of a list count as they are.
  private func add(
    list: Term, to hash: inout UInt32, _ steps: inout ScratchStack
  ) throws(ScratchExhausted) {
    var list = list
    while list.cons[0].isSmall, 0...255 ~= list.cons[0].smallValue {
      hash = hash &* Prime.small &+ UInt32(list.cons[0].smallValue)
      let rest = list.cons[1]
      if !rest.isCons {
        try steps.push(Step.endOfList.rawValue, 0)
        return try steps.push(Step.term.rawValue, rest.bits)
      }
      list = rest
    }
    try steps.push(Step.restOfList.rawValue, list.cons[1].bits)
    try steps.push(Step.term.rawValue, list.cons[0].bits)
  }

  private func add(
    boxed term: Term, to hash: inout UInt32, _ steps: inout ScratchStack
  ) throws(ScratchExhausted) {
    if term.isBitString {
      add(bits: term.bitRange, to: &hash)
    } else if term.isFloat {
      let bits = term.floatValue == 0 ? 0 : term.boxed[1]
      hash = hash &* Prime.float &+ UInt32(truncatingIfNeeded: bits ^ bits >> 32)
    } else if term.isBigInteger {
      let digits = term.bigIntegerDigits
      for (index, digit) in digits.enumerated() {
        let isShort = index == digits.count - 1 && digit >> 32 == 0
        for byte in 0..<(isShort ? 4 : 8) {
          hash = hash &* Prime.small &+ UInt32(digit >> UInt(8 * byte) & 0xFF)
        }
      }
      hash = hash &* (term.header.isNegative ? Prime.negative : Prime.positive)
    } else if term.isMap {
      let portable = PortableHash(atoms: atoms, scratch: scratch, funs: funs)
      hash = hash &* Prime.map.0 &+ Prime.map.1 &+ (try portable.hash(term) as UInt32)
    } else if term.isFun {
      try add(fun: term.boxed, to: &hash, &steps)
    } else {
      // The first number of a reference, or the number of what another node made.
      let word = UInt32(truncatingIfNeeded: term.boxed[term.isBoxed(.reference) ? 1 : 3])
      Self.addWord(word, Prime.identifier.0, to: &hash)
      hash = hash &* Prime.identifier.1
    }
  }

  private func add(bits: BitRange, to hash: inout UInt32) {
    let whole = bits.bitCount >> 3
    for index in 0..<whole { hash = hash &* Prime.atom &+ UInt32(bits.byte(at: index)) }
    if bits.tailBits > 0 {
      let tail = bits.byte(at: whole) >> UInt8(8 - bits.tailBits)
      hash = hash &* Prime.atom &+ UInt32(tail)
      hash = hash &* Prime.bits &+ UInt32(bits.tailBits)
    }
    hash = hash &* Prime.negative &+ UInt32(truncatingIfNeeded: whole)
  }

  private func add(
    fun: UnsafeMutablePointer<UInt>, to hash: inout UInt32, _ steps: inout ScratchStack
  ) throws(ScratchExhausted) {
    let entry = Fun.entry(at: fun)
    if Fun.isExternal(at: fun) {
      hash = hash &* Prime.export &+ UInt32(Fun.externalArity(at: fun))
      guard let name = funs?.externalFunName(entry: entry) else { return }
      hash = hash &* Prime.atom &+ atoms.portableHash(of: name.module)
      hash = hash &* Prime.atom &+ atoms.portableHash(of: name.function)
      return
    }
    let free = Fun.freeCount(at: fun)
    hash = hash &* Prime.fun &+ UInt32(free)
    if let name = funs?.localFunName(entry: entry, variant: Fun.variant(at: fun)) {
      hash = hash &* Prime.atom &+ atoms.portableHash(of: name.module)
      hash = hash &* Prime.small &+ UInt32(truncatingIfNeeded: name.index)
      hash = hash &* Prime.small &+ UInt32(truncatingIfNeeded: name.oldUnique)
    }
    let terms = Fun.terms(at: fun)
    for index in (0..<free).reversed() {
      try steps.push(Step.term.rawValue, terms[1 + index])
    }
  }

  private static func addWord(_ word: UInt32, _ prime: UInt32, to hash: inout UInt32) {
    for byte in 0..<4 { hash = hash &* prime &+ (word >> UInt32(8 * byte) & 0xFF) }
  }
}

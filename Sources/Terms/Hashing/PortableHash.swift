/// The hash of `erlang:phash2/1,2`: the same number for equal terms on every machine and in every
/// release (`make_hash2` of `utils.c`).
public struct PortableHash {
  private let rule: PortableHashRule
  private let scratch: any ScratchProvider

  /// Makes a hash function.
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: working memory for terms in terms.
  ///   - funs: who names funs; funs without names are hashed by their entry words.
  public init(atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil) {
    rule = PortableHashRule(atoms: atoms, funs: funs)
    self.scratch = scratch
  }

  /// The hash of 32 bits: `phash2(Term, 1 bsl 32)`.
  public func hash(_ term: Term) throws(ScratchExhausted) -> UInt32 {
    try HashWalk.hash(term, rule: rule, seed: 0, scratch: scratch)
  }

  /// The hash as a number below a limit: `phash2(Term, Range)`.
  /// - Parameter range: 1 to 2^32; without it 2^27, as `phash2(Term)` has it.
  public func hash(_ term: Term, range: Int = 1 << 27) throws(ScratchExhausted) -> Int {
    precondition(range > 0 && range <= 1 << 32, "a range of \(range)")
    return Int(try hash(term) as UInt32) % range
  }
}

private struct PortableHashRule: HashRule {
  let atoms: AtomTable
  let funs: (any FunNaming)?

  static var isPortable: Bool { true }

  @inline(__always)
  func adding(immediate term: Term, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    if term.isSmall {
      let value = term.smallValue
      // Numbers of more than 28 bits are hashed as if they were big.
      if value < -(1 << 27) || value >= 1 << 27 {
        hash.addHalves(of: value.magnitude, value < 0 ? .negativeDigit : .positiveDigit)
      } else {
        if value < 0 { hash.add(UInt32(value.magnitude), .word) }
        hash.add(UInt32(truncatingIfNeeded: value), .word)
      }
    } else if term.isAtom {
      // The first atom is its own hash: quick, if poor.
      let name = atoms.portableHash(of: term)
      if hash.value == 0 { hash.value = name } else { hash.add(name, .atom) }
    } else if term.isNil {
      if hash.value == 0 { hash.value = 3_468_870_702 } else { hash.add(2, .nil) }
    } else {
      hash = adding(identifier: term, to: hash)
    }
    return hash
  }

  @inline(never)
  private func adding(identifier term: Term, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    if term.isLocalPid {
      let identifier = LocalIdentifier.identifier(of: term.identifierNumber)
      hash.add(UInt32(truncatingIfNeeded: identifier), .pid)
    } else {
      precondition(term.isLocalPort, "no hash for the word 0x\(String(term.bits, radix: 16))")
      hash.addHalves(of: term.identifierNumber, .port)
    }
    return hash
  }

  @inline(__always)
  func adding(boxed term: Term, to before: JenkinsHash) -> JenkinsHash {
    if !term.isFloat { return adding(rare: term, to: before) }
    var hash = before
    let bits = term.floatValue == 0 ? 0 : term.boxed[1]
    hash.addHalves(of: bits << 32 | bits >> 32, .float)
    return hash
  }

  @inline(never)
  private func adding(rare term: Term, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    let words = term.boxed
    switch term.header.subtag {
    case .heapBinary, .binaryHandle, .subBinary:
      hash = hash.adding(bitString: term)
    case .positiveBigInteger, .negativeBigInteger:
      hash.addDigits(of: term)
    case .reference:
      hash.add(LocalReference.number(0, at: words), .reference)
    case .externalReference:
      hash.add(ExternalIdentifier.number(0, at: words), .reference)
    case .externalPid:
      hash.add(UInt32(truncatingIfNeeded: ExternalIdentifier.data(at: words)), .pid)
    case .externalPort:
      hash.addHalves(of: ExternalIdentifier.data(at: words), .port)
    case .fun:
      hash = adding(fun: words, to: hash)
    default:
      preconditionFailure("no hash for the header 0x\(String(term.header.bits, radix: 16))")
    }
    return hash
  }

  func adding(fun words: UnsafeMutablePointer<UInt>, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    let entry = Fun.entry(at: words)
    if Fun.isExternal(at: words) {
      guard let name = funs?.externalFunName(entry: entry) else {
        hash.addHalves(of: entry, .function)
        return hash
      }
      hash.add(UInt32(Fun.externalArity(at: words)), atoms.portableHash(of: name.module), .word)
      hash.add(atoms.portableHash(of: name.function), .function)
      return hash
    }
    guard let name = funs?.localFunName(entry: entry, variant: Fun.variant(at: words)) else {
      hash.addHalves(of: entry, .fun)
      return hash
    }
    hash.add(UInt32(Fun.freeCount(at: words)), atoms.portableHash(of: name.module), .word)
    hash.add(
      UInt32(truncatingIfNeeded: name.index), UInt32(truncatingIfNeeded: name.oldUnique), .word)
    return hash
  }
}

// MARK: - Names of atoms

extension PortableHash {
  /// The hash that ERTS keeps with an atom (`atom.c`), and the table of atoms with a name: the
  /// shift-and-fold of P. J. Weinberger's compiler (Aho, Sethi, Ullman: "Compilers", 1986) over the
  /// characters of Latin-1, and over the bytes of the UTF-8 of all others.
  static func hash(name: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt32 = 0
    var place = 0
    while place < name.count {
      var character = UInt32(name[place])
      if character & 0xFE == 0xC2 && place + 1 < name.count {
        place += 1
        character = (character << 6 | UInt32(name[place]) & 0x3F) & 0xFF
      }
      place += 1
      hash = hash << 4 &+ character
      let top = hash & 0xF000_0000
      hash ^= top >> 24
      hash ^= top
    }
    return hash
  }
}

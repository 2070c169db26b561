/// The hash of the keys of hash maps: that of OTP 25 (`make_internal_hash` of `utils.c`), so that
/// the trees have the same shape and the same order.
///
/// Atoms, identifiers and funs are hashed by their words, as there; but theirs are other words.
/// Exactly equal terms have equal hashes, and every bit that tells terms apart takes part.
public enum InternalHash {
  /// The hash of a term.
  /// - Parameter scratch: working memory for terms in terms in terms.
  @inline(__always)
  public static func hash(
    _ term: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    if term.isImmediate { return hash(immediate: term) }
    return try HashWalk.hash(term, rule: InternalHashRule(), seed: seed, scratch: scratch)
  }

  /// The hash of a term that holds none, or of a tuple of such, without working memory; nothing for
  /// others.
  public static func hashAtSight(_ term: Term) -> UInt32? {
    if term.isImmediate { return hash(immediate: term) }
    return HashWalk.hashAtSight(term, rule: InternalHashRule(), seed: seed)
  }

  /// Another hash of a term, for the levels of a tree that the first one is too short for.
  /// - Parameter salt: from 1 on.
  static func hash(
    _ term: Term, salt: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    var start: UInt32 = 0
    // Found by trying all 2^32 beginnings on 35 pairs of keys in the order that OTP 25 gives them.
    var a = 22 &* 0x9E37_79B9 &+ UInt32(truncatingIfNeeded: salt)
    var b = a
    JenkinsHash.mix(&a, &b, &start)
    return try hash(term, seed: seed ^ start, scratch: scratch)
  }

  private static func hash(
    _ term: Term, seed: UInt32, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    if !term.isImmediate {
      return try HashWalk.hash(term, rule: InternalHashRule(), seed: seed, scratch: scratch)
    }
    var hash = JenkinsHash(value: seed)
    hash.addHalves(of: term.bits, .word)
    return hash.value
  }

  /// What hashing begins with: a prime that keeps these hashes apart from the portable ones.
  @inline(__always)
  static var seed: UInt32 { 3_432_918_353 }

  @inline(__always)
  static func hash(immediate term: Term) -> UInt32 {
    var hash = JenkinsHash(value: seed)
    hash.addHalves(of: term.bits, .word)
    return hash.value
  }
}

private struct InternalHashRule: HashRule {
  static var isPortable: Bool { false }

  @inline(__always)
  func adding(immediate term: Term, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    hash.addHalves(of: term.bits, .word)
    return hash
  }

  @inline(never)
  func adding(boxed term: Term, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    let words = term.boxed
    switch term.header.subtag {
    case .heapBinary, .binaryHandle, .subBinary:
      hash = hash.adding(bitString: term)
    case .float:
      // `0.0` equals `-0.0`.
      hash.addHalves(of: term.floatValue == 0 ? 0 : words[1], .float)
    case .positiveBigInteger, .negativeBigInteger:
      hash.addDigits(of: term)
    case .reference:
      addNumbers(LocalReference.identifyingNumbers, to: &hash) {
        LocalReference.number($0, at: words)
      }
    case .externalReference:
      hash.addHalves(of: ExternalIdentifier.node(at: words).word, .reference)
      addNumbers(ExternalIdentifier.numberCount(at: words), to: &hash) {
        ExternalIdentifier.number($0, at: words)
      }
    case .externalPid:
      hash.addHalves(of: ExternalIdentifier.node(at: words).word, .pid)
      hash.addHalves(of: ExternalIdentifier.data(at: words), .pid)
    case .externalPort:
      hash.addHalves(of: ExternalIdentifier.node(at: words).word, .port)
      hash.addHalves(of: ExternalIdentifier.data(at: words), .port)
    case .fun:
      hash = adding(fun: words, to: hash)
    default:
      preconditionFailure("no hash for the header 0x\(String(term.header.bits, radix: 16))")
    }
    return hash
  }

  /// Numbers behind the third that are 0 don't count: such references equal shorter ones.
  @inline(__always)
  private func addNumbers(
    _ count: Int, to hash: inout JenkinsHash, _ number: (Int) -> UInt32
  ) {
    hash.add(number(0), .reference)
    hash.add(count > 1 ? number(1) : 0, count > 2 ? number(2) : 0, .referenceRest)
    if count <= 3 { return }
    let rest = (number(3), count > 4 ? number(4) : 0)
    if rest != (0, 0) { hash.add(rest.0, rest.1, .referenceRest) }
  }

  func adding(fun words: UnsafeMutablePointer<UInt>, to before: JenkinsHash) -> JenkinsHash {
    var hash = before
    hash.addHalves(of: Fun.shape(at: words), .fun)
    hash.addHalves(of: Fun.entry(at: words), .funVersion)
    return hash
  }
}

/// An integer term as sign and limbs: a big integer's digits where they stand, a small's absolute
/// value in a word that the caller lends.
struct IntegerMagnitude {
  /// The absolute value, normalised, lowest limb first.
  let limbs: UnsafePointer<UInt>
  /// The number of limbs, 0 for zero.
  let count: Int
  /// Whether the integer is less than zero.
  let isNegative: Bool

  /// Views a term, or nothing where it is no integer.
  /// - Parameter spare: a word that holds a small's limb while the view is used.
  @inline(__always)
  init?(_ term: Term, spare: UnsafeMutablePointer<UInt>) {
    if term.isSmall {
      let value = term.smallValue
      spare[0] = value.magnitude
      self.init(limbs: UnsafePointer(spare), count: value == 0 ? 0 : 1, isNegative: value < 0)
      return
    }
    guard term.isBigInteger else { return nil }
    let object = term.boxed
    let header = Header(bits: object[0])
    self.init(
      limbs: UnsafePointer(object + 1), count: header.arity, isNegative: header.isNegative)
  }

  /// Makes a view of limbs.
  @inline(__always)
  init(limbs: UnsafePointer<UInt>, count: Int, isNegative: Bool) {
    self.limbs = limbs
    self.count = count
    self.isNegative = isNegative
  }

  /// The same absolute value with the other sign.
  @inline(__always)
  var negated: IntegerMagnitude {
    IntegerMagnitude(limbs: limbs, count: count, isNegative: !isNegative && count > 0)
  }

  /// The bits of the absolute value.
  @inline(__always)
  var bitLength: Int { Limbs.bitLength(limbs, count) }

  /// The limb at an index, 0 beyond the end.
  @inline(__always)
  subscript(_ index: Int) -> UInt { index < count ? limbs[index] : 0 }
}

extension Term {
  /// The digits of a big integer's absolute value, lowest first.
  /// - Important: valid until the next call that takes roots.
  public var bigIntegerDigits: UnsafeBufferPointer<UInt> {
    assert(isBigInteger, "the word 0x\(String(bits, radix: 16)) is no big integer")
    return UnsafeBufferPointer(start: UnsafePointer(boxed + 1), count: header.arity)
  }
}

/// Calls a function with views of two integer terms.
@inline(__always)
func withMagnitudes<Result>(
  _ a: Term, _ b: Term,
  _ body: (IntegerMagnitude, IntegerMagnitude) throws(ArithmeticError) -> Result
) throws(ArithmeticError) -> Result {
  try withWords(2) { (spare) throws(ArithmeticError) -> Result in
    guard let x = IntegerMagnitude(a, spare: spare), let y = IntegerMagnitude(b, spare: spare + 1)
    else { throw .badArgument }
    return try body(x, y)
  }
}

/// Calls a function with a view of an integer term.
@inline(__always)
func withMagnitude<Result>(
  _ a: Term, _ body: (IntegerMagnitude) throws(ArithmeticError) -> Result
) throws(ArithmeticError) -> Result {
  try withWords(1) { (spare) throws(ArithmeticError) -> Result in
    guard let x = IntegerMagnitude(a, spare: spare) else { throw .badArgument }
    return try body(x)
  }
}

/// Calls a function with words on the stack.
@inline(__always)
func withWords<Result>(
  _ count: Int, _ body: (UnsafeMutablePointer<UInt>) throws(ArithmeticError) -> Result
) throws(ArithmeticError) -> Result {
  let result = withUnsafeTemporaryAllocation(of: UInt.self, capacity: count) {
    (words) -> Swift.Result<Result, ArithmeticError> in
    do throws(ArithmeticError) {
      return .success(try body(words.baseAddress.unsafelyUnwrapped))
    } catch {
      return .failure(error)
    }
  }
  return try result.get()
}

/// Calls a function with working memory: on the stack while it is short, else of the provider.
/// - Throws: ``ArithmeticError/scratch(_:)`` where the provider has none, or what `body` throws.
@inline(__always)
func withScratch<Result>(
  words: Int, _ provider: any ScratchProvider,
  _ body: (LimbScratch) throws(ArithmeticError) -> Result
) throws(ArithmeticError) -> Result {
  let wordsOnStack = 128
  if words <= wordsOnStack {
    return try withWords(wordsOnStack) { (start) throws(ArithmeticError) -> Result in
      try body(LimbScratch(start: start, words: wordsOnStack))
    }
  }
  let byteCount = words * MemoryLayout<UInt>.stride
  let memory: UnsafeMutableRawPointer
  do {
    memory = try provider.allocateScratch(byteCount: byteCount)
  } catch {
    throw .scratch(error)
  }
  defer { provider.freeScratch(memory, byteCount: byteCount) }
  return try body(
    LimbScratch(start: memory.bindMemory(to: UInt.self, capacity: words), words: words))
}

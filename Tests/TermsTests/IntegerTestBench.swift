import TestKit

@testable import Terms

/// Scratch memory of the C heap that counts what is out and can refuse.
final class CountingScratch: ScratchProvider {
  private(set) var requests = 0
  private(set) var outstanding: [UnsafeMutableRawPointer: Int] = [:]
  /// The number of the request that is refused, from 1; none for 0.
  var refused = 0

  func allocateScratch(byteCount: Int) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    requests += 1
    if requests == refused { throw ScratchExhausted(requestedBytes: byteCount) }
    // A guard word shows writes beyond the end.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 8, alignment: 8)
    memory.storeBytes(of: Self.guardWord, toByteOffset: byteCount, as: UInt.self)
    outstanding[memory] = byteCount
    return memory
  }

  func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    precondition(outstanding.removeValue(forKey: memory) == byteCount, "freed what was not out")
    precondition(
      memory.load(fromByteOffset: byteCount, as: UInt.self) == Self.guardWord,
      "written beyond the scratch memory")
    memory.deallocate()
  }

  private static var guardWord: UInt { 0xD0D1_D2D3_D4D5_D6D7 }
}

/// Builds and reads integers without the code under test, and gives each result exactly the words
/// that were told for it, with a guard word behind.
final class IntegerBench {
  let scratch = CountingScratch()
  private var blocks: [UnsafeMutablePointer<UInt>] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  private func allocate(_ words: Int) -> UnsafeMutablePointer<UInt> {
    let block = UnsafeMutablePointer<UInt>.allocate(capacity: words + 1)
    block.update(repeating: Self.fill, count: words + 1)
    blocks.append(block)
    return block
  }

  private static var fill: UInt { 0xABAD_CAFE_ABAD_CAFE }

  /// Makes an integer of limbs.
  func term(_ limbs: [UInt], isNegative: Bool = false) -> Term {
    var limbs = limbs
    while limbs.last == 0 { limbs.removeLast() }
    if limbs.isEmpty { return .small(0) }
    if limbs.count == 1, limbs[0] < 1 << 59 {
      return .small(isNegative ? -Int(limbs[0]) : Int(limbs[0]))
    }
    if limbs == [1 << 59], isNegative { return .small(Term.smallMinimum) }
    let words = allocate(1 + limbs.count)
    words[0] = Header.bigInteger(digits: limbs.count, isNegative: isNegative).bits
    for (index, limb) in limbs.enumerated() { words[1 + index] = limb }
    return .boxed(at: words)
  }

  /// Makes an integer of base 16.
  func term(hex: some StringProtocol) -> Term {
    var digits = Array(hex.utf8)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits.removeFirst() }
    var limbs = [UInt](repeating: 0, count: digits.count / 16 + 1)
    for (index, digit) in digits.reversed().enumerated() {
      let value = UInt(String(UnicodeScalar(digit)), radix: 16) ?? 0
      limbs[index / 16] |= value << UInt(index % 16 * 4)
    }
    return term(limbs, isNegative: isNegative)
  }

  /// A random integer of up to so many limbs, with runs of zeros and ones.
  func random(limbs: Int, using generator: inout SeededGenerator) -> Term {
    let isNegative = Bool.random(using: &generator)
    return term(Self.randomLimbs(limbs, using: &generator), isNegative: isNegative)
  }

  static func randomLimbs(_ count: Int, using generator: inout SeededGenerator) -> [UInt] {
    (0..<count).map { _ in
      switch UInt8.random(in: 0..<8, using: &generator) {
      case 0: 0
      case 1: UInt.max
      case 2: 1 << 63
      default: UInt(generator.next())
      }
    }
  }

  /// An integer in base 16, read from its words.
  func hex(_ term: Term) -> String {
    if term.isSmall { return String(term.smallValue, radix: 16, uppercase: true) }
    let header = term.header
    var text = header.isNegative ? "-" : ""
    for index in stride(from: header.arity, to: 0, by: -1) {
      let digits = String(term.boxed[index], radix: 16, uppercase: true)
      if index < header.arity { text += String(repeating: "0", count: 16 - digits.count) }
      text += digits
    }
    return text
  }

  /// Whether an integer stands in the only form it may have.
  static func isNormal(_ term: Term) -> Bool {
    if term.isSmall { return true }
    guard term.isBigInteger else { return false }
    let (header, limbs) = (term.header, term.boxed + 1)
    if header.arity == 0 || limbs[header.arity - 1] == 0 { return false }
    let smalls: UInt = header.isNegative ? 1 << 59 : (1 << 59) - 1
    return header.arity > 1 || limbs[0] > smalls
  }

  /// Builds in exactly so many words and checks that nothing was written behind them.
  func build<Failure: Error>(
    words: Int, _ body: (inout WordCursor) throws(Failure) -> Term
  ) throws(Failure) -> Term {
    let block = allocate(words)
    var cursor = WordCursor(top: block, limit: block + words)
    let result = try body(&cursor)
    precondition(block[words] == Self.fill, "written beyond the \(words) words that were told")
    precondition(Self.isNormal(result), "a result that is not normalised: \(hex(result))")
    if result.isBigInteger, result.boxed >= block, result.boxed < block + words + 1 {
      precondition(cursor.top == block + 1 + result.header.arity, "took other words than needed")
    } else {
      precondition(cursor.top == block, "took words for nothing")
    }
    return result
  }

  func compute(
    _ operation: IntegerOperation, _ a: Term, _ b: Term
  ) throws(ArithmeticError) -> Term {
    let words = try IntegerArithmetic.words(operation, a, b)
    return try build(words: words) { (cursor) throws(ArithmeticError) in
      try IntegerArithmetic.compute(operation, a, b, into: &cursor, scratch: scratch)
    }
  }

  func compute(_ operation: IntegerUnaryOperation, _ a: Term) throws(ArithmeticError) -> Term {
    let words = try IntegerArithmetic.words(operation, a)
    return try build(words: words) { (cursor) throws(ArithmeticError) in
      try IntegerArithmetic.compute(operation, a, into: &cursor)
    }
  }

  func text(_ a: Term, base: Int) throws(ArithmeticError) -> String {
    var text: [UInt8] = []
    try IntegerArithmetic.appendText(a, base: base, to: &text, scratch: scratch)
    return String(decoding: text, as: UTF8.self)
  }

  func parse(_ text: String, base: Int) throws(ArithmeticError) -> Term? {
    let bytes = Array(text.utf8)
    let words = IntegerArithmetic.wordsForText(digits: bytes.count, base: base)
    var isMalformed = false
    let term = try build(words: words) { (cursor) throws(ArithmeticError) in
      let result = try parse(bytes, base: base, into: &cursor)
      isMalformed = result == nil
      return result ?? .small(0)
    }
    return isMalformed ? nil : term
  }

  private func parse(
    _ bytes: [UInt8], base: Int, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term? {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try IntegerArithmetic.parse(
      UnsafeRawBufferPointer(copy), base: base, into: &cursor, scratch: scratch)
  }
}

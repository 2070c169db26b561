import Tenure

// The segments of a binary pattern. Each returns whether the code goes on; if not, an exception is
// pending.
extension Interpreter {
  // MARK: - Numbers

  func matchInteger<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    let flags = f.code[1].segmentFlags
    guard let bits = f.segmentBits(w.fieldB), bits <= Self.bitsLeft(context) else {
      return f.go(w, if: false)
    }
    if bits > 64 { return matchBigInteger(&f, w, bits, flags) }
    var (value, isNegative) = MatchContext.rest(of: context).part(from: 0, count: bits)
      .integer(flags)
    Self.advance(context, by: bits)
    if isNegative ? Term.fitsSmall(Int(bitPattern: value)) : value <= Term.smallMaximum {
      f.store(.small(Int(bitPattern: value)), w.fieldC)
      return f.go(w, if: true)
    }
    if isNegative { value = 0 &- value }
    guard ensureRoom(&f, words: 2, live: f.segmentLive) else { return false }
    f.save()
    let integer = build { cursor in
      let words = cursor.reserve(2)
      words[0] = Header.bigInteger(digits: 1, isNegative: isNegative).bits
      words[1] = value
      return Term.boxed(at: words)
    }
    f.load()
    f.store(integer, w.fieldC)
    return f.go(w, if: true)
  }

  func matchBigInteger<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ bits: Int, _ flags: SegmentFlags
  ) -> Bool {
    guard f.context(w.fieldA) != nil else { return true }
    kept[0] = Term(bits: f.slot(w.fieldA).pointee)
    defer { kept[0] = .nil }
    f.save()
    let integer = makeInteger(live: f.segmentLive, flags) {
      MatchContext.rest(of: kept[0].boxed).part(from: 0, count: bits)
    }
    f.load()
    if integer.isNone { return false }
    Self.advance(kept[0].boxed, by: bits)
    f.store(integer, w.fieldC)
    return f.go(w, if: true)
  }

  /// Builds the integer that bits are, which a closure shows anew after room was made.
  func makeInteger(live: Int, _ flags: SegmentFlags, _ range: () -> BitRange) -> Term {
    let count = (range().bitCount + 63) / 64
    guard ensure(1 + count, live: live) else { return .none }
    var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
    // The digits stand where the integer will have them.
    let digits = UnsafeMutableBufferPointer(start: cursor.top + 1, count: count)
    let isNegative = range().readDigits(digits, flags)
    do {
      let integer = try IntegerArithmetic.makeInteger(
        magnitude: cursor.top + 1, count: count, isNegative: isNegative, into: &cursor)
      heap.pointee.top = cursor.top
      return integer
    } catch {
      return raise(error)
    }
  }

  func matchFloat<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    guard let bits = f.segmentBits(w.fieldB), bits == 16 || bits == 32 || bits == 64,
      bits <= Self.bitsLeft(context),
      let value = MatchContext.rest(of: context).part(from: 0, count: bits)
        .float(f.code[1].segmentFlags)
    else { return f.go(w, if: false) }
    Self.advance(context, by: bits)
    guard ensureRoom(&f, words: 2, live: f.segmentLive) else { return false }
    f.save()
    let float = build { $0.makeFloat(value) }
    f.load()
    f.store(float, w.fieldC)
    return f.go(w, if: true)
  }

  func matchUnicode<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    let form = UnicodeForm(rawValue: UInt8(f.code[1].unit)).unsafelyUnwrapped
    guard
      let (value, bits) = MatchContext.rest(of: context)
        .codePoint(form, f.code[1].segmentFlags)
    else { return f.go(w, if: false) }
    Self.advance(context, by: bits)
    if opcode == .bsGetUnicode { f.store(.small(value), w.fieldC) }
    return f.go(w, if: true)
  }

  // MARK: - Bits

  /// Takes the bits from the position on: so many, or all of a number of units.
  func matchBinary<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    let left = Self.bitsLeft(context)
    let bits: Int
    if w.takesRest {
      guard left % f.code[1].unit == 0 else { return f.go(w, if: false) }
      bits = left
    } else {
      guard let size = f.segmentBits(w.fieldB), size <= left else { return f.go(w, if: false) }
      bits = size
    }
    guard let part = takeBits(&f, w, bits, live: f.segmentLive) else { return f.fault != nil }
    f.store(part, w.fieldC)
    return f.go(w, if: true)
  }

  func matchTail<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    guard let context = f.context(w.fieldA) else { return true }
    // The context stays where it was.
    guard let part = takeBits(&f, w, Self.bitsLeft(context), live: f.segmentLive, stays: true)
    else { return f.fault != nil }
    f.store(part, w.fieldC)
    return f.go(w, if: true)
  }

  /// Builds the next bits of a context and steps over them, unless it is to stay where it is.
  /// Nothing after an exception was made pending or a rule was broken.
  func takeBits<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ bits: Int, live: Int, stays: Bool = false
  ) -> Term? {
    guard f.context(w.fieldA) != nil else { return nil }
    // The context need not be among the live registers.
    kept[0] = Term(bits: f.slot(w.fieldA).pointee)
    defer { kept[0] = .nil }
    guard ensureRoom(&f, words: WordCursor.mostWordsOfPart, live: live) else { return nil }
    let context = kept[0].boxed
    let position = MatchContext.position(at: context)
    f.save()
    let part = build {
      $0.makePart(of: MatchContext.original(at: context), bitOffset: position, bitCount: bits)
    }
    f.load()
    if !stays { Self.advance(context, by: bits) }
    return part
  }

  func skipBits<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    let left = Self.bitsLeft(context)
    if w.takesRest {
      guard left % f.code[1].unit == 0 else { return f.go(w, if: false) }
      Self.advance(context, by: left)
      return f.go(w, if: true)
    }
    guard let bits = f.segmentBits(w.fieldB), bits <= left else { return f.go(w, if: false) }
    Self.advance(context, by: bits)
    return f.go(w, if: true)
  }

  func matchString<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ context: UnsafeMutablePointer<UInt>
  ) -> Bool {
    let bits = Int(bitPattern: f.code[2])
    let next = f.code + (3 + (bits + 63) >> 6)
    guard bits <= Self.bitsLeft(context) else { return f.go(w, if: false) }
    let range = MatchContext.rest(of: context).part(from: 0, count: bits)
    let bytes = UnsafeRawPointer(f.code + 3).assumingMemoryBound(to: UInt8.self)
    for index in 0..<range.byteCount where range.byte(at: index) != bytes[index] {
      return f.go(w, if: false)
    }
    Self.advance(context, by: bits)
    f.code = next
    return true
  }
}

import Tenure

// The instructions of binary patterns. Slot 1 holds `jump, flags << 8 and unit << 16 or what else
// an instruction needs, live`; the jump is taken where a pattern does not match.
extension UInt {
  /// How the segment stands there.
  @inline(__always) var segmentFlags: SegmentFlags {
    SegmentFlags(rawValue: UInt8(truncatingIfNeeded: self >> 8 & 0x1F))
  }
  /// The bits that a size counts; the form of Unicode.
  @inline(__always) var unit: Int { Int(self >> 16 & 0x3FF) }
}

extension Frame {
  /// The match context in a register.
  @inline(__always)
  mutating func context(_ field: UInt) -> UnsafeMutablePointer<UInt>? {
    let term = Term(bits: slot(field).pointee)
    if Checks.isOn && !term.isBoxed(.matchContext) {
      fail("the position of no match")
      return nil
    }
    return term.boxed
  }

  /// The live registers that slot 1 tells.
  @inline(__always) var segmentLive: Int { Int(code[1] & 0xFF) }

  /// The bits that a size operand asks for; nothing for what is no size, or too much.
  @inline(__always)
  mutating func segmentBits(_ field: UInt) -> Int? {
    let size = operand(field)
    guard size.isSmall, size.smallValue >= 0 else { return nil }
    let (bits, overflow) = size.smallValue.multipliedReportingOverflow(by: code[1].unit)
    return overflow ? nil : bits
  }

  /// Goes on behind the instruction, or by its jump.
  @inline(__always)
  mutating func go(_ w: UInt, if matches: Bool) -> Bool {
    code += matches ? w.count : code[1].jump
    return true
  }
}

// The frequent cases; false where it takes more, or there is no place to jump to.
extension Frame {
  /// Goes on with a match that has begun.
  @inline(__always)
  mutating func startMatch(_ w: UInt) -> Bool {
    let source = operand(w.fieldA)
    guard source.isBoxed(.matchContext), code[1].unit == 0 else { return false }
    store(source, w.fieldC)
    code += w.count
    return true
  }

  /// Takes a number of few bits, the highest first, without a sign.
  @inline(__always)
  mutating func getInteger(_ w: UInt) -> Bool {
    let size = operand(w.fieldB)
    let slot = code[1]
    guard size.isSmall, 0...56 ~= size.smallValue, slot.segmentFlags.isPlain, slot.jump != 0
    else { return false }
    let bits = size.smallValue &* slot.unit
    let context = Term(bits: self.slot(w.fieldA).pointee).boxed
    let position = MatchContext.position(at: context)
    if bits > MatchContext.end(at: context) &- position {
      code += slot.jump
      return true
    }
    guard bits <= 56, let start = MatchContext.original(at: context).wholeBinaryBytes.baseAddress
    else { return false }
    var byte = start + position >> 3
    var left = position & 7 &+ bits
    var number: UInt = 0
    while left > 0 {
      number = number &<< 8 | UInt(byte.load(as: UInt8.self))
      byte += 1
      left &-= 8
    }
    number = number &>> UInt(bitPattern: 0 &- left) & ((1 &<< UInt(bits)) &- 1)
    MatchContext.setPosition(position &+ bits, at: context)
    store(.small(Int(bitPattern: number)), w.fieldC)
    code += w.count
    return true
  }

  /// Tests how much is left to be matched.
  @inline(__always)
  mutating func testLeft(_ w: UInt, _ holds: (Int, Frame) -> Bool) -> Bool {
    guard code[1].jump != 0 else { return false }
    let context = Term(bits: slot(w.fieldA).pointee).boxed
    let left = MatchContext.end(at: context) &- MatchContext.position(at: context)
    return go(w, if: holds(left, self))
  }
}

// Each returns whether the code goes on; if not, an exception is pending.
extension Interpreter {
  /// Runs an instruction of a pattern. One that cannot fail, and does, is an error.
  func match<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    let start = f.code
    guard matchOnce(&f, w, opcode) else { return false }
    if f.code != start || f.fault != nil { return true }
    f.save()
    raise(.error, .badArgument)
    return false
  }

  @inline(never)
  private func matchOnce<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    switch opcode {
    case .bsStartMatch: return startMatch(&f, w)
    case .bsGetTail: return matchTail(&f, w)
    case .bsContextToBinary:
      // What is no context stays what it is.
      let term = Term(bits: f.slot(w.fieldA).pointee)
      if term.isBoxed(.matchContext), MatchContext.savedCount(at: term.boxed) > 0 {
        MatchContext.becomeBitString(from: 0, term.boxed)
      }
      f.code += 1
      return true
    default: break
    }
    guard let context = f.context(w.fieldA) else { return true }
    switch opcode {
    case .bsGetInteger: return matchInteger(&f, w, context)
    case .bsGetFloat: return matchFloat(&f, w, context)
    case .bsGetBinary: return matchBinary(&f, w, context)
    case .bsSkip: return skipBits(&f, w, context)
    case .bsGetUnicode, .bsSkipUnicode: return matchUnicode(&f, w, opcode, context)
    case .bsMatchString: return matchString(&f, w, context)
    case .bsTestTail:
      return f.go(w, if: Self.bitsLeft(context) == Int(bitPattern: f.code[2]))
    case .bsTestUnit: return f.go(w, if: Self.bitsLeft(context) % f.code[1].unit == 0)
    case .bsEnsure:
      let left = Self.bitsLeft(context) &- Int(bitPattern: f.code[2])
      return f.go(w, if: left >= 0 && left % f.code[1].unit == 0)
    case .bsSave, .bsRestore:
      let place = Int(w.fieldB)
      if place >= MatchContext.savedCount(at: context) {
        f.fail("a position that cannot be saved")
        return true
      }
      if opcode == .bsSave {
        MatchContext.save(in: place, at: context)
      } else {
        MatchContext.setPosition(MatchContext.saved(place, at: context), at: context)
      }
    case .bsGetPosition:
      f.store(.small(MatchContext.position(at: context)), w.fieldB)
    case .bsSetPosition:
      let position = f.operand(w.fieldB)
      guard position.isSmall, 0...MatchContext.end(at: context) ~= position.smallValue else {
        f.fail("a position beyond what is matched")
        return true
      }
      MatchContext.setPosition(position.smallValue, at: context)
    default: preconditionFailure("\(opcode) matches no binary")
    }
    f.code += w.count
    return true
  }

  static func bitsLeft(_ context: UnsafeMutablePointer<UInt>) -> Int {
    MatchContext.end(at: context) &- MatchContext.position(at: context)
  }

  static func advance(_ context: UnsafeMutablePointer<UInt>, by bits: Int) {
    MatchContext.setPosition(MatchContext.position(at: context) &+ bits, at: context)
  }

  /// Begins to match a bit string; one that is matched already goes on.
  private func startMatch<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    let source = f.matched(w.fieldA)
    let places = f.code[1].unit
    if source.isBoxed(.matchContext) {
      guard places <= MatchContext.savedCount(at: source.boxed) else {
        return restartMatch(&f, w, places)
      }
      if places > 0 { MatchContext.save(in: 0, at: source.boxed) }
      f.store(source, w.fieldC)
    } else if source.isBitString {
      // The source need not be among the live registers.
      kept[0] = source
      defer { kept[0] = .nil }
      guard ensureRoom(&f, words: MatchContext.words + places, live: f.segmentLive) else {
        return false
      }
      f.save()
      let context = build { $0.makeMatchContext(of: kept[0], savedCount: places) }
      f.load()
      f.store(context, w.fieldC)
    } else {
      return f.go(w, if: false)
    }
    return f.go(w, if: true)
  }

  /// Goes on with a match in a context with more places for positions.
  private func restartMatch<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ places: Int
  ) -> Bool {
    kept[0] = Term(bits: f.slot(w.fieldA).pointee)
    defer { kept[0] = .nil }
    guard ensureRoom(&f, words: MatchContext.words + places, live: f.segmentLive) else {
      return false
    }
    let before = kept[0].boxed
    f.save()
    let context = build {
      $0.makeMatchContext(of: MatchContext.original(at: before), savedCount: places)
    }
    f.load()
    context.boxed[2] = before[2]
    MatchContext.setPosition(MatchContext.position(at: before), at: context.boxed)
    for place in 0..<places { MatchContext.save(in: place, at: context.boxed) }
    f.store(context, w.fieldC)
    return f.go(w, if: true)
  }
}

extension Interpreter {
  /// `binary_part/3`, which guards may call.
  @inline(never)
  func binaryPart<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    f.save()
    let binary = f.operand(w.fieldA)
    guard let range = byteRange(f.operand(w.fieldB), f.source(f.code[2]), of: binary) else {
      _ = badArgument()
      return f.jumpOnFailure()
    }
    kept[0] = binary
    defer { kept[0] = .nil }
    guard ensure(WordCursor.mostWordsOfPart, live: f.live) else { return false }
    let (original, offset) = kept[0].bitOrigin
    let part = build {
      $0.makePart(
        of: original, bitOffset: offset + 8 * range.lowerBound, bitCount: 8 * range.count)
    }
    f.load()
    f.store(part, w.fieldC)
    f.code += w.count
    return true
  }
}

extension UInt {
  /// Whether an instruction takes all that is left in place of a size.
  @inline(__always) var takesRest: Bool { fieldB == Self.restField }
  /// The field in place of a size: a constant in the instruction's own first slot.
  static var restField: UInt { 2 }
}

extension WordCursor {
  /// The most words that ``makePart(of:bitOffset:bitCount:)`` takes.
  static var mostWordsOfPart: Int {
    1 + Header.heapBinary(byteCount: OffHeapBinary.heapLimit).arity
  }

  /// Builds a part of a binary: a copy where it is short and of whole bytes, as ERTS does.
  ///
  /// - Parameter original: no part of another.
  mutating func makePart(of original: Term, bitOffset: Int, bitCount: Int) -> Term {
    if bitOffset & 7 == 0, bitCount & 7 == 0, bitCount <= 8 * OffHeapBinary.heapLimit {
      let bytes = original.wholeBinaryBytes
      return makeHeapBinary(
        UnsafeRawBufferPointer(rebasing: bytes[bitOffset >> 3..<(bitOffset + bitCount) >> 3]))
    }
    return makeSubBinary(of: original, bitOffset: bitOffset, bitCount: bitCount)
  }
}

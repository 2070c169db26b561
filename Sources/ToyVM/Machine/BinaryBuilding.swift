import Tenure

/// A segment of a bit string that an instruction builds.
///
/// ```
/// | slots of bytes, or 0 << 32 | unit << 16 | flags << 8 | kind |
/// | source word of the value; for bytes their slot in the instruction |
/// | source word of the size; for bytes their bits |
/// ```
struct SegmentSlots {
  static var count: Int { 3 }
  /// Where the first segment of an instruction stands.
  static var first: Int { 4 }

  private let slots: UnsafeMutablePointer<UInt>

  init(at slots: UnsafeMutablePointer<UInt>) { self.slots = slots }

  var kind: SegmentKind {
    unsafeBitCast(UInt8(truncatingIfNeeded: slots[0]), to: SegmentKind.self)
  }
  var flags: SegmentFlags { SegmentFlags(rawValue: UInt8(truncatingIfNeeded: slots[0] >> 8)) }
  var unit: Int { Int(slots[0] >> 16 & 0x3FF) }
  var value: UInt { slots[1] }
  var size: UInt { slots[2] }

  /// The first slot of a segment.
  static func head(_ kind: SegmentKind, _ flags: SegmentFlags, unit: Int) -> UInt {
    UInt(kind.rawValue) | UInt(flags.rawValue) << 8 | UInt(unit) << 16
  }
}

/// What keeps a bit string from being built.
enum SegmentError: Error {
  case badArgument
  case systemLimit
}

extension UnicodeForm {
  init?(_ kind: SegmentKind) {
    switch kind {
    case .utf8: self = .utf8
    case .utf16: self = .utf16
    case .utf32: self = .utf32
    default: return nil
    }
  }
}

// MARK: - The bits of a segment

extension Interpreter {
  /// The most bits there may be.
  static var mostBits: Int { 1 << 56 }

  /// The bits of a segment with a size.
  func segmentBits(size: Term, unit: Int) throws(SegmentError) -> Int {
    if size.isBigInteger && !size.header.isNegative { throw .systemLimit }
    guard size.isSmall, size.smallValue >= 0 else { throw .badArgument }
    let (bits, overflow) = size.smallValue.multipliedReportingOverflow(by: unit)
    if overflow || bits > Self.mostBits { throw .systemLimit }
    return bits
  }

  /// The bits that a value takes: so many as a size says, or all of a bit string where the size is
  /// an atom.
  func segmentBits(
    _ value: Term, size: Term, unit: Int, _ kind: SegmentKind
  ) throws(SegmentError) -> Int {
    if let form = UnicodeForm(kind) {
      guard let codePoint = UnicodeForm.codePoint(value) else { throw .badArgument }
      return form.bitCount(codePoint)
    }
    guard size.isAtom else { return try segmentBits(size: size, unit: unit) }
    guard value.isBitString else { throw .badArgument }
    let bits = value.bitCount
    guard bits % unit == 0 else { throw .badArgument }
    return bits
  }

  /// Looks whether a value can be a segment of so many bits.
  func check(_ value: Term, bits: Int, _ kind: SegmentKind) throws(SegmentError) {
    switch kind {
    case .integer: if !value.isInteger { throw .badArgument }
    case .float: if floatPattern(value, bits: bits) == nil { throw .badArgument }
    case .binary, .append, .privateAppend:
      if !value.isBitString || value.bitCount < bits { throw .badArgument }
    case .string, .utf8, .utf16, .utf32: break
    }
  }

  /// The pattern of a number as a float; nothing for what is none. One beyond the shorter forms is
  /// an infinity there, as in OTP 25.
  func floatPattern(_ value: Term, bits: Int) -> UInt? {
    guard let double = double(value) else { return nil }
    switch bits {
    case 16: return UInt(Float16(Float(double)).bitPattern)
    case 32: return UInt(Float(double).bitPattern)
    case 64: return UInt(double.bitPattern)
    default: return nil
    }
  }

  /// The bits of a segment that nothing is wrong with, if that is seen at once: a small integer of a
  /// size that is given, or all of a bit string.
  @inline(__always)
  func bitsAtOnce(_ value: Term, size: Term, unit: Int, _ kind: SegmentKind) -> Int? {
    switch kind {
    case .integer:
      guard value.isSmall, size.isSmall, 0...1 << 32 ~= size.smallValue else { return nil }
      return size.smallValue &* unit
    case .binary, .append, .privateAppend:
      guard size.isAtom, value.isBitString else { return nil }
      let bits = value.bitCount
      return bits & 7 == 0 && unit == 8 || unit == 1 ? bits : nil
    default: return nil
    }
  }

  /// Writes a segment that was checked.
  func write(
    _ value: Term, bits: Int, _ kind: SegmentKind, _ flags: SegmentFlags,
    to writer: inout BitWriter
  ) {
    switch kind {
    case .integer: writer.put(value, bits: bits, flags)
    case .float: writer.put(floatPattern(value, bits: bits) ?? 0, bits: bits, flags)
    case .binary, .append, .privateAppend: writer.put(value.bitRange.part(from: 0, count: bits))
    case .string: break
    case .utf8: writer.put(codePoint: value.smallValue, .utf8, flags)
    case .utf16: writer.put(codePoint: value.smallValue, .utf16, flags)
    case .utf32: writer.put(codePoint: value.smallValue, .utf32, flags)
    }
  }

  /// Makes an error of building pending, or takes the instruction's jump.
  func segmentFails<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ error: SegmentError
  ) -> Bool {
    f.save()
    raise(.error, error == .badArgument ? .badArgument : .systemLimit)
    return f.jumpOnFailure()
  }
}

// MARK: - Building in one instruction

extension Frame {
  /// The slots of the instruction that builds: `jump, live`; `count << 32 | words`; all slots; then
  /// the segments, then the bytes of strings.
  var segmentCount: Int { code[2].upperHalf }
  var extraWords: Int { code[2].lowerHalf }
  func segment(_ index: Int) -> SegmentSlots {
    SegmentSlots(at: code + (SegmentSlots.first &+ SegmentSlots.count &* index))
  }
}

extension Interpreter {
  @inline(never)
  func createBinary<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    if appendInOnePass(&f, w) { return true }
    let first = f.segment(0)
    let appends = f.segmentCount > 0 && first.kind.appends
    let total: Int
    do {
      total = try measureSegments(&f)
    } catch {
      return segmentFails(&f, error)
    }
    let appended = appends ? f.source(first.value) : .nil
    f.save()
    guard
      let built = makeBitString(
        bits: total, appendingTo: appends ? appended : nil,
        isPrivate: appends && first.kind == .privateAppend, extraWords: f.extraWords, live: f.live)
    else {
      f.load()
      return jumpsOnFailure(&f)
    }
    f.load()
    var writer = built.writer
    writeSegments(from: appends ? 1 : 0, &f, to: &writer)
    f.store(built.term, w.fieldA)
    f.code += Int(f.code[3])
    return true
  }

  /// Writes the segments that were measured.
  private func writeSegments<Checks: OperandChecks>(
    from first: Int, _ f: inout Frame<Checks>, to writer: inout BitWriter
  ) {
    for index in first..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string {
        writer.put(
          UnsafeRawBufferPointer(
            start: f.code + Int(segment.value), count: Int(segment.size) >> 3))
        continue
      }
      let (value, size) = (f.source(segment.value), f.source(segment.size))
      if let bits = bitsAtOnce(value, size: size, unit: segment.unit, segment.kind) {
        if segment.kind == .integer && bits <= 64 && !segment.flags.isLittle {
          writer.put(UInt(bitPattern: value.smallValue), bits: bits)
        } else {
          write(value, bits: bits, segment.kind, segment.flags, to: &writer)
        }
        continue
      }
      guard let bits = try? segmentBits(value, size: size, unit: segment.unit, segment.kind) else {
        continue
      }
      write(value, bits: bits, segment.kind, segment.flags, to: &writer)
    }
  }

  /// The bits of all segments: sizes are looked at before values, as in ERTS.
  private func measureSegments<Checks: OperandChecks>(
    _ f: inout Frame<Checks>
  ) throws(SegmentError) -> Int {
    if let total = totalAtOnce(&f) { return total }
    var total = 0
    for index in 0..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string {
        total += Int(segment.size)
        continue
      }
      total += try segmentBits(
        f.source(segment.value), size: f.source(segment.size), unit: segment.unit, segment.kind)
      if total > Self.mostBits { throw .systemLimit }
    }
    for index in 0..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string { continue }
      let value = f.source(segment.value)
      let bits = try segmentBits(
        value, size: f.source(segment.size), unit: segment.unit, segment.kind)
      try check(value, bits: bits, segment.kind)
    }
    return total
  }
}

extension Interpreter {
  /// The bits of all segments, where nothing is wrong with any and that is seen at once.
  private func totalAtOnce<Checks: OperandChecks>(_ f: inout Frame<Checks>) -> Int? {
    var total = 0
    for index in 0..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string {
        total &+= Int(segment.size)
        continue
      }
      guard
        let bits = bitsAtOnce(
          f.source(segment.value), size: f.source(segment.size), unit: segment.unit, segment.kind)
      else { return nil }
      total &+= bits
    }
    // No more than 2^16 segments of less than 2^42 bits: the sum did not wrap.
    return total <= Self.mostBits ? total : nil
  }
}

import Tenure

/// A segment of a bit string that an instruction builds.
///
/// ```
/// | slots of bytes, or 0 << 32 | unit << 16 | flags << 8 | kind |
/// | source word of the value; for bytes their slot in the instruction |
/// | source word of the size; for bytes their bits |
/// ```
struct SegmentSlots {
  static let count = 3

  private let slots: UnsafeMutablePointer<UInt>

  init(at slots: UnsafeMutablePointer<UInt>) { self.slots = slots }

  var kind: SegmentKind { SegmentKind(rawValue: UInt8(slots[0] & 0xFF)).unsafelyUnwrapped }
  var flags: SegmentFlags { SegmentFlags(rawValue: UInt8(slots[0] >> 8 & 0x1F)) }
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
    let bits = value.bitRange.bitCount
    guard bits % unit == 0 else { throw .badArgument }
    return bits
  }

  /// Looks whether a value can be a segment of so many bits.
  func check(_ value: Term, bits: Int, _ kind: SegmentKind) throws(SegmentError) {
    switch kind {
    case .integer: if !value.isInteger { throw .badArgument }
    case .float: if floatPattern(value, bits: bits) == nil { throw .badArgument }
    case .binary, .append, .privateAppend:
      if !value.isBitString || value.bitRange.bitCount < bits { throw .badArgument }
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
  fileprivate var segmentCount: Int { code[2].upperHalf }
  fileprivate var extraWords: Int { code[2].lowerHalf }
  fileprivate func segment(_ index: Int) -> SegmentSlots {
    SegmentSlots(at: code + (4 + SegmentSlots.count * index))
  }
}

extension Interpreter {
  @inline(never)
  func createBinary<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    let total: Int
    do {
      total = try measureSegments(&f)
    } catch {
      return segmentFails(&f, error)
    }
    let first = f.segment(0)
    let appends = f.segmentCount > 0 && first.kind.appends
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
    for index in (appends ? 1 : 0)..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string {
        writer.put(
          UnsafeRawBufferPointer(
            start: f.code + Int(segment.value), count: Int(segment.size) >> 3))
        continue
      }
      let value = f.source(segment.value)
      guard
        let bits = try? segmentBits(
          value, size: f.source(segment.size), unit: segment.unit, segment.kind)
      else { continue }
      write(value, bits: bits, segment.kind, segment.flags, to: &writer)
    }
    f.store(built.term, w.fieldA)
    f.code += Int(f.code[3])
    return true
  }

  /// The bits of all segments: sizes are looked at before values, as in ERTS.
  private func measureSegments<Checks: OperandChecks>(
    _ f: inout Frame<Checks>
  ) throws(SegmentError) -> Int {
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

// MARK: - Room

/// A bit string whose bits are yet to be written.
struct UnwrittenBits {
  let term: Term
  let writer: BitWriter
}

extension Interpreter {
  /// Makes a bit string: a new one, or a longer one with what is there already. Heap and stack are
  /// saved.
  ///
  /// - Parameters:
  ///   - bits: of the whole.
  ///   - start: a bit string that the whole begins with, which need not be in a live register.
  ///   - isPrivate: whether nothing else refers to the start.
  ///   - extraWords: what else there is to be room for.
  ///   - live: the X registers that hold terms.
  /// - Returns: nothing after an exception was made pending.
  func makeBitString(
    bits: Int, appendingTo start: Term? = nil, isPrivate: Bool = false, extraWords: Int = 0,
    live: Int
  ) -> UnwrittenBits? {
    let byteCount = (bits + 7) >> 3
    if let start {
      kept[0] = start
      defer { kept[0] = .nil }
      guard ensure(WritableBinary.words + extraWords, live: live) else { return nil }
      do throws(HeapError) {
        let count = bits - kept[0].bitRange.bitCount
        var room = isPrivate ? try process.heap.extend(kept[0], bitCount: count) : nil
        if room == nil { room = try process.heap.append(bitCount: count, to: kept[0]) }
        guard let room else { return nil }
        return UnwrittenBits(
          term: room.term, writer: BitWriter(at: room.destination, offset: room.bitOffset))
      } catch {
        refuse(error)
        return nil
      }
    }
    let isOnHeap = byteCount <= OffHeapBinary.heapLimit
    let words = isOnHeap ? 1 + Header.heapBinary(byteCount: byteCount).arity : BinaryHandle.words
    guard ensure(words + SubBinary.words + extraWords, live: live) else { return nil }
    let whole: Term
    if isOnHeap {
      whole = build { $0.makeHeapBinary(byteCount: byteCount) }
    } else {
      guard let handle = makeOffHeapBinary(byteCount: byteCount) else { return nil }
      whole = handle
    }
    let bytes = UnsafeMutableRawPointer(
      mutating: whole.wholeBinaryBytes.baseAddress.unsafelyUnwrapped)
    let writer = BitWriter(at: bytes.assumingMemoryBound(to: UInt8.self))
    if bits & 7 == 0 { return UnwrittenBits(term: whole, writer: writer) }
    let part = build { $0.makeSubBinary(of: whole, bitOffset: 0, bitCount: bits) }
    return UnwrittenBits(term: part, writer: writer)
  }

  /// Makes a binary outside the heap, whose bytes the caller fills; its words were ensured.
  ///
  /// - Returns: nothing after an exception was made pending.
  func makeOffHeapBinary(byteCount: Int) -> Term? {
    do {
      let binary = try system.heaps.binaries.makeBinary(byteCount: byteCount)
      return process.heap.buildLinked { cursor, list in
        cursor.makeBinaryHandle(binary, byteCount: byteCount, list: &list)
      }
    } catch {
      refuse(
        (error.cause as? MemoryError).map { .outOfMemory($0) }
          ?? .outOfMemory(.invalidSize(byteCount: byteCount)))
      return nil
    }
  }
}

extension WordCursor {
  /// Builds a binary whose bytes the caller fills.
  mutating func makeHeapBinary(byteCount: Int) -> Term {
    let header = Header.heapBinary(byteCount: byteCount)
    let words = reserve(1 + header.arity)
    words[0] = header.bits
    words[header.arity] = 0  // The bytes behind the last are zero: equal binaries, equal words.
    words[1] = UInt(byteCount)
    return .boxed(at: words)
  }
}

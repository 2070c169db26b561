import Tenure

/// Where the instructions of compilers before OTP 25 put the segments of the bit string that one of
/// them began.
///
/// Nothing may collect in between: a collection ends the output.
struct BinaryOutput {
  private var writer = BitWriter(at: UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped)
  private var bitsLeft = 0

  /// No output.
  init() {}

  /// Begins an output.
  init(_ writer: BitWriter, bits: Int) {
    self.writer = writer
    bitsLeft = bits
  }

  /// The place for so many bits; nothing where there is no room for them.
  mutating func write(bits: Int, _ body: (inout BitWriter) -> Void) -> Bool {
    guard bits <= bitsLeft else { return false }
    bitsLeft -= bits
    body(&writer)
    return true
  }
}

extension UInt {
  /// Slot 1 of these instructions: `jump, kind << 24 and flags or unit, live`.
  fileprivate var outputUnit: Int { Int(self >> 8 & 0x3FF) }
  fileprivate var outputFlags: SegmentFlags {
    SegmentFlags(rawValue: UInt8(truncatingIfNeeded: self >> 18 & 0x1F))
  }
  fileprivate var outputKind: SegmentKind {
    SegmentKind(rawValue: UInt8(truncatingIfNeeded: self >> 24 & 0xF)).unsafelyUnwrapped
  }

  /// The lower half of slot 1.
  static func output(
    live: Int = 0, unit: Int = 1, _ flags: SegmentFlags = [], _ kind: SegmentKind = .integer
  ) -> UInt {
    UInt(live) | UInt(unit) << 8 | UInt(flags.rawValue) << 18 | UInt(kind.rawValue) << 24
  }
}

// Each returns whether the code goes on; if not, an exception is pending.
extension Interpreter {
  @inline(never)
  func output<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    do {
      switch opcode {
      case .bsInit: return try beginOutput(&f, w, appendingTo: nil)
      case .bsAppend: return try beginOutput(&f, w, appendingTo: f.operand(w.fieldB))
      case .bsPrivateAppend: return try extendOutput(&f, w)
      case .bsPut: try putSegment(&f, w)
      case .bsPutString:
        let bytes = UnsafeRawBufferPointer(start: f.code + 3, count: Int(f.code[2]))
        if !bitOutput.write(bits: 8 * bytes.count, { $0.put(bytes) }) {
          f.fail("bytes beyond what is built")
        }
        f.code += 3 + (bytes.count + 7) / 8
        return true
      case .bsAdd: try addSizes(&f, w)
      case .bsUnicodeSize:
        let form = UnicodeForm(f.code[1].outputKind).unsafelyUnwrapped
        // What is no code point fails where it is put.
        let codePoint = UnicodeForm.codePoint(f.operand(w.fieldA)) ?? .max
        f.store(.small(form.bitCount(codePoint) / 8), w.fieldC)
      default: return initWritable(&f)
      }
    } catch {
      return segmentFails(&f, error)
    }
    f.code += w.count
    return true
  }

  /// Begins a bit string of as many units as the size says, behind another where there is one.
  private func beginOutput<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, appendingTo start: Term?
  ) throws(SegmentError) -> Bool {
    let slot = f.code[1]
    let isInit = start == nil
    // Where there is something before it, the size counts bits, and the unit is that of the start.
    let size = try segmentBits(size: f.operand(w.fieldA), unit: isInit ? slot.outputUnit : 1)
    var before = 0
    if let start {
      guard start.isBitString, start.bitRange.bitCount % slot.outputUnit == 0 else {
        throw .badArgument
      }
      before = start.bitRange.bitCount
    }
    f.save()
    guard
      let built = makeBitString(
        bits: before + size, appendingTo: start, extraWords: Int(f.code[2]),
        live: Int(slot & 0xFF))
    else {
      f.load()
      return jumpsOnFailure(&f)
    }
    f.load()
    bitOutput = BinaryOutput(built.writer, bits: size)
    f.store(built.term, w.fieldC)
    f.code += w.count
    return true
  }

  /// Makes a bit string longer that nothing else refers to. Without a collection: nobody says what
  /// is live.
  private func extendOutput<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt
  ) throws(SegmentError) -> Bool {
    let start = f.operand(w.fieldB)
    let size = try segmentBits(size: f.operand(w.fieldA), unit: 1)
    guard start.isBitString, start.bitRange.bitCount % f.code[1].outputUnit == 0 else {
      throw .badArgument
    }
    f.save()
    do {
      guard let room = try process.heap.extend(start, bitCount: size) else {
        throw SegmentError.badArgument
      }
      let writer = BitWriter(at: room.destination, offset: room.bitOffset)
      bitOutput = BinaryOutput(writer, bits: size)
      f.store(room.term, w.fieldC)
      f.code += w.count
      return true
    } catch let error as HeapError {
      refuse(error)
      return false
    } catch {
      throw .badArgument
    }
  }

  private func putSegment<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt
  ) throws(SegmentError) {
    let slot = f.code[1]
    let (value, kind) = (f.operand(w.fieldA), slot.outputKind)
    let bits = try segmentBits(value, size: f.operand(w.fieldB), unit: slot.outputUnit, kind)
    try check(value, bits: bits, kind)
    let fits = bitOutput.write(bits: bits) {
      write(value, bits: bits, kind, slot.outputFlags, to: &$0)
    }
    if !fits { f.fail("a segment beyond what is built") }
  }

  /// A size and so many units of another.
  private func addSizes<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt
  ) throws(SegmentError) {
    let first = try segmentBits(size: f.operand(w.fieldA), unit: 1)
    let second = try segmentBits(size: f.operand(w.fieldB), unit: f.code[1].outputUnit)
    f.store(.small(first + second), w.fieldC)
  }

  /// Makes x0 an empty bit string that can be appended to.
  private func initWritable<Checks: OperandChecks>(_ f: inout Frame<Checks>) -> Bool {
    f.save()
    guard ensure(2, live: 0) else { return false }
    let empty = build { $0.makeHeapBinary(byteCount: 0) }
    guard let built = makeBitString(bits: 0, appendingTo: empty, live: 0) else { return false }
    f.load()
    f.xSlot(0).pointee = built.term.bits
    f.code += 1
    return true
  }
}

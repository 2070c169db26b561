import Tenure

// Appending in place to a bit string: what most loops do that build one.

extension Frame {
  /// Where a longer bit string than that of the first segment is built, and the words that takes:
  /// where nobody else refers to the bit string, it gets longer itself.
  @inline(__always)
  fileprivate func view(_ first: SegmentSlots) -> (start: UnsafeMutablePointer<UInt>?, words: Int) {
    first.kind == .append ? (top, SubBinary.words) : (nil, 0)
  }

  /// Appends a small integer to a bit string in place: a frequent way of building one. False where it
  /// takes more.
  @inline(__always)
  mutating func appendInteger(_ w: UInt) -> Bool {
    let (start, value) = (self.value(w.fieldB), operand(w.fieldC))
    guard value.isSmall, start.isBoxed(.subBinary) else { return false }
    let first = segment(0)
    let (view, words) = view(first)
    guard first.unit == 1 || start.bitCount & 7 == 0, hasRoom(words: words &+ extraWords),
      let room = heap.pointee.appendInPlace(bitCount: w.count, to: start, at: view)
    else { return false }
    _ = reserve(words: words)
    var next = room.destination
    _ = BitWriter.write(
      UInt(bitPattern: value.smallValue), bits: w.count, to: &next, offset: room.bitOffset)
    store(room.term, w.fieldA)
    code += Int(code[3])
    return true
  }

  /// Appends the low byte of a small integer to whole bytes in place: the most frequent way. False
  /// where it takes more.
  @inline(__always)
  mutating func appendByte(_ w: UInt) -> Bool {
    let (start, value) = (xValue(w.fieldB), xValue(w.fieldC))
    guard value.isSmall, hasRoom(words: SubBinary.words),
      let place = heap.pointee.appendPlace(behind: start), place.byteCount > 0,
      let whole = heap.pointee.append(byteCount: 1, at: place, view: top)
    else { return false }
    _ = reserve(words: SubBinary.words)
    place.next.pointee = UInt8(truncatingIfNeeded: value.smallValue)
    xSlot(w.fieldA).pointee = whole.bits
    code += SegmentSlots.first + 2 * SegmentSlots.count
    return true
  }
}

extension Interpreter {
  /// Appends whole bytes in place, and measures them as they are written: nobody sees what stands
  /// behind a bit string's end. False where it takes more.
  func appendInOnePass<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    guard f.segmentCount > 0 else { return false }
    let first = f.segment(0)
    guard first.kind.appends, first.unit == 8 || first.unit == 1, f.source(first.size).isAtom,
      let place = heap.pointee.appendPlace(behind: f.source(first.value))
    else { return false }
    var room = ByteRoom(place)
    for index in 1..<f.segmentCount {
      let segment = f.segment(index)
      if segment.kind == .string {
        let bytes = UnsafeRawPointer(f.code + Int(bitPattern: segment.value))
        guard room.put(wordsAt: bytes, byteCount: Int(bitPattern: segment.size) &>> 3)
        else { return false }
        continue
      }
      let value = f.source(segment.value)
      let size = f.source(segment.size)
      if segment.kind == .binary, segment.unit == 8 || segment.unit == 1, size.isAtom,
        value.isHeapBinary
      {
        let bytes = value.heapBinaryBytes
        guard let base = bytes.baseAddress, room.put(wordsAt: base, byteCount: bytes.count)
        else { return false }
        continue
      }
      guard let bits = bitsAtOnce(value, size: size, unit: segment.unit, segment.kind),
        bits & 7 == 0
      else { return false }
      if segment.kind == .integer {
        guard !segment.flags.isLittle, room.put(value.smallValue, bits: bits) else { return false }
      } else {
        guard let bytes = value.bitRange.alignedBytes, room.put(bytes) else { return false }
      }
    }
    let (view, words) = f.view(first)
    guard f.hasRoom(words: words &+ f.extraWords),
      let whole = heap.pointee.append(
        byteCount: room.next - place.next, at: place, view: view)
    else { return false }
    _ = f.reserve(words: words)
    f.store(whole, w.fieldA)
    f.code += Int(f.code[3])
    return true
  }
}

/// Room for bytes behind a bit string.
private struct ByteRoom {
  private(set) var next: UnsafeMutablePointer<UInt8>
  private let end: UnsafeMutablePointer<UInt8>

  init(_ place: AppendPlace) {
    next = place.next
    end = next + place.byteCount
  }

  /// Puts bytes that stand in words of their own: few of them as words, for a call costs more. What
  /// comes behind them is nothing yet.
  /// - Returns: whether there is room.
  @inline(__always)
  mutating func put(wordsAt source: UnsafeRawPointer, byteCount: Int) -> Bool {
    let words = (byteCount &+ 7) &>> 3
    guard words <= 4, words &<< 3 <= end - next else {
      return put(UnsafeRawBufferPointer(start: source, count: byteCount))
    }
    let target = UnsafeMutableRawPointer(next)
    var offset = 0
    while offset < byteCount {
      target.storeBytes(
        of: source.load(fromByteOffset: offset, as: UInt.self), toByteOffset: offset,
        as: UInt.self)
      offset &+= 8
    }
    next += byteCount
    return true
  }

  /// Puts bytes.
  /// - Returns: whether there is room.
  mutating func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= end - next else { return false }
    if let base = bytes.baseAddress {
      UnsafeMutableRawPointer(next).copyMemory(from: base, byteCount: bytes.count)
    }
    next += bytes.count
    return true
  }

  /// Puts the low bits of an integer, which are whole bytes.
  /// - Returns: whether there is room, and there are not too many.
  mutating func put(_ integer: Int, bits: Int) -> Bool {
    guard bits <= BitWriter.mostBitsAtOnce, bits >> 3 <= end - next else { return false }
    if bits > 0 {
      _ = BitWriter.write(UInt(bitPattern: integer), bits: bits, to: &next, offset: 0)
    }
    return true
  }
}

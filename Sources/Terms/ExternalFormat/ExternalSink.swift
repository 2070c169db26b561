/// Where an encoding goes: its bytes are counted or written.
protocol ExternalSink {
  /// Whether the order of what is encoded matters.
  static var isOrdered: Bool { get }
  /// The bytes so far.
  var position: Int { get }
  /// Adds a byte.
  mutating func byte(_ byte: UInt8)
  /// Adds a tag and a number, big-endian.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tag: UInt8, _ number: Number)
  /// Adds a big-endian number.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number)
  /// Adds bytes as they are.
  mutating func bytes(_ bytes: UnsafeRawBufferPointer)
  /// Adds the bytes begun by bits.
  mutating func bits(_ bits: BitRange)
  /// Adds the elements of a list of bytes.
  mutating func string(_ list: Term, count: Int)
  /// Adds an atom, whose name the table has filled up to whole words.
  mutating func atom(_ name: UnsafeRawBufferPointer, form: ExternalAtomForm)
  /// Replaces the four bytes at a position by a big-endian number.
  mutating func patch(at position: Int, _ number: UInt32)
}

/// Counts the bytes of an encoding.
struct ExternalSizing: ExternalSink {
  static var isOrdered: Bool { false }
  private(set) var position = 0

  @inline(__always)
  mutating func byte(_ byte: UInt8) { position &+= 1 }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tag: UInt8, _ number: Number
  ) {
    position &+= 1 &+ MemoryLayout<Number>.size
  }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    position &+= MemoryLayout<Number>.size
  }
  @inline(__always)
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) { position &+= bytes.count }
  @inline(__always)
  mutating func bits(_ bits: BitRange) { position &+= bits.byteCount }
  @inline(__always)
  mutating func string(_ list: Term, count: Int) { position &+= count }
  @inline(__always)
  mutating func atom(_ name: UnsafeRawBufferPointer, form: ExternalAtomForm) {
    position &+= form.byteCount
  }
  @inline(__always)
  mutating func patch(at position: Int, _ number: UInt32) {}
}

/// Writes the bytes of an encoding, of which there is room for as many as were counted.
struct ExternalWriting: ExternalSink {
  static var isOrdered: Bool { true }
  private let start: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer
  private var next: UnsafeMutableRawPointer

  init(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let start = buffer.baseAddress else { preconditionFailure("no room for an encoding") }
    self.start = start
    end = start + buffer.count
    next = start
  }

  var position: Int { next - start }

  /// Takes the next bytes.
  @inline(__always)
  private mutating func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let taken = next
    precondition(byteCount <= end - taken, "an encoding is longer than it was measured")
    next = taken + byteCount
    return taken
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) { take(1).storeBytes(of: byte, as: UInt8.self) }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tag: UInt8, _ number: Number
  ) {
    let target = take(1 &+ MemoryLayout<Number>.size)
    target.storeBytes(of: tag, as: UInt8.self)
    target.storeBytes(of: number.bigEndian, toByteOffset: 1, as: Number.self)
  }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    take(MemoryLayout<Number>.size).storeBytes(of: number.bigEndian, as: Number.self)
  }
  @inline(__always)
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(start: take(bytes.count), count: bytes.count)
      .copyMemory(from: bytes)
  }
  mutating func bits(_ bits: BitRange) {
    let target = take(bits.byteCount)
    bits.copy(to: target.assumingMemoryBound(to: UInt8.self))
  }
  @inline(__always)
  mutating func string(_ list: Term, count: Int) {
    let target = take(count)
    var cell = list
    for index in 0..<count {
      let words = cell.cons
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: words[0].smallValue), toByteOffset: index, as: UInt8.self)
      cell = words[1]
    }
  }
  @inline(__always)
  mutating func atom(_ name: UnsafeRawBufferPointer, form: ExternalAtomForm) {
    let text = form.writeHead(to: take(form.byteCount))
    if form.isTranscoded { return form.writeLatin1(name, to: text) }
    guard name.count &+ 7 <= end - text, let start = name.baseAddress else {
      UnsafeMutableRawBufferPointer(start: text, count: name.count).copyMemory(from: name)
      return
    }
    // Whole words, behind whose end there is room; what follows is written over them.
    var index = 0
    while index < name.count {
      let word = start.load(fromByteOffset: index, as: UInt64.self)
      text.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
      index &+= 8
    }
  }
  @inline(__always)
  mutating func patch(at position: Int, _ number: UInt32) {
    (start + position).storeBytes(of: number.bigEndian, as: UInt32.self)
  }
}

/// Where an encoding goes: its bytes are counted or written.
protocol ExternalSink: ~Copyable {
  /// Whether the order of what is encoded matters.
  static var isOrdered: Bool { get }
  /// The bytes so far.
  var position: Int { get }
  /// Where ``patch(at:_:)`` finds what is added next.
  var mark: Int { get }
  /// Adds a byte.
  mutating func byte(_ byte: UInt8)
  /// Adds a tag and a number, big-endian.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tag: UInt8, _ number: Number)
  /// Adds a big-endian number.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number)
  /// Adds the lowest bytes of a number, the lowest first.
  mutating func digits(_ number: UInt, byteCount: Int)
  /// Adds bytes as they are.
  mutating func bytes(_ bytes: UnsafeRawBufferPointer)
  /// Adds many bytes that stay where they are as long as the encoding is wanted.
  mutating func lastingBytes(_ bytes: UnsafeRawBufferPointer)
  /// Adds the bytes begun by bits.
  mutating func bits(_ bits: BitRange)
  /// Adds the elements of a list of bytes.
  mutating func string(_ list: Term, count: Int)
  /// Adds an atom, whose name the table has filled up to whole words.
  mutating func atom(_ name: UnsafeRawBufferPointer, form: ExternalAtomForm)
  /// Replaces the four bytes at a mark by a big-endian number.
  mutating func patch(at mark: Int, _ number: UInt32)
}

/// Counts the bytes of an encoding.
struct ExternalSizing: ExternalSink {
  static var isOrdered: Bool { false }
  private(set) var position = 0
  var mark: Int { 0 }

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
  mutating func digits(_ number: UInt, byteCount: Int) { position &+= byteCount }
  @inline(__always)
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) { position &+= bytes.count }
  @inline(__always)
  mutating func lastingBytes(_ bytes: UnsafeRawBufferPointer) { position &+= bytes.count }
  @inline(__always)
  mutating func bits(_ bits: BitRange) { position &+= bits.byteCount }
  @inline(__always)
  mutating func string(_ list: Term, count: Int) { position &+= count }
  @inline(__always)
  mutating func atom(_ name: UnsafeRawBufferPointer, form: ExternalAtomForm) {
    position &+= form.byteCount
  }
  @inline(__always)
  mutating func patch(at mark: Int, _ number: UInt32) {}
}

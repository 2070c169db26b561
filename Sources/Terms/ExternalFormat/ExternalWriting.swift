/// Writes the bytes of an encoding into working memory that doubles where it is full.
///
/// Long binaries stay where they are; a link to each stands among the bytes, so that each is copied
/// once, when the whole is:
/// ```
/// start                                            next        end
///   +-------------+------+---------------+------+----+----------+
///   | bytes       | link | bytes         | link |    | free     |
///   +-------------+--|---+---------------+--|---+----+----------+
///                    +-> a long binary      +-> another
/// ```
struct ExternalWriting: ExternalSink, ~Copyable {
  /// A long binary among the bytes, stored unaligned.
  private struct Link: BitwiseCopyable {
    var bytes: UnsafeRawPointer
    var byteCount: Int
    /// The mark of the next link, or 0.
    var next = 0
  }

  static var isOrdered: Bool { true }
  private let encoder: ExternalEncoder
  private var start: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer
  private var next: UnsafeMutableRawPointer
  /// What the long binaries have more bytes than the links to them.
  private var linkedByteCount = 0
  /// The marks of the first link and the last, or 0: the version byte is at 0.
  private var (firstLink, lastLink) = (0, 0)
  /// Set where working memory was refused: from then on, nothing more is written.
  private(set) var refusal: ScratchExhausted?

  /// Begins with the memory of an earlier encoding, where the encoder has it.
  init(for encoder: ExternalEncoder) {
    self.encoder = encoder
    let spare = encoder.takeSpare()
    start = spare.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped
    end = start + spare.count
    next = start
  }

  deinit { encoder.keepSpare(UnsafeMutableRawBufferPointer(start: start, count: end - start)) }

  var mark: Int { next - start }
  var position: Int { next - start + linkedByteCount }

  /// The next bytes, or nothing where there is no memory.
  @inline(__always)
  private mutating func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    if byteCount > end - next, !grow(by: byteCount) { return nil }
    let taken = next
    next = taken + byteCount
    return taken
  }

  @inline(never)
  private mutating func grow(by byteCount: Int) -> Bool {
    if refusal != nil { return false }
    let capacity = end - start
    let wanted = max(2 * capacity, mark + byteCount, ExternalEncoder.leastMemory)
    let grown: UnsafeMutableRawPointer
    do {
      grown = try encoder.scratch.allocateScratch(byteCount: wanted)
    } catch {
      refusal = error
      return false
    }
    let used = mark
    if used > 0 { grown.copyMemory(from: start, byteCount: used) }
    if capacity > 0 { encoder.scratch.freeScratch(start, byteCount: capacity) }
    (start, end, next) = (grown, grown + wanted, grown + used)
    return true
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    guard let target = take(1) else { return }
    target.storeBytes(of: byte, as: UInt8.self)
  }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tag: UInt8, _ number: Number
  ) {
    guard let target = take(1 &+ MemoryLayout<Number>.size) else { return }
    target.storeBytes(of: tag, as: UInt8.self)
    target.storeBytes(of: number.bigEndian, toByteOffset: 1, as: Number.self)
  }
  @inline(__always)
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    guard let target = take(MemoryLayout<Number>.size) else { return }
    target.storeBytes(of: number.bigEndian, as: Number.self)
  }
  @inline(__always)
  mutating func digits(_ number: UInt, byteCount: Int) {
    guard let target = take(MemoryLayout<UInt>.size) else { return }
    target.storeBytes(of: number.littleEndian, as: UInt.self)
    next = target + byteCount
  }
  @inline(__always)
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    guard let target = take(bytes.count) else { return }
    UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyMemory(from: bytes)
  }
  mutating func lastingBytes(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    let mark = mark
    guard let target = take(MemoryLayout<Link>.size) else { return }
    target.storeBytes(of: Link(bytes: source, byteCount: bytes.count), as: Link.self)
    if lastLink == 0 {
      firstLink = mark
    } else {
      var last = link(at: lastLink)
      last.next = mark
      (start + lastLink).storeBytes(of: last, as: Link.self)
    }
    lastLink = mark
    linkedByteCount += bytes.count - MemoryLayout<Link>.size
  }
  mutating func bits(_ bits: BitRange) {
    guard let target = take(bits.byteCount) else { return }
    bits.copy(to: target.assumingMemoryBound(to: UInt8.self))
  }
  @inline(__always)
  mutating func string(_ list: Term, count: Int) {
    guard let target = take(count) else { return }
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
    guard let target = take(form.byteCount) else { return }
    let text = form.writeHead(to: target)
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
  mutating func patch(at mark: Int, _ number: UInt32) {
    // Without memory, what was to be patched may not be there.
    if mark &+ 4 > self.mark { return }
    (start + mark).storeBytes(of: number.bigEndian, as: UInt32.self)
  }

  private func link(at mark: Int) -> Link {
    UnsafeRawPointer(start + mark).loadUnaligned(as: Link.self)
  }

  /// Copies the whole encoding.
  /// - Parameter target: room for ``position`` bytes.
  func copy(to target: UnsafeMutableRawPointer) {
    var (target, done, linkMark) = (target, 0, firstLink)
    while linkMark > 0 {
      let link = link(at: linkMark)
      target.copyMemory(from: start + done, byteCount: linkMark - done)
      target += linkMark - done
      target.copyMemory(from: link.bytes, byteCount: link.byteCount)
      target += link.byteCount
      done = linkMark + MemoryLayout<Link>.size
      linkMark = link.next
    }
    target.copyMemory(from: start + done, byteCount: mark - done)
  }
}

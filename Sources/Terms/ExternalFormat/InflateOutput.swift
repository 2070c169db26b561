#if canImport(Glibc)
  import Glibc
#endif

/// The bytes unpacked so far, in memory that grows by doubling up to a limit.
struct InflateOutput: ~Copyable {
  /// Copies of whole words may write so many bytes behind the last one.
  private static var slack: Int { 8 }

  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  let limit: Int

  /// Makes an empty output.
  /// - Parameters:
  ///   - capacity: the bytes to begin with; not more than the input warrants.
  ///   - limit: the most bytes there will be.
  init(capacity: Int, limit: Int) {
    self.limit = limit
    self.capacity = max(0, min(capacity, limit))
    base = .allocate(capacity: self.capacity + Self.slack)
  }

  deinit { base.deallocate() }

  /// Makes room for so many more bytes.
  /// - Returns: whether the limit allows them.
  @inline(__always)
  mutating func ensure(_ more: Int) -> Bool {
    more <= capacity &- count || grow(more)
  }

  @inline(never)
  private mutating func grow(_ more: Int) -> Bool {
    if more > limit - count { return false }
    let grown = min(limit, max(count + more, 2 * capacity, 256))
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: grown + Self.slack)
    memory.update(from: base, count: count)
    base.deallocate()
    base = memory
    capacity = grown
    return true
  }

  /// Appends a byte for which room was made.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    assert(count < capacity, "a byte beyond what was ensured")
    base[count] = byte
    count &+= 1
  }

  /// Appends bytes for which room was made.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    assert(bytes.count <= capacity - count, "bytes beyond what was ensured")
    guard let source = bytes.baseAddress else { return }
    memcpy(base + count, source, bytes.count)
    count += bytes.count
  }

  /// Appends a copy of bytes that may overlap what it makes: each byte read was written before.
  /// - Parameters:
  ///   - distance: how far back the copy begins; at least 1, at most ``count``.
  ///   - length: the bytes, for which room was made.
  @inline(__always)
  mutating func repeatBytes(distance: Int, length: Int) {
    assert(distance <= count, "a copy from before the start")
    assert(length <= capacity - count, "a copy beyond what was ensured")
    let target = base + count
    count &+= length
    if distance >= 8 {
      let from = UnsafeRawPointer(target - distance)
      let to = UnsafeMutableRawPointer(target)
      var index = 0
      repeat {
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: index, as: UInt64.self), toByteOffset: index,
          as: UInt64.self)
        index &+= 8
      } while index < length
    } else if distance == 1 {
      memset(target, Int32(target[-1]), length)
    } else {
      var index = 0
      while index < length {
        target[index] = target[index &- distance]
        index &+= 1
      }
    }
  }

  /// The bytes from an index on.
  func bytes(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + start, count: count - start)
  }

  /// A copy of all bytes.
  func array() -> [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

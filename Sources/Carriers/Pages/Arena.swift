/// A reserved range of addresses of which a prefix is committed.
///
/// The base never moves, so what lies inside may be pointed at while the arena grows.
///
///     base                    base + committed             base + reserved
///     | may be touched        | faults                     |
///
/// Released at its end. Used by one thread at a time.
public struct Arena: ~Copyable {
  /// The first byte.
  public let base: UnsafeMutableRawPointer
  /// The bytes of addresses.
  public let reservedByteCount: Int
  /// The bytes that may be touched, from the base on.
  public private(set) var committedByteCount = 0
  private let source: PageSource

  /// Reserves addresses; nothing is committed.
  /// - Parameters:
  ///   - reservedByteCount: rounded up to pages.
  ///   - alignment: of the base, a power of two.
  public init(
    reservedByteCount: Int, alignment: Int = 1, source: PageSource
  ) throws(MemoryError) {
    let rounded = try source.roundedToPages(reservedByteCount)
    let reserved = try source.reserve(byteCount: rounded, alignment: alignment)
    base = reserved
    self.reservedByteCount = rounded
    self.source = source
  }

  deinit {
    source.release(base, byteCount: reservedByteCount, committedByteCount: committedByteCount)
  }

  /// Makes at least the first bytes usable; new ones read zero.
  ///
  /// Does nothing where they are already.
  /// - Throws: ``MemoryError/invalidSize(byteCount:)`` beyond the reservation.
  public mutating func commit(toByteCount byteCount: Int) throws(MemoryError) {
    if byteCount <= committedByteCount { return }
    let rounded = try source.roundedToPages(byteCount)
    if rounded > reservedByteCount { throw .invalidSize(byteCount: byteCount) }
    try source.commit(base + committedByteCount, byteCount: rounded - committedByteCount)
    committedByteCount = rounded
  }

  /// Gives back the pages beyond the first bytes.
  ///
  /// Does nothing where there are none.
  /// - Parameter byteCount: what stays, rounded up to pages.
  public mutating func decommit(toByteCount byteCount: Int) {
    precondition(byteCount >= 0, "\(byteCount) bytes to keep")
    if byteCount >= committedByteCount { return }
    let kept = byteCount == 0 ? 0 : (byteCount - 1) / source.pageByteCount + 1
    let keptBytes = kept * source.pageByteCount
    if keptBytes == committedByteCount { return }
    if source.decommit(base + keptBytes, byteCount: committedByteCount - keptBytes) {
      committedByteCount = keptBytes
    }
  }

  /// Asks for huge pages under the whole reservation.
  public func adviseHugePages() {
    source.adviseHugePages(base, byteCount: reservedByteCount)
  }
}

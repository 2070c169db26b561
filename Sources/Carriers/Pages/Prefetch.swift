import CAlloc

/// Asks the processor for a cache line that will be needed soon; any address is allowed.
public enum Prefetch {
  /// The line will be read.
  @inlinable @inline(__always)
  public static func read(_ address: UnsafeRawPointer) { ca_prefetch_read(address) }

  /// The line will be written.
  @inlinable @inline(__always)
  public static func write(_ address: UnsafeRawPointer) { ca_prefetch_write(address) }
}

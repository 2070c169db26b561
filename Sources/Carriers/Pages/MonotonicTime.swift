import CAlloc

/// A clock for measuring, which never goes back.
public enum MonotonicTime {
  /// Nanoseconds since a point that stays the same until reboot.
  @inlinable
  public static func nanoseconds() -> UInt64 { ca_monotonic_nanoseconds() }
}

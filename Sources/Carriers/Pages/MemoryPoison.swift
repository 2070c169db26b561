import CAlloc

/// Tells AddressSanitizer which bytes of our own memory nobody may touch; nothing otherwise.
public enum MemoryPoison {
  /// Whether this build tells it anything.
  public static var isActive: Bool { ca_has_poisoning != 0 }

  /// Forbids to touch the bytes.
  /// - Precondition: the base is a multiple of 8.
  @inlinable
  public static func forbid(_ base: UnsafeRawPointer, byteCount: Int) {
    ca_poison(base, byteCount)
  }

  /// Allows to touch the bytes again; so before their block is freed.
  @inlinable
  public static func allow(_ base: UnsafeRawPointer, byteCount: Int) {
    ca_unpoison(base, byteCount)
  }

  /// Whether the byte is forbidden in this build.
  public static func isForbidden(_ address: UnsafeRawPointer) -> Bool {
    ca_is_poisoned(address) != 0
  }
}

import CAlloc

/// The memory this operating system process has in use, whoever in it asked for it.
public enum ResidentMemory {
  /// Bytes in memory now; `nil` where the system does not tell.
  public static func currentByteCount() -> Int? {
    var byteCount = 0
    return ca_resident_bytes(&byteCount) == 0 ? byteCount : nil
  }

  /// The most bytes that were in memory at once; `nil` where the system does not tell.
  public static func peakByteCount() -> Int? {
    var byteCount = 0
    return ca_peak_resident_bytes(&byteCount) == 0 ? byteCount : nil
  }
}

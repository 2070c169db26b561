/// What the bytes of free blocks hold in a hardened allocator, so that a write to one shows when the
/// block is used again. Pages that went back to the system meanwhile read zero.
enum FreePattern {
  private static var word: UInt { 0xF4EE_F4EE_F4EE_F4EE }

  /// Fills whole words.
  static func fill(_ start: UnsafeMutableRawPointer, upTo end: UnsafeMutableRawPointer) {
    for offset in stride(from: 0, to: end - start, by: 8) {
      start.storeBytes(of: word, toByteOffset: offset, as: UInt.self)
    }
  }

  /// Whether nobody wrote to the words since they were filled.
  static func isIntact(_ start: UnsafeMutableRawPointer, upTo end: UnsafeMutableRawPointer) -> Bool
  {
    for offset in stride(from: 0, to: end - start, by: 8) {
      let found = start.load(fromByteOffset: offset, as: UInt.self)
      if found != word && found != 0 { return false }
    }
    return true
  }
}

/// A reference from a heap to bytes outside it.
///
/// ```
/// +--------------------------+
/// | header (5 raw words)     |
/// | byte count               |
/// | next in the off-heap list|  address of a header, or 0; see ``OffHeapList``
/// | off-heap binary          |  address of the ``OffHeapBinary``
/// | first byte               |  address, somewhere in the payload
/// | flags                    |  0 but in a ``WritableBinary``
/// +--------------------------+
/// ```
/// 6 words, all raw, as ERTS's `ProcBin` (`erl_binary.h`).
public enum BinaryHandle {
  /// The words of a handle.
  @inlinable public static var words: Int { 6 }
  /// The first word of every handle.
  @inlinable package static var header: Header { Header(.binaryHandle, arity: words - 1) }
  /// The bytes that the handle shows.
  @inlinable
  public static func bytes(at handle: UnsafePointer<UInt>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: handle[4]), count: Int(handle[1]))
  }
  /// What the handle holds a reference to.
  @inlinable
  public static func binary(at handle: UnsafePointer<UInt>) -> OffHeapBinary {
    OffHeapBinary(at: UnsafeMutableRawPointer(bitPattern: handle[3]).unsafelyUnwrapped)
  }
}

extension WordCursor {
  /// Builds a handle of bytes outside the heap: 6 words.
  ///
  /// - Parameters:
  ///   - binary: what the bytes belong to; the handle takes over one reference of the caller's.
  ///   - offset: of the first byte shown, in bytes of the payload.
  ///   - byteCount: the bytes shown.
  ///   - list: of the heap that the cursor builds on.
  @inlinable
  public mutating func makeBinaryHandle(
    _ binary: OffHeapBinary, offset: Int = 0, byteCount: Int, list: inout OffHeapList
  ) -> Term {
    assert(offset >= 0 && byteCount >= 0 && offset + byteCount <= binary.capacity)
    let words = reserve(BinaryHandle.words)
    words[0] = BinaryHandle.header.bits
    words[1] = UInt(byteCount)
    words[3] = UInt(bitPattern: binary.memory)
    words[4] = UInt(bitPattern: binary.bytes + offset)
    words[5] = 0
    list.push(words)
    return .boxed(at: words)
  }
}

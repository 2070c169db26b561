/// A reference from a heap to bytes outside it.
///
/// ```
/// +--------------------------+
/// | header (5 raw words)     |
/// | byte count               |
/// | next in the off-heap list|  address of a header, or 0; see ``OffHeapList``
/// | off-heap binary          |  address of the ``OffHeapBinary``
/// | first byte               |  address, somewhere in the payload
/// | flags                    |  reserved
/// +--------------------------+
/// ```
/// 6 words, all raw, as ERTS's `ProcBin` (`erl_binary.h`).
public enum BinaryHandle {
  /// The words of a handle.
  @inlinable public static var words: Int { 6 }
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

/// The objects of a heap that hold references to something outside it, the youngest first.
///
/// Threaded through the objects themselves, so that what died is found without a walk over the heap.
@frozen
public struct OffHeapList: BitwiseCopyable, Sendable {
  /// The address of the first object's header, or 0.
  public var first: UInt = 0
  /// The bytes outside the heap that its objects refer to, in words: what counts toward the
  /// limits of the virtual binary heap.
  public var virtualWords = 0

  /// Makes an empty list.
  @inlinable public init() {}

  /// Puts an object in front.
  ///
  /// - Parameters:
  ///   - object: an object whose third word links it.
  ///   - byteCount: the bytes outside that it stands for.
  @inlinable
  public mutating func push(_ object: UnsafeMutablePointer<UInt>, byteCount: Int) {
    object[2] = first
    first = UInt(bitPattern: object)
    virtualWords &+= byteCount / MemoryLayout<UInt>.stride
  }

  /// Gives back every reference that the objects hold, as their heap ends.
  /// - Parameter provider: where the binaries came from.
  /// - Complexity: O(objects).
  public mutating func releaseAll(to provider: any BinaryProvider) {
    var next = first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = object[2]
      BinaryHandle.binary(at: object).release(to: provider)
    }
    self = OffHeapList()
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
    words[0] = Header(.binaryHandle, arity: 5).bits
    words[1] = UInt(byteCount)
    words[3] = UInt(bitPattern: binary.memory)
    words[4] = UInt(bitPattern: binary.bytes + offset)
    words[5] = 0
    list.push(words, byteCount: byteCount)
    return .boxed(at: words)
  }
}

/// What a copy takes along and what it leaves where it is: literals, most often.
public protocol CopyBoundary {
  /// Whether a cons or boxed term is not copied: the copy refers to it as the source does.
  func leaves(_ term: Term) -> Bool
}

/// The boundary of a copy that takes along everything.
@frozen
public struct CopyEverything: CopyBoundary {
  /// Makes the boundary.
  @inlinable public init() {}
  /// Never.
  @inlinable @inline(__always) public func leaves(_ term: Term) -> Bool { false }
}

extension SubBinary {
  /// The words of a copy of a part and of what it needs of its original, as ERTS's `copy_struct`
  /// leaves them.
  ///
  /// The bytes of a heap binary that the part touches become a heap binary, and so do those of a
  /// handle where they are the part exactly and few: else a part of ten bytes that is sent keeps a
  /// megabyte. Of other parts a handle becomes one of those bytes. Where they are not the part
  /// exactly, a part of that follows.
  @inlinable
  public static func copyWords(at part: UnsafePointer<UInt>) -> Int {
    let bytes =
      isCopiedAsHeapBinary(part)
      ? 1 &+ Header.heapBinary(byteCount: touchedBytes(at: part)).arity : BinaryHandle.words
    return isWholeBytes(at: part) ? bytes : bytes &+ words
  }

  /// Whether the bytes that a part touches become a heap binary.
  @inlinable
  static func isCopiedAsHeapBinary(_ part: UnsafePointer<UInt>) -> Bool {
    original(at: part).isHeapBinary
      || isWholeBytes(at: part) && Int(part[1]) <= OffHeapBinary.heapLimit
  }

  /// Whether the part begins and ends with a byte of its original.
  @inlinable
  static func isWholeBytes(at part: UnsafePointer<UInt>) -> Bool { part[3] & 0x707 == 0 }

  /// The bytes of the original that have bits of the part.
  @inlinable
  package static func touchedBytes(at part: UnsafePointer<UInt>) -> Int {
    let spare = Int(part[3] & 7 &+ part[3] >> 8 & 7)
    return Int(part[1]) &+ (spare &+ 7) >> 3
  }
}

/// An allocator that is known to live longer than who refers to it by this: no use of it counts a
/// reference, which would cost more than taking a block.
@frozen
public struct UncountedAllocator: Sendable {
  @usableFromInline let reference: Unmanaged<BlockAllocator>

  /// Refers to an allocator.
  /// - Precondition: it lives as long as this is used.
  @inlinable
  public init(_ allocator: BlockAllocator) { reference = .passUnretained(allocator) }

  /// The allocator itself.
  @inlinable
  public var counted: BlockAllocator { reference.takeUnretainedValue() }

  /// As ``BlockAllocator/allocate(byteCount:kind:)``.
  @inlinable @inline(__always)
  public func allocate(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    let block = reference._withUnsafeGuaranteedRef {
      $0.allocateAtOnce(byteCount: byteCount, kind: kind)
    }
    if let block { return block }
    return try counted.allocate(byteCount: byteCount, kind: kind)
  }

  /// As ``BlockAllocator/free(_:kind:)``.
  @inlinable @inline(__always)
  public func free(_ block: MemoryBlock, kind: MemoryKind) {
    reference._withUnsafeGuaranteedRef { $0.free(block, kind: kind) }
  }

  /// As ``BlockAllocator/free(at:byteCount:kind:)``.
  @inlinable @inline(__always)
  public func free(at base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind) {
    free(MemoryBlock(base: base, byteCount: byteCount), kind: kind)
  }

  /// As ``BlockAllocator/reader``.
  @inlinable @inline(__always)
  public var reader: ThreadReader { reference._withUnsafeGuaranteedRef { $0.reader } }

  /// As ``BlockAllocator/hasSeveralThreads``.
  public var hasSeveralThreads: Bool {
    reference._withUnsafeGuaranteedRef { $0.hasSeveralThreads }
  }
}

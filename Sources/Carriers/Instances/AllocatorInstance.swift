/// An instance of an allocator in hand: the fastest way to small blocks.
///
/// One thread uses it at a time; its blocks may be freed through it, through another instance, or
/// through the allocator, by any thread. When it ends, what it owns goes to the next one made.
public struct AllocatorInstance: ~Copyable {
  /// The allocator it belongs to.
  public let allocator: BlockAllocator
  private let instance: Instance
  private let largestSmallBlock: Int

  init(allocator: BlockAllocator, instance: Instance) {
    self.allocator = allocator
    self.instance = instance
    largestSmallBlock = allocator.core.layout.largestSmallBlock
  }

  deinit { allocator.registry.put(instance) }

  /// Allocates a block, as ``BlockAllocator/allocate(byteCount:kind:)`` does.
  public borrowing func allocate(
    byteCount: Int, kind: MemoryKind
  ) throws(MemoryError) -> MemoryBlock {
    if UInt(bitPattern: byteCount &- 1) >= UInt(bitPattern: largestSmallBlock) {
      return try allocator.allocate(byteCount: byteCount, kind: kind)
    }
    do {
      return try instance.allocate(byteCount: byteCount, kind: kind)
    } catch {
      return try allocator.retryAfterTrimming(error) { [instance] () throws(MemoryError) in
        try instance.allocate(byteCount: byteCount, kind: kind)
      }
    }
  }

  /// Takes a block back, as ``BlockAllocator/free(_:kind:)`` does.
  public borrowing func free(_ block: MemoryBlock, kind: MemoryKind) {
    if block.byteCount > largestSmallBlock { return allocator.free(block, kind: kind) }
    instance.free(block.base, byteCount: block.byteCount, kind: kind)
  }
}

extension BlockAllocator {
  /// Makes an instance to be held in hand.
  public func makeInstanceHandle() -> AllocatorInstance {
    AllocatorInstance(allocator: self, instance: registry.take { makeInstance() })
  }
}

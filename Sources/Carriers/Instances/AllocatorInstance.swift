/// An instance of an allocator in hand: the fastest way to small blocks.
///
/// One thread uses it at a time, and no other looks into it: what the allocator does with the
/// instances of all threads, ``BlockAllocator/trim()`` above all, leaves this one out. Its blocks may be freed through it, through another instance, or
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
    if UInt(bitPattern: byteCount &- 1) < UInt(bitPattern: largestSmallBlock),
      let block = instance.allocateAtOnce(byteCount: byteCount, kind: kind, isHeld: true)
    {
      return block
    }
    return try allocator.allocateSlowly(byteCount: byteCount, kind: kind, through: instance)
  }

  /// Takes a block back, as ``BlockAllocator/free(_:kind:)`` does.
  public borrowing func free(_ block: MemoryBlock, kind: MemoryKind) {
    if block.byteCount > largestSmallBlock { return allocator.free(block, kind: kind) }
    instance.free(block.base, byteCount: block.byteCount, kind: kind, isHeld: true)
  }

  /// Gives back to the operating system what this instance owns and holds no block.
  public borrowing func trim() {
    instance.state.pointee.door.inside { instance.trim() }
    allocator.core.trim()
  }
}

extension BlockAllocator {
  /// Makes an instance to be held in hand.
  public func makeInstanceHandle() -> AllocatorInstance {
    AllocatorInstance(allocator: self, instance: registry.take(isHeld: true) { makeInstance() })
  }
}

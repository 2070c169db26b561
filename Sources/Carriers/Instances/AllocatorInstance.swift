/// An instance of an allocator in hand: the fastest way to small blocks.
///
/// One thread uses it at a time, and no other looks into it: what the allocator does with the
/// instances of all threads, ``BlockAllocator/trim()`` above all, leaves this one out. Its blocks may
/// be freed through it, through another instance, or through the allocator, by any thread. What it
/// frees of others' blocks, up to 16 KiB of each other's, reaches their owners when it is trimmed or
/// ends at the latest. When it ends, what it owns goes to the next one made.
public struct AllocatorInstance: ~Copyable {
  /// The allocator it belongs to.
  public let allocator: BlockAllocator
  @usableFromInline let instance: Instance
  /// The largest block that may be had at once: none where all go the slow ways.
  @usableFromInline let largestAtOnce: Int
  /// The largest that may be freed at once.
  @usableFromInline let largestFreedAtOnce: Int

  init(allocator: BlockAllocator, instance: Instance) {
    self.allocator = allocator
    self.instance = instance
    let servesAtOnce = allocator.core.servesAtOnce
    largestAtOnce = servesAtOnce ? StandardCarrier.largestSmallBlock : 0
    largestFreedAtOnce = servesAtOnce ? StandardCarrier.largestUnitBlock : 0
  }

  deinit { allocator.registry.put(instance) }

  /// Allocates a block, as ``BlockAllocator/allocate(byteCount:kind:)`` does.
  @inlinable @inline(__always)
  public borrowing func allocate(
    byteCount: Int, kind: MemoryKind
  ) throws(MemoryError) -> MemoryBlock {
    if UInt(bitPattern: byteCount &- 1) < UInt(bitPattern: largestAtOnce),
      let block = instance.allocateAtOnce(byteCount: byteCount, kind: kind, isHeld: true)
    {
      return block
    }
    return try allocator.allocateSlowly(byteCount: byteCount, kind: kind, through: instance)
  }

  /// Takes a block back, as ``BlockAllocator/free(_:kind:)`` does.
  @inlinable @inline(__always)
  public borrowing func free(_ block: MemoryBlock, kind: MemoryKind) {
    if block.byteCount > largestFreedAtOnce {
      return allocator.freeSlowly(block, kind: kind, through: instance)
    }
    let slab = StandardCarrier.record(ofUnitBlock: block.base)
    instance.free(block.base, in: slab, kind: kind, isHeld: true)
  }

  /// Takes back a block of which its owner kept no more than the address and the size asked for.
  @inlinable @inline(__always)
  public borrowing func free(
    at base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind
  ) {
    free(MemoryBlock(base: base, byteCount: byteCount), kind: kind)
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

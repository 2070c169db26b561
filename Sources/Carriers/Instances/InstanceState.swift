import Synchronization

/// What an instance of an allocator is made of, in raw memory: the slabs of one thread, or of one
/// holder of a handle.
///
/// Each pair of kind and size class has a list of slabs with room, of which the first serves.
/// A slab that is full leaves its list and comes back to its front when a block of it is freed; so
/// full slabs stay full and others run empty.
struct InstanceState: ~Copyable {
  let door: InstanceDoor
  /// The first slab of each list; ``AllocatorCore/emptySlab`` where there is none.
  let slots: UnsafeMutablePointer<SlabPointer>
  let counters: UnsafeMutablePointer<KindCounters>
  let carrierMask: UInt
  let unitShift: UInt
  let largestUnitBlock: Int
  unowned(unsafe) let core: AllocatorCore
  /// Keeps the queue, which other threads write, off the lines above.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  /// The last block that another thread freed, which holds the one before; 0 for none.
  let remoteFrees = Atomic<UInt>(0)

  /// Slots of one kind: a power of two, so that a slot is found by a shift.
  static var slotsPerKind: Int { 128 }
}

/// What one instance did with blocks of one kind. Its owner writes, any thread reads.
///
/// A block counts where it is allocated and where it is freed; only the sum over all instances is
/// what is in use.
struct KindCounters: ~Copyable {
  let byteCount = Atomic<Int>(0)
  /// The most of these since the peak was last taken.
  let peak = Atomic<Int>(0)
  let allocationCount = Atomic<Int>(0)
  let freeCount = Atomic<Int>(0)
  /// Bytes of the slabs that the instance owns.
  let slabByteCount = Atomic<Int>(0)
  let slabCount = Atomic<Int>(0)

  @inline(__always)
  func countAllocation(byteCount size: Int) {
    let sum = byteCount.advance(by: size)
    if sum > peak.load(ordering: .relaxed) { peak.store(sum, ordering: .relaxed) }
    allocationCount.advance(by: 1)
  }

  @inline(__always)
  func countFree(byteCount size: Int) {
    byteCount.advance(by: -size)
    freeCount.advance(by: 1)
  }
}

extension Atomic<Int> {
  /// Adds where only one thread writes: no locked instruction.
  @inline(__always) @discardableResult
  borrowing func advance(by difference: Int) -> Int {
    let sum = load(ordering: .relaxed) &+ difference
    store(sum, ordering: .relaxed)
    return sum
  }
}

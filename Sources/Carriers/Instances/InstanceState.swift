import Synchronization

/// What an instance of an allocator is made of, in raw memory: the slabs of one thread, or of one
/// holder of a handle.
///
/// Each pair of kind and size class has a list of slabs with room, of which the first serves.
/// A slab that is full leaves its list and comes back to its front when a block of it is freed; so
/// full slabs stay full and others run empty.
@usableFromInline
struct InstanceState: ~Copyable {
  @usableFromInline let door: InstanceDoor
  /// The first slab of each list; ``AllocatorCore/emptySlab`` where there is none.
  @usableFromInline let slots: UnsafeMutablePointer<SlabPointer>
  @usableFromInline let counters: UnsafeMutablePointer<KindCounters>
  @usableFromInline let carrierMask: UInt
  @usableFromInline let unitShift: UInt
  @usableFromInline let largestUnitBlock: Int
  let largestSmallBlock: Int
  /// Kinds whose strategy has blocks with headers, a bit each: here, for to ask the core counts a
  /// reference.
  let kindsWithHeaders: UInt32
  unowned(unsafe) let core: AllocatorCore
  /// The epoch in which the thread began to read; 0 where it does not. See ``ThreadReader``.
  @usableFromInline let readEpoch = Atomic<UInt64>(0)
  @usableFromInline let epochs: UnsafeMutablePointer<ReadEpochs>
  /// What the thread keeps of where it read last.
  @usableFromInline var memo = ReadMemo()
  /// Carriers of blocks with headers, for kinds with a strategy that has such. By kind.
  var blocks = InlineArray<16, InstanceBlocks?>(repeating: nil)
  /// Of such blocks those that wait for the next request, where any do. By kind.
  var atHand = InlineArray<16, UnsafeMutablePointer<BlocksAtHand>?>(repeating: nil)
  /// Whether a handle holds the instance. Under the registry's lock.
  var isHeld = false
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
@usableFromInline
struct KindCounters: ~Copyable {
  /// The most bytes in use since the peak was last taken.
  @usableFromInline let peak = Atomic<Int>(0)
  /// What is missing to the peak: so one subtraction both counts and finds a new one.
  @usableFromInline let belowPeak = Atomic<Int>(0)
  @usableFromInline let allocationCount = Atomic<Int>(0)
  @usableFromInline let freeCount = Atomic<Int>(0)
  /// Bytes of the slabs that the instance owns.
  let slabByteCount = Atomic<Int>(0)

  /// What was allocated here and not freed here; negative where others' blocks are freed.
  @inline(__always)
  var byteCount: Int { peak.load(ordering: .relaxed) &- belowPeak.load(ordering: .relaxed) }

  @inlinable @inline(__always)
  func countAllocation(byteCount size: Int) {
    allocationCount.advance(by: 1)
    let rest = belowPeak.advance(by: -size)
    if rest < 0 { countNewPeak(by: -rest) }
  }

  @inlinable @inline(__always)
  func countFree(byteCount size: Int) {
    freeCount.advance(by: 1)
    belowPeak.advance(by: size)
  }

  func countResize(by difference: Int) {
    let rest = belowPeak.advance(by: -difference)
    if rest < 0 { countNewPeak(by: -rest) }
  }

  @inlinable @inline(__always)
  func countNewPeak(by difference: Int) {
    peak.advance(by: difference)
    belowPeak.store(0, ordering: .relaxed)
  }

  /// By how much the bytes in use were once more than now, since this was last asked.
  func takePeak() -> Int {
    let rest = belowPeak.load(ordering: .relaxed)
    peak.advance(by: -rest)
    belowPeak.store(0, ordering: .relaxed)
    return rest
  }
}

extension Atomic<Int> {
  /// Adds where only one thread writes: no locked instruction.
  @inlinable @inline(__always) @discardableResult
  package borrowing func advance(by difference: Int) -> Int {
    let sum = load(ordering: .relaxed) &+ difference
    store(sum, ordering: .relaxed)
    return sum
  }
}

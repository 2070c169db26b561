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
  /// By kind, then by size class.
  @usableFromInline let slots: UnsafeMutablePointer<ClassSlot>
  let counters: UnsafeMutablePointer<KindCounters>
  let carrierMask: UInt
  let unitShift: UInt
  let largestUnitBlock: Int
  let largestSmallBlock: Int
  let classCount: Int
  /// Freed blocks of slabs in the pool, and then of other instances, each of which has a place by its
  /// address.
  let outgoing: UnsafeMutablePointer<RemoteBatch>
  /// Blocks with headers that wait for the next request, where any do. By kind.
  let atHand: UnsafeMutablePointer<UnsafeMutablePointer<BlocksAtHand>?>
  /// Kinds whose strategy has blocks with headers, a bit each: here, for to ask the core counts a
  /// reference.
  let kindsWithHeaders: UInt32
  let core: AllocatorCore
  /// The epoch in which the thread began to read; 0 where it does not. See ``ThreadReader``.
  @usableFromInline let readEpoch = Atomic<UInt64>(0)
  @usableFromInline let epochs: UnsafeMutablePointer<ReadEpochs>
  /// What the thread keeps of where it read last.
  @usableFromInline var memo = ReadMemo()
  /// Carriers of blocks with headers, for kinds with a strategy that has such. By kind.
  var blocks = InlineArray<16, InstanceBlocks?>(repeating: nil)
  /// The round in which the instance last looked for pages that are free for long.
  var decayRound: UInt32 = 0
  /// The round in which the owner last asked for what is free to go back; 0 where it never did.
  var askedDecayRound: UInt32 = 0
  /// Kinds of which what was noted is what is in use, a bit each, as long as the door says that nobody
  /// was inside since. Atomic, for to change a variable here would count as a change of all, and others
  /// read the door.
  let notedKinds = Atomic<UInt32>(0)
  /// Whether a handle holds the instance. Under the registry's lock.
  var isHeld = false
  /// Keeps the queue, which other threads write, off the lines above.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  /// The last block that another thread freed, which holds the one before; 0 for none.
  let remoteFrees = Atomic<UInt>(0)

  static var outgoingCount: Int { 4 }
  /// Slots of one kind: a power of two, so that a slot is found by a shift.
  static var slotsPerKind: Int { 128 }
}

/// What an instance keeps of one kind and size class. Its owner writes, any thread reads the counts.
///
/// A block counts where it is allocated and where it is freed; only the sum over all instances is
/// what is in use.
@usableFromInline
struct ClassSlot: ~Copyable {
  /// The first slab with room; ``AllocatorCore/emptySlab`` where there is none.
  @usableFromInline var first: SlabPointer
  /// The bytes of a block.
  @usableFromInline let blockByteCount: UInt32
  /// The last digits of what was taken when the peak was last looked at.
  var notedCount: UInt32 = 0
  /// Blocks allocated from the list.
  @usableFromInline let takenCount = Atomic<Int>(0)
  /// Blocks freed, into whichever slab; of blocks with headers those put at hand.
  @usableFromInline let returnedCount = Atomic<Int>(0)

  init(first: SlabPointer, blockByteCount: Int) {
    self.first = first
    self.blockByteCount = UInt32(blockByteCount)
  }

  /// What was taken and not returned; negative where others' blocks are freed.
  var usage: MemoryUsage {
    let count = takenCount.load(ordering: .relaxed) - returnedCount.load(ordering: .relaxed)
    var usage = MemoryUsage()
    usage.blockCount = count
    usage.byteCount = count * Int(blockByteCount)
    return usage
  }
}

/// What one instance did with blocks of one kind, beside what its slots count. Its owner writes, any
/// thread reads.
struct KindCounters: ~Copyable {
  /// Blocks with headers that a strategy was asked for.
  let allocationCount = Atomic<Int>(0)
  /// Blocks with headers freed, those at hand left out.
  let freeCount = Atomic<Int>(0)
  /// The bytes of the former less those of the latter.
  let byteCount = Atomic<Int>(0)
  /// Bytes of the slabs that the instance owns.
  let slabByteCount = Atomic<Int>(0)
  /// What is in use in these slabs, but was allocated by others or is freed and still in a queue; less
  /// what was allocated here in slabs that are now others'.
  let foreignByteCount = Atomic<Int>(0)
  /// The bytes in use when it was last looked: the sum over all instances is in the core.
  let noted = Atomic<Int>(0)
  /// The most bytes in use that were seen since the peak was last taken.
  let peak = Atomic<Int>(0)
  /// The size classes whose slots may count anything: so that what there is of a kind is added up of few.
  let firstClass = Atomic<Int32>(.max)
  let endClass = Atomic<Int32>(0)

  /// Notes that the slot of a size class begins to count.
  @inline(__always)
  func note(classIndex: Int) {
    let index = Int32(truncatingIfNeeded: classIndex)
    if index < firstClass.load(ordering: .relaxed) { firstClass.store(index, ordering: .relaxed) }
    if index >= endClass.load(ordering: .relaxed) { endClass.store(index + 1, ordering: .relaxed) }
  }

  func countAllocation(byteCount size: Int) {
    allocationCount.advance(by: 1)
    byteCount.advance(by: size)
  }

  func countFree(byteCount size: Int, count: Int = 1) {
    freeCount.advance(by: count)
    byteCount.advance(by: -size)
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

/// Blocks with headers that were just freed: the next request of their size class takes one without
/// asking the strategy. (Quick lists: Weinstock and Wulf, "Quick fit", 1988.)
///
/// Each class has a record like a slab's, which the instance's slots point to: so such a block is
/// taken as one of a slab is. Its header still says that it is in use; it joins its neighbours when
/// the lists hold too much, and wherever somebody looks at all blocks.
///
/// A list holds blocks of exactly its class's size, so requests are rounded up to classes.
struct BlocksAtHand: ~Copyable {
  /// A cache line's multiple apart, as the records of slabs.
  private let records: UnsafeMutableRawPointer
  private let classCount: Int
  /// Bytes that may be put into lists until it is looked how much they hold.
  private var untilLook = 0
  /// Half of what was in use when it was last looked.
  private var usedBelow = 0

  /// What the lists may hold however small the carriers are.
  private static var alwaysKeptByteCount: Int { 32 << 10 }

  init(layout: CarrierLayout, kind: MemoryKind) {
    classCount = layout.classCount
    records = .allocate(
      byteCount: classCount << Slab.strideShift, alignment: 1 << Slab.strideShift)
    for index in 0..<classCount {
      let record = record(index)
      record.initialize(to: Slab(start: UnsafeMutableRawPointer(record)))
      let block = Block.byteCount(holding: SizeClass(index: index).byteCount)
      record.pointee.blockByteCount = UInt32(
        min(block - Block.headerByteCount, layout.largestSmallBlock))
      record.pointee.kind = kind
    }
  }

  deinit {
    for index in 0..<classCount { record(index).deinitialize(count: 1) }
    records.deallocate()
  }

  @inline(__always)
  private func record(_ index: Int) -> SlabPointer {
    (records + index &<< Slab.strideShift).assumingMemoryBound(to: Slab.self)
  }

  /// Lets the slots of a kind point to the lists. The two lowest classes have one list: their blocks
  /// are the smallest there are.
  func fill(_ slots: UnsafeMutablePointer<SlabPointer>) {
    for index in 0..<classCount { slots[index] = record(max(index, 1)) }
  }

  /// Puts a block in use into its list; `false` where its size is that of no class.
  /// - Parameter usable: the bytes that may be used of it.
  @inline(__always)
  mutating func put(_ base: UnsafeMutableRawPointer, usable: Int) -> Bool {
    // The payload of a class's block is 8 bytes more than the class's size, but for the largest.
    let record = record(SizeClass(holding: usable &- 8).index)
    if Int(record.pointee.blockByteCount) != usable { return false }
    FreeBlock.link(base, before: record.pointee.firstFree)
    record.pointee.firstFree = base
    record.pointee.usedCount &-= 1
    untilLook &-= usable
    return true
  }

  /// Whether it is time to look how much the lists hold: enough was put in, or so much less is in
  /// use that what waits would keep carriers from going back.
  /// - Parameter used: bytes of the kind's blocks in use.
  @inline(__always)
  func mustBeLookedAt(used: Int) -> Bool { untilLook < 0 || used < usedBelow }

  /// Whether the lists hold too much beside what is in use.
  @inline(never)
  mutating func holdTooMuch(used: Int) -> Bool {
    let limit = max(Self.alwaysKeptByteCount, used / 4)
    // A block taken counts up, as in a slab: so what is held is what the counts are below zero.
    var held = 0
    for index in 1..<classCount {
      let record = record(index)
      held += Int(0 &- record.pointee.usedCount) * Int(record.pointee.blockByteCount)
    }
    let isLessInUse = used < usedBelow
    untilLook = limit - held
    usedBelow = (used + 1) / 2
    return isLessInUse || held > limit / 2
  }

  /// Takes all blocks out.
  mutating func takeAll(_ body: (UnsafeMutableRawPointer) -> Void) {
    for index in 1..<classCount {
      let record = record(index)
      while let block = record.pointee.firstFree {
        record.pointee.firstFree = FreeBlock.unlink(block)
        body(block)
      }
      record.pointee.usedCount = 0
    }
  }
}

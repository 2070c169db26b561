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
  private let slots: UnsafeMutablePointer<ClassSlot>
  /// Bytes that may be put into lists until it is looked how much they hold.
  private var untilLook = 0
  /// What may be put in between two looks.
  private var interval = smallestInterval
  /// What was in use when it was last looked.
  private var lastUsed = 0

  /// What the lists may hold however small the carriers are.
  private static var alwaysKeptByteCount: Int { 32 << 10 }
  /// The least that is put in between two looks.
  private static var smallestInterval: Int { 512 }

  /// Makes lists that hold nothing, and lets the slots of a kind point to them.
  init(layout: CarrierLayout, kind: MemoryKind, slots: UnsafeMutablePointer<ClassSlot>) {
    classCount = layout.classCount
    self.slots = slots
    records = .allocate(
      byteCount: classCount << Slab.strideShift, alignment: 1 << Slab.strideShift)
    for index in 0..<classCount {
      let record = record(index)
      record.initialize(to: Slab(start: UnsafeMutableRawPointer(record)))
      record.pointee.blockByteCount = UInt32(
        Self.blockByteCount(of: SizeClass(index: index), layout: layout))
      record.pointee.kind = kind
    }
    // The two lowest classes have one list: their blocks are the smallest there are.
    for index in 0..<classCount { slots[index].first = record(max(index, 1)) }
  }

  /// The bytes that may be used of a block with a header of a class.
  static func blockByteCount(of sizeClass: SizeClass, layout: CarrierLayout) -> Int {
    let block = Block.byteCount(holding: sizeClass.byteCount)
    return min(block - Block.headerByteCount, layout.largestSmallBlock)
  }

  deinit {
    for index in 0..<classCount { record(index).deinitialize(count: 1) }
    records.deallocate()
  }

  @inline(__always)
  private func record(_ index: Int) -> SlabPointer {
    (records + index &<< Slab.strideShift).assumingMemoryBound(to: Slab.self)
  }

  /// Puts a block in use into its list; `false` where its size is that of no class.
  /// - Parameter usable: the bytes that may be used of it.
  @inline(__always)
  mutating func put(_ base: UnsafeMutableRawPointer, usable: Int) -> Bool {
    // The payload of a class's block is 8 bytes more than the class's size, but for the largest.
    let index = SizeClass(holding: usable &- 8).index
    // The slot is written below, so to ask it costs no further cache line.
    if Int(slots[index].blockByteCount) != usable { return false }
    let record = record(index)
    FreeBlock.link(base, before: record.pointee.firstFree)
    record.pointee.firstFree = base
    slots[index].returnedCount.advance(by: 1)
    untilLook &-= usable
    return true
  }

  /// Whether it is time to look how much the lists hold: enough was put in.
  @inline(__always)
  var mustBeLookedAt: Bool { untilLook < 0 }

  /// Whether the lists hold too much beside what is in use, or so much less is in use that what
  /// waits would keep carriers from going back.
  /// - Parameters:
  ///   - held: the bytes in the lists.
  ///   - used: the bytes in use of the carriers they are of.
  mutating func isTooMuch(held: Int, used: Int) -> Bool {
    let limit = max(Self.alwaysKeptByteCount, used / 4)
    let isLessInUse = used <= lastUsed / 2
    let isSteady = used > lastUsed / 4 * 3
    lastUsed = used
    // Where less and less is in use it is looked each time half of that was freed; where not, seldom.
    interval =
      isSteady
      ? min(2 * interval, max(Self.alwaysKeptByteCount, used / 2))
      : max(used / 2, Self.smallestInterval)
    let isTooMuch = isLessInUse || held > limit / 2
    untilLook = min(interval, isTooMuch ? limit : limit - held)
    return isTooMuch
  }

  /// Takes all blocks out.
  func takeAll(_ body: (UnsafeMutableRawPointer) -> Void) {
    for index in 1..<classCount {
      let record = record(index)
      while let block = record.pointee.firstFree {
        record.pointee.firstFree = FreeBlock.unlink(block)
        slots[index].returnedCount.advance(by: -1)
        body(block)
      }
    }
  }
}

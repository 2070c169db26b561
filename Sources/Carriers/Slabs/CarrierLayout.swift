/// What an ordinary system's carriers are like, as constants: fast paths that read them instead would
/// take a twelfth longer. Where carriers are others, blocks go the slow ways.
@usableFromInline
enum StandardCarrier {
  @inlinable static var byteCount: Int { 1 << 20 }
  /// Carriers of 16 units, so that this is a page of any system at least.
  @inlinable static var unitByteCount: Int { 64 << 10 }
  @inlinable static var largestUnitBlock: Int { 8 << 10 }
  @inlinable static var largestSmallBlock: Int { 240 << 10 }

  /// The record of the slab that a block of such a carrier stands in, one of a unit.
  @inlinable @inline(__always)
  static func record(ofUnitBlock base: UnsafeMutableRawPointer) -> SlabPointer {
    let address = UInt(bitPattern: base)
    let offset = address & UInt(byteCount - 1)
    let unit = offset &>> UInt(unitByteCount.trailingZeroBitCount)
    let record =
      address &- offset &+ UInt(CarrierHead.recordsOffset) &+ unit &<< UInt(Slab.strideShift)
    return SlabPointer(bitPattern: record).unsafelyUnwrapped
  }
}

/// The sizes an allocator works with, in bytes: powers of two but for the largest small block.
struct CarrierLayout {
  /// A carrier, and its alignment: an address masked by it is the carrier's.
  let carrierByteCount: Int
  /// The largest block of a slab of one unit; larger ones share a whole carrier.
  let largestUnitBlock: Int
  /// The largest block that shares a carrier. Larger ones have a range of their own.
  let largestSmallBlock: Int
  /// The least addresses of a large block's range, so that it can grow where it stands.
  let smallestReservation: Int
  /// How much of a large block's range is committed at a time.
  let largeCommitStep: Int
  /// Carriers in the first region of addresses; each further region has twice those before.
  let firstRegionCarriers: Int
  /// The most carriers of a region.
  let largestRegionCarriers: Int

  /// Committed bytes of carriers from which on they come by huge pages, two and more at a time:
  /// a small system would hold what it does not use, a large one has a fifth of the page faults'
  /// cost. `nil` for never.
  let hugePagesFrom: Int?

  /// Whether carriers are as fast paths know them.
  var isStandard: Bool {
    carrierByteCount == StandardCarrier.byteCount
      && largestUnitBlock == StandardCarrier.largestUnitBlock
      && largestSmallBlock == StandardCarrier.largestSmallBlock
  }

  /// What a carrier is committed by, so that a hardly used one costs little.
  var unitByteCount: Int { carrierByteCount / CarrierHead.unitCount }

  /// The units that the first bytes of a carrier stand in, a bit each.
  func units(ofFirst byteCount: Int) -> UInt32 {
    UInt32((1 << ((byteCount - 1) / unitByteCount + 1)) - 1)
  }

  /// The number of size classes.
  var classCount: Int { SizeClass(holding: largestSmallBlock).index + 1 }

  /// A huge page of x86-64 and of 64-bit ARM with pages of 4 KiB.
  static var hugePageByteCount: Int { 2 << 20 }

  /// Freed small blocks' memory that is kept for reuse however little is in use, unless configured
  /// otherwise.
  static var alwaysKeptByteCount: Int { 64 << 20 }

  /// The same of large blocks: room for the three of 32 MiB that a process's two generations and
  /// a to-space take, so that the next one of that size has no page fault.
  static var alwaysKeptLargeByteCount: Int { 128 << 20 }

  /// What an ordinary system uses.
  static func standard(pageByteCount: Int, usesHugePages: Bool) -> CarrierLayout {
    CarrierLayout(
      carrierByteCount: max(StandardCarrier.byteCount, pageByteCount * CarrierHead.unitCount),
      largestUnitBlock: StandardCarrier.largestUnitBlock,
      largestSmallBlock: StandardCarrier.largestSmallBlock, smallestReservation: 16 << 20,
      largeCommitStep: max(64 << 10, pageByteCount), firstRegionCarriers: 64,
      largestRegionCarriers: 1024, hugePagesFrom: usesHugePages ? 32 << 20 : nil)
  }

  /// Everything small: rare paths become common ones.
  static func tiny(pageByteCount: Int) -> CarrierLayout {
    let carrier = max(64 << 10, pageByteCount * CarrierHead.unitCount)
    return CarrierLayout(
      carrierByteCount: carrier, largestUnitBlock: 512, largestSmallBlock: 15 << 10,
      smallestReservation: carrier, largeCommitStep: pageByteCount, firstRegionCarriers: 2,
      largestRegionCarriers: 16, hugePagesFrom: nil)
  }
}

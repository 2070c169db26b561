/// The head of a carrier: a run of addresses, aligned to its size, that blocks share.
///
///     | head 128 | record of slab 0 | ... | record of slab 15 | blocks ... |
///     ^ base                                                  ^ base + byteCount
///
/// A carrier is committed by units, of which it has 16. It serves one of three ways: 16 slabs of a
/// unit each, for small blocks; one slab of the whole carrier, for larger ones; or blocks of any
/// size with headers of their own, which a strategy divides. The unit with the head is committed
/// for as long as the carrier is in use.
struct CarrierHead {
  enum Role: UInt8 {
    /// Nothing is in use; the carrier waits for any role.
    case idle
    /// A slab to a unit.
    case slabs
    /// One slab, whose record is the first.
    case wideSlab
    /// Blocks with headers.
    case blocks
  }

  var role = Role.idle
  /// Whether the carrier is in a list: of those with free units, or of those idle.
  var isListed = false
  /// Units that nobody uses, a bit each.
  var freeUnits = CarrierHead.allUnits
  /// Units that are committed, a bit each.
  var committedUnits: UInt32
  /// When a unit was last given back, in nanoseconds of the monotonic clock.
  var lastReturn: UInt64 = 0
  var next: CarrierPointer?
  var previous: CarrierPointer?

  static var unitCount: Int { 16 }
  static var allUnits: UInt32 { 0xFFFF }
  /// The bytes before the first block.
  static var byteCount: Int { recordsOffset + unitCount << Slab.strideShift }
  /// Where the records of slabs begin.
  static var recordsOffset: Int { 128 }

  /// Units that are committed and could be given back: the one with the head only where the
  /// carrier is idle.
  var idleUnits: UInt32 {
    let mask = role == .idle ? CarrierHead.allUnits : CarrierHead.allUnits & ~1
    return freeUnits & committedUnits & mask
  }
}

typealias CarrierPointer = UnsafeMutablePointer<CarrierHead>

extension CarrierPointer {
  var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) }

  /// The record of a slab.
  func slab(_ unit: Int) -> SlabPointer {
    (base + CarrierHead.recordsOffset + unit << Slab.strideShift)
      .assumingMemoryBound(to: Slab.self)
  }
}

/// A list of carriers, linked through their heads.
struct CarrierList {
  private(set) var first: CarrierPointer?
  private(set) var last: CarrierPointer?

  mutating func prepend(_ carrier: CarrierPointer) {
    assert(!carrier.pointee.isListed, "the carrier is in a list already")
    carrier.pointee.isListed = true
    carrier.pointee.previous = nil
    carrier.pointee.next = first
    if let first { first.pointee.previous = carrier } else { last = carrier }
    first = carrier
  }

  mutating func remove(_ carrier: CarrierPointer) {
    assert(carrier.pointee.isListed, "the carrier is in no list")
    let next = carrier.pointee.next
    let previous = carrier.pointee.previous
    if let next { next.pointee.previous = previous } else { last = previous }
    if let previous { previous.pointee.next = next } else { first = next }
    carrier.pointee.isListed = false
  }
}

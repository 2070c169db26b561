/// The addresses that carriers stand on: large reservations, cut into carriers from the lowest on.
///
/// Carriers side by side are one mapping of the kernel's, so a hundred thousand processes need
/// few. Not thread-safe: its owner's lock guards it.
struct CarrierRegions: ~Copyable {
  private let source: PageSource
  private let layout: CarrierLayout
  private var regions: [(base: UnsafeMutableRawPointer, byteCount: Int)] = []
  /// Carriers given back, nothing of them committed.
  private var returned: [UnsafeMutableRawPointer] = []
  /// Carriers that were committed together with another on the same huge page.
  private var committedReserve: [UnsafeMutableRawPointer] = []
  private var unusedStart: UnsafeMutableRawPointer?
  private var unusedCarriers = 0
  /// Committed bytes of all carriers.
  private(set) var committedByteCount = 0

  init(source: PageSource, layout: CarrierLayout) {
    self.source = source
    self.layout = layout
  }

  deinit {
    // What is committed is known only in sum, so the first region says it for all.
    var committed = committedByteCount
    for region in regions {
      source.release(region.base, byteCount: region.byteCount, committedByteCount: committed)
      committed = 0
    }
  }

  /// Addresses of a carrier, aligned to its size.
  /// - Returns: the first address, and how much is committed from there on: maybe nothing.
  mutating func take() throws(MemoryError) -> (base: UnsafeMutableRawPointer, committed: Int) {
    if let base = committedReserve.popLast() { return (base, layout.carrierByteCount) }
    if let base = returned.popLast() { return (base, 0) }
    if unusedCarriers == 0 { try addRegion() }
    guard let base = unusedStart else { preconditionFailure("a region without a start") }
    if let committed = try commitHugePage(at: base) { return (base, committed) }
    unusedStart = base + layout.carrierByteCount
    unusedCarriers -= 1
    return (base, 0)
  }

  /// Calls the body with each carrier that is taken.
  /// - Complexity: O(all carriers).
  func forEachTaken(_ body: (UnsafeMutableRawPointer) -> Void) {
    let absent = Set((returned + committedReserve).map { UInt(bitPattern: $0) })
    for region in regions {
      let isLast = region.base == regions.last?.base
      let unused = isLast ? unusedCarriers * layout.carrierByteCount : 0
      for offset in stride(from: 0, to: region.byteCount - unused, by: layout.carrierByteCount) {
        let base = region.base + offset
        if !absent.contains(UInt(bitPattern: base)) { body(base) }
      }
    }
  }

  /// Whether there is a carrier at the address, and it is taken.
  /// - Complexity: O(regions + carriers that are not taken).
  func hasTaken(_ base: UnsafeMutableRawPointer) -> Bool {
    let isInside = regions.contains { base >= $0.base && base < $0.base + $0.byteCount }
    if !isInside || returned.contains(base) || committedReserve.contains(base) { return false }
    guard let start = unusedStart else { return true }
    return base < start || base >= start + unusedCarriers * layout.carrierByteCount
  }

  /// Takes back addresses of which nothing is committed.
  mutating func put(_ base: UnsafeMutableRawPointer) { returned.append(base) }

  /// Gives the carriers back that are committed and were never taken.
  mutating func trim() {
    while let base = committedReserve.popLast() {
      if !decommit(base, byteCount: layout.carrierByteCount) {
        committedReserve.append(base)
        return
      }
      returned.append(base)
    }
  }

  /// Commits further bytes of a carrier.
  mutating func commit(
    _ base: UnsafeMutableRawPointer, byteCount: Int
  ) throws(MemoryError) {
    try source.commit(base, byteCount: byteCount)
    committedByteCount += byteCount
  }

  /// Gives bytes of a carrier back; `false` where the kernel refused even that.
  mutating func decommit(_ base: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
    if !source.decommit(base, byteCount: byteCount) { return false }
    committedByteCount -= byteCount
    return true
  }

  /// Commits all carriers of a huge page, where the system is large enough for that.
  /// - Returns: the committed bytes of the first; `nil` where carriers come one by one.
  private mutating func commitHugePage(
    at base: UnsafeMutableRawPointer
  ) throws(MemoryError) -> Int? {
    let huge = CarrierLayout.hugePageByteCount
    let count = huge / layout.carrierByteCount
    guard let limit = layout.hugePagesFrom, committedByteCount >= limit,
      UInt(bitPattern: base) % UInt(huge) == 0, unusedCarriers >= count
    else { return nil }
    do {
      try commit(base, byteCount: huge)
    } catch {
      // A unit of a carrier may still be had.
      guard error.maySucceedAfterTrimming else { throw error }
      return nil
    }
    unusedStart = base + huge
    unusedCarriers -= count
    for index in 1..<count { committedReserve.append(base + index * layout.carrierByteCount) }
    return layout.carrierByteCount
  }

  /// Where so many addresses are refused, fewer may do: half, down to one carrier.
  private mutating func addRegion() throws(MemoryError) {
    let grown = layout.firstRegionCarriers << min(regions.count, 16)
    var carriers = min(grown, layout.largestRegionCarriers)
    while true {
      let byteCount = carriers * layout.carrierByteCount
      do {
        let usesHugePages = layout.hugePagesFrom != nil
        let alignment = usesHugePages ? CarrierLayout.hugePageByteCount : layout.carrierByteCount
        let base = try source.reserve(byteCount: byteCount, alignment: alignment)
        if usesHugePages { source.adviseHugePages(base, byteCount: byteCount) }
        regions.append((base, byteCount))
        unusedStart = base
        unusedCarriers = carriers
        return
      } catch {
        guard case .refused = error, carriers > 1 else { throw error }
        carriers /= 2
      }
    }
  }
}

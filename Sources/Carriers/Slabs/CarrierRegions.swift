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
  /// Huge pages that were given back as a whole.
  private var returnedPages: [UnsafeMutableRawPointer] = []
  /// Carriers that are committed though nobody has them: others on their huge page are taken.
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
    if let page = returnedPages.last {
      let isCommitted = try commitHugePage(page)
      returnedPages.removeLast()
      if isCommitted { return (page, layout.carrierByteCount) }
      returned += carriers(ofHugePage: page).dropFirst()
      return (page, 0)
    }
    if unusedCarriers == 0 { try addRegion() }
    guard let base = unusedStart else { preconditionFailure("a region without a start") }
    let count = CarrierLayout.hugePageByteCount / layout.carrierByteCount
    if hugePage(of: base) == base, unusedCarriers >= count, try commitHugePage(base) {
      unusedStart = base + CarrierLayout.hugePageByteCount
      unusedCarriers -= count
      return (base, layout.carrierByteCount)
    }
    unusedStart = base + layout.carrierByteCount
    unusedCarriers -= 1
    return (base, 0)
  }

  /// Whether the system is large enough for huge pages.
  private var takesHugePages: Bool {
    layout.hugePagesFrom.map { committedByteCount >= $0 } ?? false
  }

  /// The start of the huge page that a carrier is on.
  private func hugePage(of base: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    base - Int(UInt(bitPattern: base) % UInt(CarrierLayout.hugePageByteCount))
  }

  private func carriers(ofHugePage page: UnsafeMutableRawPointer) -> [UnsafeMutableRawPointer] {
    stride(from: 0, to: CarrierLayout.hugePageByteCount, by: layout.carrierByteCount)
      .map { page + $0 }
  }

  /// Calls the body with each carrier that is taken.
  /// - Complexity: O(all carriers).
  func forEachTaken(_ body: (UnsafeMutableRawPointer) -> Void) {
    let ofPages = returnedPages.flatMap { carriers(ofHugePage: $0) }
    let absent = Set((returned + committedReserve + ofPages).map { UInt(bitPattern: $0) })
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
    if !isInside || returned.contains(base) || committedReserve.contains(base)
      || returnedPages.contains(hugePage(of: base))
    {
      return false
    }
    guard let start = unusedStart else { return true }
    return base < start || base >= start + unusedCarriers * layout.carrierByteCount
  }

  /// Takes back addresses of which nothing is committed.
  mutating func put(_ base: UnsafeMutableRawPointer) { returned.append(base) }

  /// Takes back a carrier that is committed as a whole, where its huge page should go back whole:
  /// the kernel makes small pages of one of which it gets a part, and small they stay.
  /// - Returns: whether the carrier was taken.
  /// - Complexity: O(carriers that are committed and not taken).
  mutating func putCommitted(_ base: UnsafeMutableRawPointer) -> Bool {
    if !takesHugePages { return false }
    committedReserve.append(base)
    let page = hugePage(of: base)
    let carriers = carriers(ofHugePage: page)
    if carriers.allSatisfy(committedReserve.contains),
      decommit(page, byteCount: CarrierLayout.hugePageByteCount)
    {
      committedReserve.removeAll(where: carriers.contains)
      returnedPages.append(page)
    }
    return true
  }

  /// Gives the carriers back that are committed and not taken.
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

  /// Commits all carriers of a huge page, where the system is large enough for that; those behind
  /// the first are then to be had without.
  private mutating func commitHugePage(_ page: UnsafeMutableRawPointer) throws(MemoryError) -> Bool
  {
    if !takesHugePages { return false }
    do {
      try commit(page, byteCount: CarrierLayout.hugePageByteCount)
    } catch {
      // A unit of a carrier may still be had.
      guard error.maySucceedAfterTrimming else { throw error }
      return false
    }
    committedReserve += carriers(ofHugePage: page).dropFirst()
    return true
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

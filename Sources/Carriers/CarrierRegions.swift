/// The addresses that carriers stand on: large reservations, cut into carriers from the lowest on.
///
/// Carriers side by side are one mapping of the kernel's, so a hundred thousand processes need
/// few. Not thread-safe: its owner's lock guards it.
struct CarrierRegions: ~Copyable {
  private let source: PageSource
  private let layout: CarrierLayout
  private var regions: [(base: UnsafeMutableRawPointer, byteCount: Int)] = []
  private var returned: [UnsafeMutableRawPointer] = []
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

  /// Addresses of a carrier, aligned to its size, nothing committed.
  mutating func take() throws(MemoryError) -> UnsafeMutableRawPointer {
    if let base = returned.popLast() { return base }
    if unusedCarriers == 0 { try addRegion() }
    guard let base = unusedStart else { preconditionFailure("a region without a start") }
    unusedStart = base + layout.carrierByteCount
    unusedCarriers -= 1
    return base
  }

  /// Takes back addresses of which nothing is committed.
  mutating func put(_ base: UnsafeMutableRawPointer) { returned.append(base) }

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

  /// Where so many addresses are refused, fewer may do: half, down to one carrier.
  private mutating func addRegion() throws(MemoryError) {
    let grown = layout.firstRegionCarriers << min(regions.count, 16)
    var carriers = min(grown, layout.largestRegionCarriers)
    while true {
      let byteCount = carriers * layout.carrierByteCount
      do {
        let base = try source.reserve(byteCount: byteCount, alignment: layout.carrierByteCount)
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

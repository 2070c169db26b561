import Terms

/// Moves what is live of the young generation: survivors of an earlier collection into the old
/// generation, the rest into a new young heap.
///
/// Terms never change, so references run from younger to older objects only: a mature object
/// refers to no fresh one, and nothing old refers to anything young.
struct MinorEvacuator<Fresh: FromSpace>: RootVisitor {
  private var plan: MinorPlan<Fresh>
  private var young: ToSpace
  private let pending: PendingObjects
  /// What became of views.
  private(set) var views: ViewShrinking

  /// - Parameters:
  ///   - mature: built before the last collection: goes to the old generation.
  ///   - fresh: built since: goes to the new young heap.
  ///   - pending: nothing pending in it.
  init(
    mature: AddressRange, fresh: Fresh, to: UnsafeMutablePointer<UInt>,
    oldTop: UnsafeMutablePointer<UInt>, views: ViewShrinking, pending: PendingObjects
  ) {
    self.views = views
    plan = MinorPlan(
      fresh: fresh, mature: mature, promotion: FullPlan(from: mature), old: ToSpace(at: oldTop))
    young = ToSpace(at: to)
    self.pending = pending
  }

  /// The end of what was moved to the new young heap.
  var top: UnsafeMutablePointer<UInt> { young.top }
  /// The end of the old generation.
  var oldTop: UnsafeMutablePointer<UInt> { plan.old.top }

  /// Moves what is reached from a run of root slots.
  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    young.evacuateRoots(base, count: count, by: &plan, pending: pending)
  }

  /// Moves what is still left to move.
  /// - Parameter provider: where binaries that become smaller come from.
  mutating func finish(_ provider: BlockBinaries) {
    young.scanWhatWasLeft(by: &plan, pending: pending)
    plan.old.scanWhatWasLeft(by: &plan.promotion, pending: pending)
    views.settle(in: &young, by: &plan, pending: pending, provider: provider)
  }
}

/// Fresh objects move to the new young heap, mature ones to the old generation.
struct MinorPlan<Fresh: FromSpace>: EvacuationPlan {
  let fresh: Fresh
  let mature: AddressRange
  /// What a mature object refers to is mature or stays.
  var promotion: FullPlan<AddressRange>
  var old: ToSpace

  @inline(__always)
  func moves(_ bits: UInt) -> Bool { fresh.contains(bits) }
  @inline(__always)
  var near: AddressRange { fresh.near }
  @inline(__always)
  func movesAnywhere(_ bits: UInt) -> Bool { fresh.contains(bits) || mature.contains(bits) }

  @inline(__always)
  mutating func evacuateElsewhere(
    _ slot: UnsafeMutablePointer<UInt>, _ pending: PendingObjects
  ) {
    if mature.contains(slot.pointee) {
      old.evacuate(slot, slot + 1, by: &promotion, pending: pending)
    }
  }
}

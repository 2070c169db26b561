import Terms

/// Moves everything live of both generations into one new young heap.
struct FullEvacuator<From: FromSpace>: RootVisitor {
  private var plan: FullPlan<From>
  private var space: ToSpace
  private let pending: PendingObjects
  /// What became of views.
  private(set) var views: ViewShrinking

  /// - Parameter pending: nothing pending in it.
  init(
    from: From, to: UnsafeMutablePointer<UInt>, views: ViewShrinking, pending: PendingObjects
  ) {
    self.views = views
    plan = FullPlan(from: from)
    space = ToSpace(at: to)
    self.pending = pending
  }

  /// The end of what was moved.
  var top: UnsafeMutablePointer<UInt> { space.top }

  /// Moves what is reached from a run of root slots.
  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    space.evacuateRoots(base, count: count, by: &plan, pending: pending)
  }

  /// Moves what is still left to move.
  /// - Parameter provider: where binaries that become smaller come from.
  mutating func finish(_ provider: BlockBinaries) {
    space.scanWhatWasLeft(by: &plan, pending: pending)
    views.settle(in: &space, by: &plan, pending: pending, provider: provider)
  }
}

/// All objects of a from-space move to one space.
struct FullPlan<From: FromSpace>: EvacuationPlan {
  let from: From

  @inline(__always)
  func moves(_ bits: UInt) -> Bool { from.contains(bits) }
  @inline(__always)
  var near: AddressRange { from.near }
  @inline(__always)
  func movesAnywhere(_ bits: UInt) -> Bool { from.contains(bits) }

  @inline(__always)
  func evacuateElsewhere(_ slot: UnsafeMutablePointer<UInt>, _ pending: PendingObjects) {}
}

/// Tells the objects that move from those that stay.
protocol FromSpace {
  /// Whether a cons or boxed term's address is among those that move.
  func contains(_ bits: UInt) -> Bool
  /// The range of most of them.
  var near: AddressRange { get }
}

extension AddressRange: FromSpace {
  @inline(__always)
  var near: AddressRange { self }
}

/// Two ranges whose objects go to one place.
struct TwoRanges: FromSpace {
  let first: AddressRange
  let second: AddressRange

  @inline(__always)
  func contains(_ bits: UInt) -> Bool { first.contains(bits) || second.contains(bits) }
  @inline(__always)
  var near: AddressRange { first }
}

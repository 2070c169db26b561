import Terms

/// Copies out what is used of a large binary that is alive only by small parts of it.
///
/// ```
///   before     handle -> | . . . . [view] . . [view] . . . . . . . . . |
///   after      handle -> | [view] . . [view] |
/// ```
/// A handle that nothing refers to but views is found at the end of a collection: nobody has moved
/// it by then. The collection's way to undo the leak that ERTS's users know best: a part of a
/// hundred bytes that keeps a megabyte.
public struct ViewShrinking: BitwiseCopyable {
  /// What was done in one collection.
  public struct Outcome: Equatable, BitwiseCopyable, Sendable {
    /// Views of at most ``alwaysCopiedBytes`` bytes that became binaries of their own.
    public internal(set) var copiedViews = 0
    /// Binaries of which only what views span was kept.
    public internal(set) var shrunkBinaries = 0
    /// The bytes of those that were let go. Others may still hold them.
    public internal(set) var bytesLetGo = 0
  }

  /// The most bytes of a view that always becomes a binary of its own.
  public static var alwaysCopiedBytes: Int { MovedViews.alwaysCopiedBytes }

  private(set) var outcome = Outcome()
  private let ratio: Int

  /// - Parameter ratio: how many times as large a binary is as what views span of it, for that to
  ///   be copied; 0 for never.
  init(ratio: UInt8) { self.ratio = Int(ratio) }

  /// Moves the handles of all views, after everything else was moved.
  /// - Parameter provider: where smaller binaries come from, and larger ones go back to.
  mutating func settle(
    in space: inout ToSpace, by plan: inout some EvacuationPlan, pending: PendingObjects,
    provider: BlockBinaries
  ) {
    outcome.copiedViews += pending.views.copiedCount
    if pending.views.last == nil { return }
    gather(pending.views, by: plan)
    var next = pending.views.last
    while let view = next {
      next = MovedViews.previous(of: view)
      let slot = Self.slot(of: view)
      let handle = Term(bits: slot.pointee).boxed
      if handle[0] & 3 != 0 {
        slot.pointee = handle[0]
      } else if let first = UnsafeMutablePointer<UInt>(bitPattern: handle[5]) {
        handle[5] = 0
        space.evacuate(slot, slot + 1, by: &plan, pending: pending)
        let moved = slot.pointee
        Self.forEachView(of: first) { Self.slot(of: $0).pointee = moved }
        shrink(Term(bits: moved).boxed, usedBy: first, provider: provider)
      }
    }
  }

  /// Gathers the views of each handle that has not moved, but will, in a list that begins in the
  /// handle's flags, which are 0 where nobody may write behind its bytes.
  private func gather(_ views: MovedViews, by plan: some EvacuationPlan) {
    var next = views.last
    while let view = next {
      next = MovedViews.previous(of: view)
      let handle = Term(bits: Self.slot(of: view).pointee).boxed
      if handle[0] & 3 == 0 && plan.movesAnywhere(UInt(bitPattern: handle)) {
        view[2] = handle[5]
        handle[5] = UInt(bitPattern: view)
      }
    }
  }

  /// Keeps only what the views of a handle span, where that is little of its binary.
  private mutating func shrink(
    _ handle: UnsafeMutablePointer<UInt>, usedBy first: UnsafeMutablePointer<UInt>,
    provider: BlockBinaries
  ) {
    if ratio == 0 { return }
    let binary = BinaryHandle.binary(at: handle)
    var (low, high) = (Int.max, 0)
    Self.forEachView(of: first) { view in
      let copy = Term(bits: view[0]).boxed
      low = min(low, Int(copy[2]))
      high = max(high, Int(copy[2]) + SubBinary.touchedBytes(at: copy))
    }
    let byteCount = high - low
    if byteCount * ratio > binary.capacity || byteCount == binary.capacity { return }
    let capacity = binary.capacity
    // Without memory the binary stays as it is.
    guard provider.copyOut(of: handle, offset: low, byteCount: byteCount) else { return }
    Self.forEachView(of: first) { Term(bits: $0[0]).boxed[2] -= UInt(low) }
    outcome.shrunkBinaries += 1
    outcome.bytesLetGo += capacity
  }

  /// Calls with the former place of each view of a handle.
  private static func forEachView(
    of first: UnsafeMutablePointer<UInt>, _ body: (UnsafeMutablePointer<UInt>) -> Void
  ) {
    var next: UnsafeMutablePointer<UInt>? = first
    while let view = next {
      body(view)
      next = UnsafeMutablePointer(bitPattern: view[2])
    }
  }

  /// The slot of the handle in a view's new place.
  private static func slot(
    of view: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt> { Term(bits: view[0]).boxed + 4 }
}

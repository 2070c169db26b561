import Terms

/// Finds what died among the objects that hold references to something outside their heap, once
/// everything live was moved.
///
/// ```
///   first -> fresh -> ... -> mature -> ... -> old -> ... -> 0
///            stay young      are promoted     stay
/// ```
/// The list is in the order of age, so a minor collection stops at the first old object.
struct OffHeapSweep {
  private var list = OffHeapList()
  /// The last object kept, whose link is still open.
  private var last: UnsafeMutablePointer<UInt>?
  private(set) var releasedCount = 0
  private var writables = WritableShrinking()
  private var windows: WindowShrinking

  private init(ratio: UInt8) { windows = WindowShrinking(ratio: ratio) }

  /// What a sweep of the list found.
  struct Outcome {
    /// The new list, and the words that its young objects hold.
    var list: OffHeapList
    /// The words held by objects that became old.
    var promotedWords = 0
    /// The objects that died; each gave its reference back.
    var releasedCount: Int
    /// The handles that got a smaller binary.
    var windows: WindowShrinking.Outcome
  }

  /// Sweeps the list of a heap all of which was moved.
  /// - Parameter ratio: see ``HeapOptions/viewWasteRatio``.
  static func full(_ before: OffHeapList, ratio: UInt8, provider: BlockBinaries) -> Outcome {
    var sweep = OffHeapSweep(ratio: ratio)
    var next = UnsafeMutablePointer<UInt>(bitPattern: before.first)
    while let object = next {
      next = UnsafeMutablePointer(bitPattern: OffHeapObject.next(of: object))
      if let moved = sweep.survivor(of: object, provider) {
        sweep.keep(moved)
        sweep.list.virtualWords += OffHeapObject.words(heldBy: moved)
      }
    }
    sweep.close(with: 0)
    sweep.writables.shrink(sweep.list, downTo: 0, provider: provider)
    sweep.windows.shrink(provider)
    return Outcome(
      list: sweep.list, releasedCount: sweep.releasedCount, windows: sweep.windows.outcome)
  }

  /// Sweeps the young part of the list of a heap whose young generation was moved.
  /// - Parameters:
  ///   - promoted: where the mature objects went; what stands below it was old before.
  ///   - ratio: see ``HeapOptions/viewWasteRatio``.
  static func minor(
    _ before: OffHeapList, old: AddressRange, promoted: AddressRange, ratio: UInt8,
    provider: BlockBinaries
  ) -> Outcome {
    var sweep = OffHeapSweep(ratio: ratio)
    var promotedWords = 0
    var next = UnsafeMutablePointer<UInt>(bitPattern: before.first)
    while let object = next, !old.contains(UInt(bitPattern: object)) {
      next = UnsafeMutablePointer(bitPattern: OffHeapObject.next(of: object))
      guard let moved = sweep.survivor(of: object, provider) else { continue }
      sweep.keep(moved)
      let words = OffHeapObject.words(heldBy: moved)
      if promoted.contains(UInt(bitPattern: moved)) {
        promotedWords += words
      } else {
        sweep.list.virtualWords += words
      }
    }
    sweep.close(with: UInt(bitPattern: next))
    sweep.writables.shrink(sweep.list, downTo: UInt(bitPattern: next), provider: provider)
    sweep.windows.shrink(provider)
    return Outcome(
      list: sweep.list, promotedWords: promotedWords, releasedCount: sweep.releasedCount,
      windows: sweep.windows.outcome)
  }

  /// Where an object was moved to; one that was not gives its reference back.
  private mutating func survivor(
    of object: UnsafeMutablePointer<UInt>, _ provider: BlockBinaries
  ) -> UnsafeMutablePointer<UInt>? {
    if object[0] & 3 != 0 { return Term(bits: object[0]).boxed }
    OffHeapObject.target(of: object).release(to: provider)
    releasedCount += 1
    return nil
  }

  private mutating func keep(_ object: UnsafeMutablePointer<UInt>) {
    close(with: UInt(bitPattern: object))
    last = object
    writables.meet(object)
    windows.meet(object)
  }

  private mutating func close(with next: UInt) {
    if let last { last[2] = next } else { list.first = next }
  }
}

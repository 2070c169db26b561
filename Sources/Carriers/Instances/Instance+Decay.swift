/// Free pages within slabs and carriers go back once nobody used them for the decay time.
///
/// No clock is read for that where blocks are taken and freed. Who gives a slab or carrier back, or
/// calls ``BlockAllocator/decay()``, sees whether the time is over and begins a round; in each round
/// an instance notes what is free and gives back what it had noted in the last one. So pages go
/// back after between once and twice the time.
extension Instance {
  /// Looks for such pages where a round began since it last did. Inside the door.
  @inline(__always)
  func decayFreePages() {
    if state.pointee.decayRound != core.decayRound { lookForDecayedPages() }
  }

  @inline(never)
  private func lookForDecayedPages() {
    let last = state.pointee.decayRound
    let now = core.decayRound
    state.pointee.decayRound = now
    drainRemoteFrees()
    // What waits to be sent may be all that keeps others' slabs.
    sendAll()
    for kind in MemoryKind.allCases {
      if let blocks = state.pointee.blocks[kind.index] {
        joinBlocksAtHand(of: kind)
        blocks.decay(since: last, now: now)
      } else {
        forEachListedSlab(of: kind) { decay($0) }
      }
    }
  }

  /// Gives an empty slab or free pages back, where as many blocks are in use as in the last round.
  private func decay(_ slab: SlabPointer) {
    let used = slab.pointee.usedCount
    if used != slab.pointee.decayCount {
      slab.pointee.decayCount = used
    } else if used == 0 {
      giveUp(slab)
    } else {
      discardFreePages(of: slab)
    }
  }
}

extension BlockAllocator {
  /// Gives back memory that nobody used for ``MemoryConfiguration/carrierDecayMilliseconds``: idle
  /// carriers, empty slabs, and free pages within others.
  ///
  /// The same is done by and by where carriers are handled; who runs threads calls this now and then
  /// for those that do nothing for long. What handles hold is left out.
  /// - Returns: whether it was time to look since the calling thread last asked.
  /// - Complexity: O(1) where it was not, else O(carriers + free blocks).
  @discardableResult
  public func decay() -> Bool {
    let own = instance
    var asked = own.state.pointee.askedDecayRound
    if asked == 0 { asked = core.decayRound }
    if core.beginDecayRoundIfDue() {
      registry.forEachClosed { $0.decayFreePages() }
    } else {
      // Others may have begun a round, who looked at their own memory alone.
      own.state.pointee.door.inside { own.decayFreePages() }
    }
    let now = core.decayRound
    own.state.pointee.askedDecayRound = now
    return now != asked
  }
}

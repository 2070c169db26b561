import Synchronization

/// Carriers that go from one instance to another.
extension MultiBlocks where Index: ~Copyable {
  /// Whether so little of a carrier is in use that others should have it.
  /// - Parameter byteCount: its bytes in use.
  @inline(__always)
  func isHardlyUsed(_ carrier: BlockCarrier, byteCount: UInt32) -> Bool {
    byteCount < carrier.fields.pointee.byteCount / 100 * AllocatorCore.abandonBelowPercent
  }

  /// Lets go of a carrier and its free blocks, of which the head then tells the largest.
  func leave(_ carrier: BlockCarrier) {
    var largest = 0
    carrier.forEachBlock { block in
      if !block.isFree { return }
      state.pointee.index.remove(block)
      largest = max(largest, block.byteCount)
    }
    carrier.fields.pointee.largestFree = UInt32(largest)
    state.pointee.carriers.remove(carrier)
  }

  /// Takes up a carrier that another instance left.
  func adopt(_ carrier: BlockCarrier) {
    carrier.fields.pointee.firstFree = nil
    carrier.fields.pointee.largestFree = 0
    state.pointee.carriers.insert(carrier)
    var waiting: [Block] = []
    carrier.takeWaiting { waiting.append($0) }
    carrier.forEachBlock { if $0.isFree { state.pointee.index.insert($0) } }
    for block in waiting {
      // Already counted as not in use.
      state.pointee.carriers.use(block.byteCount, of: carrier)
      free(block.payload)
    }
  }
}

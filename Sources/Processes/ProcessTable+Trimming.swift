import Carriers
import ETS
import Heaps
import Synchronization

extension ProcessTable {
  /// Takes the blocks of all records out of reach of new readers.
  /// - Returns: their addresses, or 0.
  func takeBlocks() -> [UInt] {
    (0..<Self.mostBlocks).map { blocks[$0].exchange(0, ordering: .relaxed) }
  }

  /// Has the blocks of all records found again.
  func putBack(_ addresses: [UInt]) {
    for (number, address) in addresses.enumerated() {
      blocks[number].store(address, ordering: .releasing)
    }
  }

  /// Frees the blocks of all records, where there is no process and nobody reads one. No pid comes
  /// twice.
  func freeBlocks(at addresses: [UInt], _ state: inout State) {
    for index in 0..<state.recordCount {
      let (number, place) = Self.place(of: index)
      guard let block = ProcessRecord.Pointer(bitPattern: addresses[number]) else {
        preconditionFailure("no record \(index)")
      }
      state.firstSerial = max(state.firstSerial, block[place].serial)
      (block + place).deinitialize(count: 1)
    }
    for (number, address) in addresses.enumerated() {
      guard let block = UnsafeMutableRawPointer(bitPattern: address) else { continue }
      environment.allocator.free(
        at: block, byteCount: Self.byteCount(ofBlock: number), kind: .fixed)
    }
    state.recordCount = 0
    state.free = []
    state.ended = []
    state.leaving = []
  }

  /// Gives the records' memory back, where there is no process and nobody reads one.
  func trim() {
    state.withLock { state in
      if state.inUse > 0 { return }
      names.trim()
      let addresses = takeBlocks()
      // Nobody finds them any more; who had found one before may still read it.
      if environment.allocator.readersHavePassed(environment.allocator.endEpoch()) {
        freeBlocks(at: addresses, &state)
      } else {
        putBack(addresses)
      }
    }
  }
}

import Tenure

/// The least that moving so many words can cost: `memcpy` from one block to another and back, both
/// of them in memory already and in no cache but by chance. Computes no check.
struct MemoryCopy: Peer {
  let name = "memcpy"
  /// The words that are moved.
  let words: @Sendable () -> Int

  func measure(_ caseName: String, repetitions: Int) throws(PeerError) -> PeerRow {
    let words = words()
    let allocator = BlockAllocator()
    let byteCount = words * MemoryLayout<UInt>.stride
    do {
      var from = try allocator.allocate(byteCount: byteCount, kind: .processHeap)
      var to = try allocator.allocate(byteCount: byteCount, kind: .processHeap)
      from.base.initializeMemory(as: UInt8.self, repeating: 1, count: byteCount)
      to.base.initializeMemory(as: UInt8.self, repeating: 2, count: byteCount)
      let samples = Effort(repetitions: repetitions, warmUps: 1).samples(per: Double(words)) {
        to.base.copyMemory(from: from.base, byteCount: byteCount)
        swap(&from, &to)
      }
      blackHole(from.base.load(as: Int.self))
      allocator.free(from, kind: .processHeap)
      allocator.free(to, kind: .processHeap)
      return PeerRow(
        version: "Glibc", median: samples.median, minimum: samples.minimum, check: nil)
    } catch {
      throw .failed("no memory to copy: \(error)")
    }
  }
}

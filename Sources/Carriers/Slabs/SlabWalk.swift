/// Looks at all blocks of a slab, which nobody touches meanwhile.
enum SlabWalk {
  /// Calls the body with a flag for each block that was ever used: whether it is free.
  static func withFreeFlags<Result>(
    of slab: SlabPointer, pageByteCount: Int, _ body: (UnsafeMutableBufferPointer<Bool>) -> Result
  ) -> Result {
    let pages = SlabPages(of: slab, pageByteCount: pageByteCount)
    return withUnsafeTemporaryAllocation(of: Bool.self, capacity: pages.carved + 1) { isFree in
      isFree.initialize(repeating: false)
      for page in 0..<PageSet.capacity where slab.pointee.discarded.contains(page) {
        for number in pages.blocks(beginningIn: page) { isFree[number] = true }
      }
      var next = slab.pointee.firstFree
      while let block = next {
        isFree[(block - slab.pointee.start) / pages.size] = true
        next = self.next(after: block)
      }
      return body(isFree)
    }
  }

  /// Calls the body with each block in use.
  static func forEachUsed(
    of slab: SlabPointer, pageByteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void
  ) {
    withFreeFlags(of: slab, pageByteCount: pageByteCount) { isFree in
      for number in 0..<slab.pointee.carvedCount where !isFree[Int(number)] {
        body(slab.pointee.block(number))
      }
    }
  }

  /// The next block of a free list.
  static func next(after block: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    MemoryPoison.allow(block, byteCount: 16)
    defer { MemoryPoison.forbid(block, byteCount: 16) }
    return FreeBlock.next(block)
  }
}

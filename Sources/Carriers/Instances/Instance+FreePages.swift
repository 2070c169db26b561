/// The pages of a slab, numbered from the one in which it begins.
struct SlabPages {
  /// The first page's address.
  let base: UnsafeMutableRawPointer
  /// The slab's first block, counted from the base.
  let start: Int
  let pageByteCount: Int
  /// The bytes of a block.
  let size: Int
  /// Blocks that were in use once.
  let carved: Int
  /// Pages from the first on in which no block begins that was never used.
  let count: Int

  init(of slab: SlabPointer, pageByteCount: Int) {
    start = Int(bitPattern: slab.pointee.start) & (pageByteCount - 1)
    base = slab.pointee.start - start
    size = Int(slab.pointee.blockByteCount)
    carved = Int(slab.pointee.carvedCount)
    self.pageByteCount = pageByteCount
    let end = start + carved * size
    let isCarved = slab.pointee.carvedCount == slab.pointee.capacity
    count = (isCarved ? end + pageByteCount - 1 : end) / pageByteCount
  }

  /// The numbers of the blocks whose first byte lies in a page.
  func blocks(beginningIn page: Int) -> Range<Int> {
    let low = (max(0, page * pageByteCount - start) + size - 1) / size
    let high = (max(0, (page + 1) * pageByteCount - start) + size - 1) / size
    return min(low, carved)..<min(high, carved)
  }

  /// The page of a block's first byte.
  func firstPage(ofBlock number: Int) -> Int { (start + number * size) / pageByteCount }

  /// The page of a block's last byte.
  func lastPage(ofBlock number: Int) -> Int { (start + (number + 1) * size - 1) / pageByteCount }
}

extension Instance {
  /// Gives the free pages of slabs and carriers back that no instance owns. Outside the door, by any
  /// thread: nothing of this instance's own is used.
  func trimPool() {
    core.forEachPooledSlab { discardFreePages(of: $0) }
    core.joinWaitingInPool()
    core.forEachPooledCarrier { carrier in
      carrier.forEachBlock { if $0.isFree { $0.discardPages(source: core.source) } }
    }
  }

  /// Gives the pages of a slab back that hold no byte of a block in use.
  ///
  /// The free blocks that begin in such a page leave the list, for they cannot hold its links any
  /// more; the page's bit says where they are.
  func discardFreePages(of slab: SlabPointer) {
    let pages = SlabPages(of: slab, pageByteCount: core.pageByteCount)
    var kept = pagesInUse(of: slab, pages)
    // The page with the carrier's head.
    if pages.start != 0 { kept.insert(0) }
    guard kept.firstGap(below: pages.count, from: 0) != nil else { return }
    var page = 0
    while let run = kept.firstGap(below: pages.count, from: page) {
      for page in run { slab.pointee.discarded.insert(page) }
      page = run.upperBound
    }
    unlinkBlocks(beginningInDiscardedPagesOf: slab, pages)
    page = 0
    while let run = kept.firstGap(below: pages.count, from: page) {
      core.source.discard(
        pages.base + run.lowerBound * pages.pageByteCount,
        byteCount: run.count * pages.pageByteCount)
      page = run.upperBound
    }
  }

  /// Pages with a byte of a block in use, and pages that were given back already.
  private func pagesInUse(of slab: SlabPointer, _ pages: SlabPages) -> PageSet {
    var kept = slab.pointee.discarded
    SlabWalk.withFreeFlags(of: slab, pageByteCount: pages.pageByteCount) { isFree in
      for number in 0..<pages.carved where !isFree[number] {
        for page in pages.firstPage(ofBlock: number)...pages.lastPage(ofBlock: number) {
          kept.insert(page)
        }
      }
    }
    return kept
  }

  private func unlinkBlocks(
    beginningInDiscardedPagesOf slab: SlabPointer, _ pages: SlabPages
  ) {
    var next = slab.pointee.firstFree
    slab.pointee.firstFree = nil
    while let block = next {
      next = SlabWalk.next(after: block)
      let number = (block - slab.pointee.start) / pages.size
      if !slab.pointee.discarded.contains(pages.firstPage(ofBlock: number)) {
        link(block, in: slab)
      }
    }
  }
}

/// Pages of blocks of one size, and the runs they come in.
extension OwnedArena {
  /// A block of the next page with room, or of a new one.
  @inline(never)
  borrowing func takeFromNextPage(_ size: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
    guard let pages = state.pointee.pages else { preconditionFailure("an arena without a table") }
    while let page = pages[size >> 3] {
      if page.header.pointee.firstFree == nil, !isCarvable(page) {
        unlist(page)
        continue
      }
      return takeFirst(of: page)
    }
    if state.pointee.firstRun?.record.pointee.freeCount ?? 0 == 0 { try addRun() }
    guard let run = state.pointee.firstRun else { preconditionFailure("an arena without a run") }
    let page = run.takePage()
    page.begin(size: size, run: run)
    if run.record.pointee.freeCount == 0 { moveToEnd(run) }
    list(page)
    return takeFirst(of: page)
  }

  /// Puts a block back into its page, and the page back into its run once it is empty.
  @inline(__always)
  borrowing func put(_ block: UnsafeMutableRawPointer, in page: ArenaPage) {
    page.link(block)
    page.header.pointee.usedCount -= 1
    if page.header.pointee.usedCount == 0 || !page.header.pointee.isListed { settle(page) }
  }

  /// Gives all runs back.
  borrowing func freeAllRuns() {
    while let run = state.pointee.firstRun {
      state.pointee.firstRun = run.record.pointee.next
      give(back: run.record.pointee.block)
    }
  }

  @inline(never)
  private borrowing func settle(_ page: ArenaPage) {
    if !page.header.pointee.isListed { list(page) }
    // The only page with room stays, so that a block made and freed again costs no page.
    let isOnly = page.header.pointee.next == nil && page.header.pointee.previous == nil
    if page.header.pointee.usedCount > 0 || isOnly { return }
    unlist(page)
    let run = page.header.pointee.run
    run.put(page)
    let record = run.record
    if record.pointee.freeCount == record.pointee.pageCount {
      remove(run)
      give(back: record.pointee.block)
    } else if record.pointee.freeCount == 1 {
      remove(run)
      insertFirst(run)
    }
  }

  private borrowing func isCarvable(_ page: ArenaPage) -> Bool {
    page.header.pointee.carvedCount < page.header.pointee.capacity
  }

  private borrowing func takeFirst(of page: ArenaPage) -> UnsafeMutableRawPointer {
    if page.header.pointee.firstFree == nil { page.carve() }
    guard let block = page.header.pointee.firstFree else {
      preconditionFailure("a page with room has no free block")
    }
    page.unlink(block)
    return block
  }

  private borrowing func list(_ page: ArenaPage) {
    let slot = slot(of: page)
    let first = slot.pointee
    page.header.pointee.next = first
    page.header.pointee.previous = nil
    page.header.pointee.isListed = true
    first?.header.pointee.previous = page
    slot.pointee = page
  }

  private borrowing func unlist(_ page: ArenaPage) {
    let next = page.header.pointee.next
    let previous = page.header.pointee.previous
    next?.header.pointee.previous = previous
    if let previous {
      previous.header.pointee.next = next
    } else {
      slot(of: page).pointee = next
    }
    page.header.pointee.next = nil
    page.header.pointee.previous = nil
    page.header.pointee.isListed = false
  }

  private borrowing func slot(of page: ArenaPage) -> UnsafeMutablePointer<ArenaPage?> {
    guard let pages = state.pointee.pages else { preconditionFailure("an arena without a table") }
    return pages + Int(page.header.pointee.blockByteCount) >> 3
  }
}

// MARK: Runs

extension OwnedArena {
  /// Gets a run of pages: one, then as many as there are, so that a small arena holds little and a
  /// large one few runs.
  private borrowing func addRun() throws(MemoryError) {
    let layout = allocator.core.layout
    let most = layout.largestSmallBlock / ArenaPage.byteCount
    let pageCount = min(max(1, state.pointee.pageCount.roundedUpToPowerOfTwo()), most)
    var byteCount = pageCount * ArenaPage.byteCount
    // Blocks of whole pages begin at a page in slabs, elsewhere they may not.
    if !allocator.alignsPages(of: kind) { byteCount += ArenaPage.byteCount - 16 }
    let block = try get(byteCount: byteCount)
    let skipped = -Int(bitPattern: block.base) & (ArenaPage.byteCount - 1)
    assert(skipped + pageCount * ArenaPage.byteCount <= block.byteCount, "a run beyond its block")
    let run = ArenaRun(firstPage: ArenaPage(base: block.base + skipped))
    run.record.initialize(
      to: ArenaRun.Record(block: block, pageCount: pageCount, freeCount: pageCount))
    insertFirst(run)
    state.pointee.pageCount += pageCount
  }

  private borrowing func insertFirst(_ run: ArenaRun) {
    let first = state.pointee.firstRun
    run.record.pointee.next = first
    run.record.pointee.previous = nil
    if let first { first.record.pointee.previous = run } else { state.pointee.lastRun = run }
    state.pointee.firstRun = run
  }

  private borrowing func moveToEnd(_ run: ArenaRun) {
    if state.pointee.lastRun == run { return }
    remove(run)
    let last = state.pointee.lastRun
    run.record.pointee.previous = last
    run.record.pointee.next = nil
    last?.record.pointee.next = run
    state.pointee.lastRun = run
  }

  private borrowing func remove(_ run: ArenaRun) {
    let next = run.record.pointee.next
    let previous = run.record.pointee.previous
    if let next {
      next.record.pointee.previous = previous
    } else {
      state.pointee.lastRun = previous
    }
    if let previous {
      previous.record.pointee.next = next
    } else {
      state.pointee.firstRun = next
    }
  }
}

// MARK: Blocks that share nothing

extension OwnedArena {
  @inline(never)
  borrowing func takeLarge(_ size: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
    let block = try get(byteCount: size + ArenaLargeLinks.byteCount)
    let links = block.base.bindMemory(to: ArenaLargeLinks.self, capacity: 1)
    let first = state.pointee.firstLarge
    links.initialize(to: ArenaLargeLinks(next: first, previous: nil, block: block))
    first?.pointee.previous = links
    state.pointee.firstLarge = links
    return block.base + ArenaLargeLinks.byteCount
  }

  borrowing func freeLarge(_ content: UnsafeMutableRawPointer) {
    let links = self.links(of: content)
    let next = links.pointee.next
    let previous = links.pointee.previous
    next?.pointee.previous = previous
    if let previous { previous.pointee.next = next } else { state.pointee.firstLarge = next }
    give(back: links.pointee.block)
  }

  borrowing func resizeLarge(
    _ content: UnsafeMutableRawPointer, to size: Int
  ) throws(MemoryError) -> Bool {
    let links = self.links(of: content)
    let old = links.pointee.block
    let growth = max(0, size + ArenaLargeLinks.byteCount - old.byteCount)
    try state.pointee.budget?.charge(byteCount: growth)
    let resized: MemoryBlock?
    do {
      resized = try allocator.resizeInPlace(
        old, toByteCount: size + ArenaLargeLinks.byteCount, kind: kind)
    } catch {
      state.pointee.budget?.credit(byteCount: growth)
      throw error
    }
    let difference = (resized ?? old).byteCount - old.byteCount
    state.pointee.budget?.chargeBeyondLimit(byteCount: difference - growth)
    guard let resized else { return false }
    links.pointee.block = resized
    state.pointee.heldByteCount += difference
    return true
  }

  borrowing func freeAllLarge() {
    while let links = state.pointee.firstLarge {
      state.pointee.firstLarge = links.pointee.next
      give(back: links.pointee.block)
    }
  }

  private borrowing func links(
    of content: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<ArenaLargeLinks> {
    (content - ArenaLargeLinks.byteCount).assumingMemoryBound(to: ArenaLargeLinks.self)
  }
}

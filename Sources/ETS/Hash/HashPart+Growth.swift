import Carriers
import Synchronization
import Terms

/// The index grows and shrinks by a line at a time: line n takes what belongs to it from line
/// n - 2^k, the largest 2^k up to n, and gives it back there. Under the part's lock.
extension HashPart {
  /// The keys for each line before another one is added, and below which one is taken away, in
  /// sixteenths.
  private static var mostKeysBy16: Int { 72 }
  private static var fewestKeysBy16: Int { 28 }
  /// The entries that one write may move. Only what was inserted while the table was fixed may
  /// make a chain longer than that.
  private static var mostMoved: Int { 64 }

  /// Adds lines where there are many keys for each, two at most.
  @inline(__always)
  func growIfNeeded() {
    if state.pointee.entryCount &* 16 > lineCount &* Self.mostKeysBy16 { grow() }
  }

  @inline(never)
  private func grow() {
    if state.pointee.fixCount > 0 { return }
    var moved = 0
    for _ in 0..<2 {
      let number = lineCount
      if state.pointee.entryCount * 16 <= number * Self.mostKeysBy16 { break }
      if number > Int(UInt32.max) - 1 { break }
      let parent = state.pointee.directory[Self.parent(of: number)]
      if moved > 0 && moved + chainCount(parent) > Self.mostMoved { break }
      guard let count = split(parent, into: number) else { break }
      moved += count
    }
    state.pointee.mostMoved = max(state.pointee.mostMoved, moved)
  }

  /// Takes lines away where there are few keys for each, two at most.
  @inline(__always)
  func shrinkIfNeeded() {
    if state.pointee.entryCount &* 16 < lineCount &* Self.fewestKeysBy16 { shrink() }
  }

  @inline(never)
  private func shrink() {
    if state.pointee.fixCount > 0 { return }
    var moved = 0
    for _ in 0..<2 {
      let number = lineCount - 1
      if number < LineDirectory.firstSegmentLines { break }
      if state.pointee.entryCount * 16 >= lineCount * Self.fewestKeysBy16 { break }
      let last = state.pointee.directory[number]
      if moved > 0 && moved + chainCount(last) > Self.mostMoved { break }
      guard let count = merge(last, number) else { break }
      moved += count
    }
    state.pointee.mostMoved = max(state.pointee.mostMoved, moved)
  }

  /// Takes away lines of which there are too many.
  /// - Precondition: nothing is fixed, or by the caller alone.
  /// - Parameter most: how many at most.
  /// - Returns: whether there may be others.
  func shrink(atMost most: Int) -> Bool {
    for _ in 0..<most {
      let number = lineCount - 1
      let isEnough = state.pointee.entryCount * 16 >= lineCount * Self.fewestKeysBy16
      if isEnough || number < LineDirectory.firstSegmentLines { return false }
      if merge(state.pointee.directory[number], number) == nil { return false }
    }
    return true
  }

  /// The line that a line's entries came from.
  private static func parent(of line: Int) -> Int { line - 1 << level(of: line) }

  /// The bit of a hash that tells a line's entries from those of its parent.
  private static func level(of line: Int) -> Int {
    Int.bitWidth - 1 - line.leadingZeroBitCount
  }
}

// MARK: One line

extension HashPart {
  /// Adds a line.
  /// - Returns: the entries it took, or nothing where memory was refused; then nothing has changed.
  private func split(_ parent: IndexLine, into number: Int) -> Int? {
    let (segment, place) = LineDirectory.place(of: number)
    if place == 0 {
      guard let memory = try? makeSegment(segment) else { return nil }
      state.pointee.directory.slots[segment].store(UInt(bitPattern: memory), ordering: .relaxed)
    }
    let new = state.pointee.directory[number]
    new.clear()
    parent.changeVersion()
    new.changeVersion()
    let count = divide(parent, new, atBit: Self.level(of: number))
    if count != nil {
      state.pointee.lineCount.store(number + 1, ordering: .releasing)
    } else {
      moveAll(from: new, to: parent)
      // Gives back the further lines that it got.
      compact(new)
    }
    compact(parent)
    new.changeVersion()
    parent.changeVersion()
    if count == nil && place == 0 { freeSegment(segment) }
    return count
  }

  /// Takes the last line away.
  private func merge(_ last: IndexLine, _ number: Int) -> Int? {
    let parent = state.pointee.directory[Self.parent(of: number)]
    parent.changeVersion()
    last.changeVersion()
    let count = chainCount(last)
    let isPossible = makeRoom(in: parent, for: count)
    if isPossible {
      moveAll(from: last, to: parent)
      state.pointee.lineCount.store(number, ordering: .releasing)
    }
    compact(last)
    compact(parent)
    last.changeVersion()
    parent.changeVersion()
    if !isPossible { return nil }
    let (segment, place) = LineDirectory.place(of: number)
    if place == 0 { freeSegment(segment) }
    return count
  }

  private func freeSegment(_ segment: Int) {
    let start = state.pointee.directory.slots[segment].load(ordering: .relaxed)
    state.pointee.objects.retire(
      block: Self.block(ofSegment: segment, at: start),
      byteCount: Self.segmentByteCount(segment))
  }

  private func chainCount(_ first: IndexLine) -> Int {
    var count = 0
    forEachPlace(of: first) { _, _ in count += 1 }
    return count
  }

  /// Calls with each place of a chain that has an entry; the body may take it out.
  private func forEachPlace(of first: IndexLine, _ body: (IndexLine, Int) -> Void) {
    var line = first
    while true {
      for slot in 0..<IndexLine.entryCount where line.print(slot) != 0 { body(line, slot) }
      guard let next = line.link else { return }
      line = next
    }
  }

  /// Moves the entries whose hash has a bit to the chain of a new line.
  /// - Returns: how many, or nothing where memory or a hash could not be had on the way.
  private func divide(_ source: IndexLine, _ target: IndexLine, atBit bit: Int) -> Int? {
    var count = 0
    var line = target
    var isComplete = true
    forEachPlace(of: source) { from, slot in
      guard isComplete else { return }
      let entry = from.entry(slot)
      do {
        let hash = bit >= 8 && bit < 24 ? entry.hash << 8 : try hash(key(of: entry))
        if hash >> UInt(bit) & 1 == 0 { return }
        line = try lineWithRoom(from: line)
      } catch {
        isComplete = false
        return
      }
      line.put(entry, print: from.print(slot), at: IndexLine.place(of: line.freePlaces))
      from.remove(slot)
      count += 1
    }
    return isComplete ? count : nil
  }

  /// Moves all entries from one chain to another that has room for them.
  private func moveAll(from source: IndexLine, to target: IndexLine) {
    var line = target
    forEachPlace(of: source) { from, slot in
      while line.freePlaces == 0, let next = line.link { line = next }
      line.put(
        from.entry(slot), print: from.print(slot), at: IndexLine.place(of: line.freePlaces))
      from.remove(slot)
    }
  }

  /// Gives a chain further lines until there is room for so many entries more.
  /// - Returns: whether memory was to be had.
  private func makeRoom(in first: IndexLine, for count: Int) -> Bool {
    var places = IndexLine.entryCount
    var line = first
    while let next = line.link {
      places += 5
      line = next
    }
    var room = places - chainCount(first)
    while room < count {
      guard let further = try? makeLine() else { return false }
      line.setLink(further)
      line = further
      room += 5
    }
    return true
  }

  /// The first line of the rest of a chain that has a free place, which may be a new one.
  private func lineWithRoom(from start: IndexLine) throws(TableError) -> IndexLine {
    var line = start
    while line.freePlaces == 0 {
      if let next = line.link {
        line = next
      } else {
        let further = try makeLine()
        line.setLink(further)
        line = further
      }
    }
    return line
  }

  /// Moves the entries of a chain to its front and gives back the lines without any.
  /// - Precondition: the first line's version is odd.
  private func compact(_ first: IndexLine) {
    var free = first
    var line = first
    while let next = line.link {
      for slot in 0..<IndexLine.entryCount where next.print(slot) != 0 {
        while free != next && free.freePlaces == 0, let link = free.link { free = link }
        if free == next { break }
        let entry = next.entry(slot)
        free.put(entry, print: next.print(slot), at: IndexLine.place(of: free.freePlaces))
        next.remove(slot)
      }
      if next.prints != 0 {
        line = next
        continue
      }
      if free == next { free = line }
      if let rest = next.link { line.relink(rest) } else { line.removeLink() }
      state.pointee.linkedLineCount -= 1
      state.pointee.objects.retire(block: next.words, byteCount: IndexLine.byteCount)
    }
  }
}

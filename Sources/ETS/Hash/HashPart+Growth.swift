import Carriers
import Synchronization
import Terms

/// The index grows and shrinks by a line at a time: line n takes what belongs to it from line
/// n - 2^k, the largest 2^k up to n, and gives it back there. Under the part's lock.
extension HashPart {
  /// The keys for each line before another one is added, and below which one is taken away, in
  /// sixteenths.
  private static var mostKeysBy16: Int { 64 }
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
      if moved > 0 && moved + parent.chainCount > Self.mostMoved { break }
      guard let count = split(parent, into: number) else { break }
      moved += count
    }
    state.pointee.mostMoved = max(state.pointee.mostMoved, moved)
  }

  /// Takes lines away where there are few keys for each, two at most.
  @inline(__always)
  func shrinkIfNeeded() {
    if hasTooManyLines { shrink() }
  }

  @inline(__always)
  private var hasTooManyLines: Bool {
    state.pointee.entryCount &* 16 < lineCount &* Self.fewestKeysBy16
  }

  @inline(never)
  private func shrink() {
    if state.pointee.fixCount > 0 { return }
    var moved = 0
    for _ in 0..<2 {
      let number = lineCount - 1
      if number < LineDirectory.firstLines || !hasTooManyLines { break }
      let last = state.pointee.directory[number]
      if moved > 0 && moved + last.chainCount > Self.mostMoved { break }
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
      if number < LineDirectory.firstLines || !hasTooManyLines { return false }
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

  /// The same bit in ``TableEntry/hash``; nothing where entries do not have it.
  private static func entryBit(of line: Int) -> UInt? {
    let level = level(of: line)
    return level >= 8 && level < 24 ? UInt(level - 8) : nil
  }
}

// MARK: One line

extension HashPart {
  /// Adds a line.
  /// - Returns: the entries it took, or nothing where memory was refused; then nothing has changed.
  private func split(_ parent: IndexLine, into number: Int) -> Int? {
    let segment = LineDirectory.segment(of: number)
    let isFirst = number == LineDirectory.firstLine(ofSegment: segment)
    if isFirst {
      guard let memory = try? makeSegment(segment) else { return nil }
      state.pointee.directory.setSegment(segment, at: memory)
    }
    let new = state.pointee.directory[number]
    // Else it is empty since it was taken away.
    if number >= state.pointee.begunLineCount {
      new.clear()
      state.pointee.begunLineCount = number + 1
    }
    if let count = divideAtOnce(parent, new, number) { return count }
    let count = withItems(count: parent.chainCount) { divide(parent, new, number, by: $0) }
    if count == nil && isFirst { freeSegment(segment, at: new) }
    return count
  }

  /// Divides one line, by a bit that the entries have.
  /// - Returns: nothing where it is another case.
  @inline(__always)
  private func divideAtOnce(_ parent: IndexLine, _ new: IndexLine, _ number: Int) -> Int? {
    guard let bit = Self.entryBit(of: number), parent.link == nil else { return nil }
    versions.change(number, Self.parent(of: number))
    let count = parent.divide(into: new, bit: bit)
    publish(lineCount: number + 1)
    versions.change(number, Self.parent(of: number))
    return count
  }

  private func divide(
    _ parent: IndexLine, _ new: IndexLine, _ number: Int, by items: ChainItems
  ) -> Int? {
    let counts: (kept: Int, moved: Int)
    if let bit = Self.entryBit(of: number) {
      counts = parent.part(into: items) { Int(bitPattern: $0.hash >> bit & 1) }
    } else {
      let bit = Self.level(of: number)
      do throws(TableError) {
        counts = try parent.part(into: items) { entry throws(TableError) in
          entry.isNone || IndexLine.isLink(entry)
            ? 0 : Int(bitPattern: try hash(key(of: entry)) >> UInt(bit) & 1)
        }
      } catch {
        return nil
      }
    }
    versions.change(number, Self.parent(of: number))
    let isPossible = extend(new, toHold: counts.moved)
    let surplus: IndexLine?
    if isPossible {
      _ = write(items.end - counts.moved, count: counts.moved, to: new)
      publish(lineCount: number + 1)
      surplus = write(items.start, count: counts.kept, to: parent)
    } else {
      surplus = write(items.start, count: 0, to: new)
    }
    versions.change(number, Self.parent(of: number))
    retire(chain: surplus)
    return isPossible ? counts.moved : nil
  }

  /// Takes the last line away.
  private func merge(_ last: IndexLine, _ number: Int) -> Int? {
    let parent = state.pointee.directory[Self.parent(of: number)]
    let moved = last.chainCount
    let total = parent.chainCount + moved
    let count =
      uniteAtOnce(last, parent, number, total: total)
      ? moved
      : withItems(count: total) { unite(last, parent, number, by: $0) }
    if count == nil { return nil }
    let segment = LineDirectory.segment(of: number)
    if number == LineDirectory.firstLine(ofSegment: segment) { freeSegment(segment, at: last) }
    return count
  }

  /// Unites two lines whose entries find place in one.
  /// - Returns: whether it is that case.
  @inline(__always)
  private func uniteAtOnce(
    _ last: IndexLine, _ parent: IndexLine, _ number: Int, total: Int
  ) -> Bool {
    if total >= IndexLine.entryCount || parent.link != nil || last.link != nil { return false }
    versions.change(number, Self.parent(of: number))
    parent.unite(with: last)
    publish(lineCount: number)
    versions.change(number, Self.parent(of: number))
    return true
  }

  private func unite(
    _ last: IndexLine, _ parent: IndexLine, _ number: Int, by items: ChainItems
  ) -> Int? {
    let own = parent.part(into: items) { _ in 0 }.kept
    let total = own + last.part(into: items.dropping(own)) { _ in 0 }.kept
    versions.change(number, Self.parent(of: number))
    let isPossible = extend(parent, toHold: total)
    let surplus = write(items.start, count: isPossible ? total : own, to: parent)
    var lastSurplus: IndexLine?
    if isPossible {
      publish(lineCount: number)
      lastSurplus = write(items.start, count: 0, to: last)
    }
    versions.change(number, Self.parent(of: number))
    retire(chain: surplus)
    retire(chain: lastSurplus)
    return isPossible ? total - own : nil
  }

  private func freeSegment(_ segment: Int, at first: IndexLine) {
    state.pointee.begunLineCount = LineDirectory.firstLine(ofSegment: segment)
    state.pointee.objects.retire(
      block: Self.block(ofSegment: segment, at: UnsafeMutableRawPointer(first.words)),
      byteCount: Self.segmentByteCount(segment))
  }
}

// MARK: Chains

extension HashPart {
  /// Runs a piece of work with room for the entries of chains.
  /// - Returns: nothing where memory was refused.
  private func withItems(count: Int, _ body: (ChainItems) -> Int?) -> Int? {
    if count < ChainItems.stackRoom {
      return withUnsafeTemporaryAllocation(
        of: ChainItem.self, capacity: ChainItems.stackRoom
      ) { body(ChainItems($0)) }
    }
    let byteCount = (count + 1) * MemoryLayout<ChainItem>.stride
    guard let memory = try? state.pointee.objects.allocate(byteCount: byteCount) else { return nil }
    defer { state.pointee.objects.arena.free(memory, byteCount: byteCount) }
    let items = memory.bindMemory(to: ChainItem.self, capacity: count + 1)
    return body(ChainItems(UnsafeMutableBufferPointer(start: items, count: count + 1)))
  }

  /// Gives a chain further lines until it has places for so many entries.
  /// - Returns: whether memory was to be had.
  private func extend(_ first: IndexLine, toHold count: Int) -> Bool {
    var places = IndexLine.entryCount
    var line = first
    while places < count {
      if let next = line.link {
        line = next
      } else {
        guard let further = try? makeLine() else { return false }
        line.setLink(further)
        line = further
      }
      places += IndexLine.linkedCount
    }
    return true
  }

  /// Writes a chain anew.
  /// - Returns: the first of the lines that it needs no more. They are retired once the versions are
  ///   even again: a retirement may wait for readers, and these for the version.
  /// - Precondition: there are places for all items.
  private func write(
    _ items: UnsafeMutablePointer<ChainItem>, count: Int, to first: IndexLine
  ) -> IndexLine? {
    var line = first
    var (items, count) = (items, count)
    while count > IndexLine.entryCount {
      guard let next = line.link else { preconditionFailure("a chain is too short for its items") }
      line.write(items, count: IndexLine.linkedCount, keepsLink: true)
      items += IndexLine.linkedCount
      count -= IndexLine.linkedCount
      line = next
    }
    let surplus = line.link
    line.write(items, count: count, keepsLink: false)
    return surplus
  }

  private func retire(chain first: IndexLine?) {
    var next = first
    while let line = next {
      next = line.link
      retire(furtherLine: line)
    }
  }
}

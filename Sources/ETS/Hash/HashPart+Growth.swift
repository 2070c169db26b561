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
  /// The entries that one write may move.
  private static var mostMoved: Int { 64 }

  /// Adds lines where there are many keys for each, two at most.
  @inline(__always)
  func growIfNeeded() {
    let lineCount = lineCount
    if state.pointee.entryCount &* 16 <= lineCount &* Self.mostKeysBy16 { return }
    grow()
  }

  @inline(never)
  private func grow() {
    if state.pointee.fixCount > 0 { return }
    var moved = 0
    for _ in 0..<2 {
      let lineCount = lineCount
      if state.pointee.entryCount * 16 <= lineCount * Self.mostKeysBy16 { break }
      guard let count = split(lineCount, atMost: Self.mostMoved - moved) else { break }
      moved += count
    }
    state.pointee.mostMoved = max(state.pointee.mostMoved, moved)
  }

  /// Adds the line of a number.
  /// - Returns: the entries it moved, or nothing where it has to wait: for memory, or for a later
  ///   write as there would be too many.
  private func split(_ number: Int, atMost most: Int) -> Int? {
    if number > Int(UInt32.max) - 1 { return nil }
    let level = Int.bitWidth - 1 - number.leadingZeroBitCount
    let old = state.pointee.directory[number - 1 << level]
    guard var chain = LineChain(collecting: old), chain.count <= most,
      divide(&chain, atBit: level)
    else { return nil }
    let (segment, place) = LineDirectory.place(of: number)
    if place == 0 {
      guard let memory = try? Self.makeSegment(segment, in: state.pointee.arena) else { return nil }
      state.pointee.directory.slots[segment].store(UInt(bitPattern: memory), ordering: .relaxed)
    }
    let new = state.pointee.directory[number]
    new.clear()
    old.changeVersion()
    new.changeVersion()
    chain.fill(new, isUpper: true)
    state.pointee.lineCount.store(number + 1, ordering: .releasing)
    chain.fill(old, isUpper: false)
    new.changeVersion()
    old.changeVersion()
    freeSpare(&chain)
    return chain.upperCount
  }

  /// Takes lines away where there are few keys for each.
  @inline(__always)
  func shrinkIfNeeded() {
    let lineCount = lineCount
    if state.pointee.entryCount &* 16 >= lineCount &* Self.fewestKeysBy16 { return }
    shrink()
  }

  @inline(never)
  private func shrink() {
    if state.pointee.fixCount > 0 { return }
    var moved = 0
    for _ in 0..<2 {
      let lineCount = lineCount
      if lineCount == LineDirectory.firstSegmentLines { break }
      if state.pointee.entryCount * 16 >= lineCount * Self.fewestKeysBy16 { break }
      guard let count = merge(lineCount - 1, atMost: Self.mostMoved - moved) else { break }
      moved += count
    }
    state.pointee.mostMoved = max(state.pointee.mostMoved, moved)
  }

  /// Takes the last line away.
  private func merge(_ number: Int, atMost most: Int) -> Int? {
    let level = Int.bitWidth - 1 - number.leadingZeroBitCount
    let old = state.pointee.directory[number - 1 << level]
    let last = state.pointee.directory[number]
    guard var chain = LineChain(collecting: last) else { return nil }
    let moved = chain.count
    guard moved <= most, chain.collect(old) else { return nil }
    while chain.lineCount < chain.neededLineCount {
      guard let line = try? makeLine() else {
        freeSpare(&chain)
        return nil
      }
      chain.addSpare(line)
    }
    old.changeVersion()
    last.changeVersion()
    chain.fill(old, isUpper: false)
    state.pointee.lineCount.store(number, ordering: .releasing)
    last.clearEntries()
    last.changeVersion()
    old.changeVersion()
    freeSpare(&chain)
    let (segment, place) = LineDirectory.place(of: number)
    if place == 0 {
      let start = state.pointee.directory.slots[segment].load(ordering: .relaxed)
      retire(
        block: Self.block(ofSegment: segment, at: start),
        byteCount: Self.segmentByteCount(segment))
    }
    return moved
  }

  /// Marks the entries of a chain whose hash has a bit; `false` where a hash cannot be had.
  private func divide(_ chain: inout LineChain, atBit level: Int) -> Bool {
    for index in 0..<chain.count {
      let entry = chain.entry(index)
      if level >= 8 && level < 24 {
        chain.setUpper(entry.hash >> UInt(level - 8) & 1 != 0, index)
      } else {
        guard let hash = try? hash(key(of: entry)) else { return false }
        chain.setUpper(hash >> UInt(level) & 1 != 0, index)
      }
    }
    return true
  }

  private func freeSpare(_ chain: inout LineChain) {
    while let line = chain.takeSpare() {
      state.pointee.linkedLineCount -= 1
      retire(block: line.words, byteCount: IndexLine.byteCount)
    }
  }
}

/// What stands in one or two chains of lines, on its way to others.
private struct LineChain {
  static var most: Int { 64 }
  static var mostLines: Int { 16 }

  private var entries = InlineArray<64, UInt>(repeating: 0)
  private var prints = InlineArray<64, UInt8>(repeating: 0)
  private var lines = InlineArray<16, UInt>(repeating: 0)
  private(set) var count = 0
  /// Further lines that nobody filled yet.
  private(set) var lineCount = 0
  private var upper: UInt64 = 0

  /// Collects a chain; nothing where it is too long.
  init?(collecting first: IndexLine) {
    if !collect(first) { return nil }
  }

  /// Collects one more chain; `false` where both are too long.
  mutating func collect(_ first: IndexLine) -> Bool {
    var line = first
    while true {
      for slot in 0..<IndexLine.entryCount where line.print(slot) != 0 {
        if count == Self.most { return false }
        entries[count] = line.entry(slot).bits
        prints[count] = UInt8(line.print(slot))
        count += 1
      }
      guard let next = line.link else { return true }
      if lineCount == Self.mostLines { return false }
      lines[lineCount] = UInt(bitPattern: next.words)
      lineCount += 1
      line = next
    }
  }

  /// The further lines that one chain of all entries needs.
  var neededLineCount: Int { count <= 6 ? 0 : (count - 6 + 4) / 5 }

  func entry(_ index: Int) -> TableEntry { TableEntry(bits: entries[index]) }

  /// The entries that go to the new line.
  var upperCount: Int { upper.nonzeroBitCount }

  mutating func setUpper(_ isUpper: Bool, _ index: Int) {
    if isUpper { upper |= 1 << UInt64(index) }
  }

  /// Adds a further line that stands in no chain.
  mutating func addSpare(_ line: IndexLine) {
    lines[lineCount] = UInt(bitPattern: line.words)
    lineCount += 1
  }

  /// Takes a further line that is in no chain any more.
  mutating func takeSpare() -> IndexLine? {
    if lineCount == 0 { return nil }
    lineCount -= 1
    return IndexLine(UnsafeMutablePointer(bitPattern: lines[lineCount]).unsafelyUnwrapped)
  }

  /// Makes a line the first of a chain of the entries that go there, with further lines as needed.
  /// - Precondition: its version is odd; two chains need no more further lines than one did.
  mutating func fill(_ first: IndexLine, isUpper: Bool) {
    first.clearEntries()
    var line = first
    var slot = 0
    for index in 0..<count where (upper >> UInt64(index) & 1 != 0) == isUpper {
      if slot == IndexLine.entryCount {
        guard let next = takeSpare() else { preconditionFailure("a chain without lines") }
        next.clearEntries()
        line.setLink(next)
        line = next
        slot = 1
      }
      line.put(entry(index), print: UInt(prints[index]), at: slot)
      slot += 1
    }
  }
}

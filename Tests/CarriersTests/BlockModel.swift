import Carriers
import Testing

/// What a test knows about the blocks it holds: each one's bytes carry a pattern of its own.
struct BlockModel {
  struct Entry {
    var block: MemoryBlock
    var kind: MemoryKind
    var pattern: UInt64
  }

  private(set) var entries: [Entry] = []
  private var nextPattern: UInt64 = 1

  /// Takes a new block and fills it.
  mutating func add(_ block: MemoryBlock, kind: MemoryKind) {
    let entry = Entry(block: block, kind: kind, pattern: nextPattern &* 0x9E37_79B9_7F4A_7C15)
    nextPattern += 1
    Self.fill(entry)
    entries.append(entry)
  }

  /// Gives a block up, which must still hold its pattern.
  mutating func remove(at index: Int) -> Entry {
    entries.swapAt(index, entries.count - 1)
    let entry = entries.removeLast()
    #expect(Self.isIntact(entry.block, entry.pattern), "the block at \(entry.block.base) changed")
    return entry
  }

  /// Puts a block's new size in, and fills what is new.
  mutating func resize(at index: Int, to block: MemoryBlock) {
    let common = min(block.byteCount, entries[index].block.byteCount)
    let isIntact = Self.isIntact(block, entries[index].pattern, byteCount: common)
    #expect(isIntact, "resizing changed the block at \(block.base)")
    #expect(block.base == entries[index].block.base)
    entries[index].block = block
    Self.fill(entries[index])
  }

  /// Whether all blocks hold what was written and no two share a byte.
  func isWhole() -> Bool {
    let sorted = entries.map(\.block).sorted { $0.base < $1.base }
    for (left, right) in zip(sorted, sorted.dropFirst())
    where left.base + left.byteCount > right.base { return false }
    return entries.allSatisfy { Self.isIntact($0.block, $0.pattern) }
  }

  /// The usable bytes of the blocks of a kind.
  func byteCount(of kind: MemoryKind) -> Int {
    entries.reduce(0) { $1.kind == kind ? $0 + $1.block.byteCount : $0 }
  }

  // Both ends and a word of each page: enough to see a neighbour's hand, and quick.
  private static func offsets(_ byteCount: Int) -> [Int] {
    Array(stride(from: 0, through: byteCount - 8, by: 4096)) + [8, byteCount - 16, byteCount - 8]
  }

  private static func fill(_ entry: Entry) {
    for offset in offsets(entry.block.byteCount) {
      let word = entry.pattern ^ UInt64(offset % 4096 == 0 ? offset : 1)
      entry.block.base.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
    }
  }

  private static func isIntact(
    _ block: MemoryBlock, _ pattern: UInt64, byteCount: Int? = nil
  ) -> Bool {
    let common = byteCount ?? block.byteCount
    // A resized block's old end is in the middle of the new one: only what starts pages is there.
    let isWhole = common == block.byteCount && byteCount == nil
    let places = isWhole ? offsets(common) : Array(stride(from: 0, to: common, by: 4096))
    return places.allSatisfy { offset in
      let word = pattern ^ UInt64(offset % 4096 == 0 ? offset : 1)
      return block.base.load(fromByteOffset: offset, as: UInt64.self) == word
    }
  }
}

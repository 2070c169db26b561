import Synchronization

/// Carriers of blocks with headers that no instance owns, by kind: little of them was in use when
/// they were left.
///
/// A block that is freed meanwhile waits in its carrier's list for the next owner, whose strategy it
/// then goes to; the first word of such a block is the next one, the second tells that it waits. Not
/// thread-safe: its owner's lock guards it, and what its carriers hold.
struct BlockCarrierPool: ~Copyable {
  private var lists = InlineArray<16, BlockCarriers>(repeating: BlockCarriers())

  /// Carriers that a request looks at.
  private static var mostLookedAt: Int { 8 }

  /// Whether free blocks hold a pattern.
  private let fillsFreeBlocks: Bool

  init(fillsFreeBlocks: Bool) { self.fillsFreeBlocks = fillsFreeBlocks }

  /// Carriers in the pool.
  var count: Int { MemoryKind.allCases.reduce(0) { $0 + lists[$1.index].count } }

  /// Takes up a carrier; its largest free block is known.
  mutating func insert(_ carrier: BlockCarrier) {
    carrier.fields.pointee.links = TreeLinks()
    // Releasing: pairs with the acquiring load in `Instance.freeForeign`.
    carrier.fields.pointee.owner.store(Slab.pooled, ordering: .releasing)
    lists[carrier.fields.pointee.kind.index].insert(carrier)
  }

  /// Takes a carrier out in which a block of so many bytes is free.
  mutating func take(byteCount: Int, kind: MemoryKind, for owner: UInt) -> BlockCarrier? {
    var next = lists[kind.index].first
    var looks = 0
    while let carrier = next, looks < Self.mostLookedAt {
      if Int(carrier.fields.pointee.largestFree) < byteCount {
        carrier.joinWaiting(fillsFreeBlocks: fillsFreeBlocks)
      }
      if Int(carrier.fields.pointee.largestFree) >= byteCount {
        lists[kind.index].remove(carrier)
        // Releasing: as in `insert`.
        carrier.fields.pointee.owner.store(owner, ordering: .releasing)
        return carrier
      }
      next = carrier.fields.pointee.next
      looks += 1
    }
    return nil
  }

  /// Frees a block of a carrier in the pool.
  /// - Returns: whether no block of the carrier is in use any more; then it has left the pool.
  mutating func free(_ block: Block, of carrier: BlockCarrier) -> Bool {
    let fields = carrier.fields
    fields.pointee.usedByteCount -= UInt32(block.byteCount)
    if fields.pointee.usedByteCount == 0 {
      lists[fields.pointee.kind.index].remove(carrier)
      return true
    }
    let next = fields.pointee.links.left
    block.payload.storeBytes(of: next, as: TreeNode?.self)
    block.payload.storeBytes(
      of: RemoteOrigin.word(carrier, kind: fields.pointee.kind), toByteOffset: 8, as: UInt.self)
    fields.pointee.links.left = block.links
    return false
  }

  /// Lets all that was freed meanwhile join its neighbours.
  func joinWaiting() { forEach { $0.joinWaiting(fillsFreeBlocks: fillsFreeBlocks) } }

  /// Calls the body with each carrier.
  func forEach(_ body: (BlockCarrier) -> Void) {
    for kind in MemoryKind.allCases { lists[kind.index].forEach(body) }
  }
}

extension BlockCarrier {
  /// Takes the blocks out that were freed while the carrier was in the pool.
  func takeWaiting(_ body: (Block) -> Void) {
    var next = fields.pointee.links.left
    fields.pointee.links = TreeLinks()
    while let node = next {
      let block = Block(links: node)
      next = node.pointee.left
      block.payload.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
      body(block)
    }
  }

  /// Makes one block of those that were freed while the carrier was in the pool and of their free
  /// neighbours, which no strategy knows of.
  /// - Complexity: O(blocks) where there are such.
  func joinWaiting(fillsFreeBlocks: Bool) {
    if fields.pointee.links.left == nil { return }
    takeWaiting { $0.setFree(byteCount: $0.byteCount, isLast: $0.isLast) }
    var largest = 0
    var next: Block? = firstBlock
    while let block = next {
      if block.isFree {
        block.joinFreeBehind(fillsFreeBlocks: fillsFreeBlocks)
        largest = max(largest, block.byteCount)
      }
      next = block.next
    }
    fields.pointee.largestFree = UInt32(largest)
  }

  /// Calls the body with each block in use of a carrier in the pool.
  func forEachUsedInPool(_ body: (Block) -> Void) {
    var waiting = Set<UnsafeMutableRawPointer>()
    var next = fields.pointee.links.left
    while let node = next {
      waiting.insert(Block(links: node).header)
      next = node.pointee.left
    }
    forEachBlock { if !$0.isFree && !waiting.contains($0.header) { body($0) } }
  }
}

extension Block {
  /// Makes one block of a free one and those behind it that are free, or were just freed.
  fileprivate func joinFreeBehind(fillsFreeBlocks: Bool) {
    var sum = byteCount
    var last = self
    while let next = last.next, next.isFree {
      sum += next.byteCount
      last = next
    }
    if last == self, let next, next.isPreviousFree { return }
    MemoryPoison.allow(header, byteCount: sum)
    setFree(byteCount: sum, isLast: last.isLast)
    next?.setPreviousFree(true)
    if fillsFreeBlocks { FreePattern.fill(header + Block.linksEnd, upTo: end - 8) }
    forbidUnused()
  }
}

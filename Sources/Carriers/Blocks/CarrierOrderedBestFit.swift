/// The carrier of the lowest address with a block that fits, in it the smallest that does: low
/// carriers stay full, high ones run empty, and within one little is split.
///
/// Each carrier has a tree of its free blocks by size, its root in the carrier's head; the heads
/// of carriers with free blocks are a tree by address.
struct CarrierOrderedBestFit: FreeBlockIndex, ~Copyable {
  private var carriers = BlockTree<CarrierOrder>()

  private let carrierByteCount: Int

  init(carrierByteCount: Int) { self.carrierByteCount = carrierByteCount }

  /// By address; a carrier counts as large as its largest free block.
  private enum CarrierOrder: TreeOrder {
    static var keepsLargest: Bool { true }
    static func byteCount(of node: TreeNode) -> Int {
      Int(BlockCarrier(links: node).fields.pointee.largestFree)
    }
    static func precedes(_ left: TreeNode, _ right: TreeNode) -> Bool { left < right }
  }

  mutating func insert(_ block: Block) {
    let carrier = carrier(of: block).fields
    var tree = BlockTree<SizeOrder>(root: carrier.pointee.firstFree)
    tree.insert(block.links)
    let isNew = carrier.pointee.firstFree == nil
    carrier.pointee.firstFree = tree.root
    if isNew {
      carrier.pointee.largestFree = UInt32(block.byteCount)
      carriers.insert(links(carrier))
    } else if block.byteCount > Int(carrier.pointee.largestFree) {
      carrier.pointee.largestFree = UInt32(block.byteCount)
      carriers.updateLargest(from: links(carrier))
    }
  }

  mutating func remove(_ block: Block) {
    let carrier = carrier(of: block).fields
    var tree = BlockTree<SizeOrder>(root: carrier.pointee.firstFree)
    tree.remove(block.links)
    carrier.pointee.firstFree = tree.root
    guard let last = tree.last else { return carriers.remove(links(carrier)) }
    if block.byteCount < Int(carrier.pointee.largestFree) { return }
    carrier.pointee.largestFree = UInt32(SizeOrder.byteCount(of: last))
    carriers.updateLargest(from: links(carrier))
  }

  mutating func take(byteCount: Int) -> Block? {
    guard let node = carriers.firstFit(byteCount: byteCount) else { return nil }
    let tree = BlockTree<SizeOrder>(root: BlockCarrier(links: node).fields.pointee.firstFree)
    guard let found = tree.first(where: { SizeOrder.byteCount(of: $0) >= byteCount })
    else { preconditionFailure("a carrier lacks the largest block it should have") }
    let block = Block(links: found)
    remove(block)
    return block
  }

  private func carrier(of block: Block) -> BlockCarrier {
    BlockCarrier(of: block, carrierByteCount: carrierByteCount)
  }

  /// The links are the first of a carrier's fields.
  private func links(_ fields: UnsafeMutablePointer<BlockCarrier.Fields>) -> TreeNode {
    UnsafeMutableRawPointer(fields).assumingMemoryBound(to: TreeLinks.self)
  }

  func forEach(_ body: (Block) -> Void) {
    carriers.forEach { node in
      BlockTree<SizeOrder>(root: BlockCarrier(links: node).fields.pointee.firstFree)
        .forEach { body(Block(links: $0)) }
    }
  }

  func isWhole() -> Bool {
    var isWhole = carriers.isWhole()
    carriers.forEach { node in
      let carrier = BlockCarrier(links: node).fields
      let tree = BlockTree<SizeOrder>(root: carrier.pointee.firstFree)
      if !tree.isWhole() { isWhole = false }
      if tree.last.map(SizeOrder.byteCount) != Int(carrier.pointee.largestFree) { isWhole = false }
    }
    return isWhole
  }
}

/// The smallest free block that fits, the lowest where several are of that size.
struct BestFit: FreeBlockIndex, ~Copyable {
  private var tree = BlockTree<SizeOrder>()

  init(carrierByteCount: Int) {}

  mutating func insert(_ block: Block) { tree.insert(block.links) }

  mutating func remove(_ block: Block) { tree.remove(block.links) }

  mutating func take(byteCount: Int) -> Block? {
    guard let node = tree.first(where: { SizeOrder.byteCount(of: $0) >= byteCount })
    else { return nil }
    tree.remove(node)
    return Block(links: node)
  }

  func forEach(_ body: (Block) -> Void) { tree.forEach { body(Block(links: $0)) } }

  func isWhole() -> Bool { tree.isWhole() }
}

/// The free block of the lowest address that fits: high carriers run empty and can be given back.
struct AddressOrderedFirstFit: FreeBlockIndex, ~Copyable {
  private var tree = BlockTree<AddressOrder>()

  init(carrierByteCount: Int) {}

  mutating func insert(_ block: Block) { tree.insert(block.links) }

  mutating func remove(_ block: Block) { tree.remove(block.links) }

  mutating func take(byteCount: Int) -> Block? {
    guard let node = tree.firstFit(byteCount: byteCount) else { return nil }
    tree.remove(node)
    return Block(links: node)
  }

  func forEach(_ body: (Block) -> Void) { tree.forEach { body(Block(links: $0)) } }

  func isWhole() -> Bool { tree.isWhole() }
}

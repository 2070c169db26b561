/// Lists of free blocks, one for each size class. A request looks at a few blocks of its own class
/// and else takes any of the next class that has one: constant time, seldom the best fit.
struct GoodFit: FreeBlockIndex, ~Copyable {
  /// Classes up to 16 MiB: more than any carrier.
  private static var binCount: Int { 144 }
  /// Blocks of a request's own class that are looked at, some of which may be too small.
  private static var mostLookedAt: Int { 3 }

  private let bins: UnsafeMutablePointer<TreeNode?>
  /// A bit for each list that is not empty.
  private var filled = InlineArray<3, UInt64>(repeating: 0)

  init(carrierByteCount: Int) {
    bins = .allocate(capacity: Self.binCount)
    bins.initialize(repeating: nil, count: Self.binCount)
  }

  deinit { bins.deallocate() }

  // A list is linked by `right` to the next and by `left` to the one before.

  mutating func insert(_ block: Block) {
    let bin = Self.bin(of: block)
    let node = block.links
    let first = bins[bin]
    node.initialize(to: TreeLinks(left: nil, right: first, parent: nil))
    first?.pointee.left = node
    bins[bin] = node
    filled[bin >> 6] |= 1 << UInt64(bin & 63)
  }

  mutating func remove(_ block: Block) {
    let node = block.links
    let next = node.pointee.right
    next?.pointee.left = node.pointee.left
    if let previous = node.pointee.left {
      previous.pointee.right = next
      return
    }
    let bin = Self.bin(of: block)
    bins[bin] = next
    if next == nil { filled[bin >> 6] &= ~(1 << UInt64(bin & 63)) }
  }

  mutating func take(byteCount: Int) -> Block? {
    let own = SizeClass(holding: byteCount).index
    var next = bins[own]
    var looks = 0
    while let node = next, looks < Self.mostLookedAt {
      let block = Block(links: node)
      if block.byteCount >= byteCount {
        remove(block)
        return block
      }
      next = node.pointee.right
      looks += 1
    }
    guard let bin = firstFilled(from: own + 1), let node = bins[bin] else { return nil }
    let block = Block(links: node)
    remove(block)
    return block
  }

  /// The least size whose blocks a request of so many bytes is sure to find: of its own class it
  /// looks at a few only, which may be too small, unless the request is the least of the class.
  static func certainByteCount(of byteCount: Int) -> Int {
    let own = SizeClass(holding: byteCount)
    let isLeast = SizeClass(holding: byteCount - 16).index < own.index
    return isLeast ? byteCount : own.byteCount + 16
  }

  func forEach(_ body: (Block) -> Void) {
    for bin in 0..<Self.binCount {
      var next = bins[bin]
      while let node = next {
        next = node.pointee.right
        body(Block(links: node))
      }
    }
  }

  func isWhole() -> Bool {
    (0..<Self.binCount).allSatisfy { bin in
      let isFilled = filled[bin >> 6] >> UInt64(bin & 63) & 1 != 0
      guard isFilled == (bins[bin] != nil) else { return false }
      var last: TreeNode?
      var next = bins[bin]
      while let node = next {
        if node.pointee.left != last || Self.bin(of: Block(links: node)) != bin { return false }
        last = node
        next = node.pointee.right
      }
      return true
    }
  }

  /// The class whose blocks are no larger than this one, and larger than those of the class before.
  private static func bin(of block: Block) -> Int { SizeClass(holding: block.byteCount).index }

  private func firstFilled(from bin: Int) -> Int? {
    var index = bin >> 6
    var mask = ~UInt64(0) << UInt64(bin & 63)
    while index < 3 {
      let found = filled[index] & mask
      if found != 0 { return index << 6 + found.trailingZeroBitCount }
      mask = ~0
      index += 1
    }
    return nil
  }
}

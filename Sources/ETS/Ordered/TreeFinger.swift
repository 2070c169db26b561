import Carriers
import Heaps
import Synchronization
import Terms

/// Where a thread found a key last. The next one is often near, and then not looked for from the root
/// (a finger: Guibas, McCreight, Plass and Roberts, "A new representation for linear lists", 1977).
///
/// It stands in the thread's own memory (``ReadMemo``), so who reads writes nothing that others read.
/// A leaf it leads to may be gone; that no node left the tree since is what its number says: the
/// tree's count of nodes that did, which no two trees ever share.
struct TreeFinger: BitwiseCopyable {
  private let memo: UnsafeMutablePointer<ReadMemo>

  /// The finger of the calling thread.
  @inline(__always)
  init(of tree: OrderedTree) {
    memo = tree.state.pointee.allocator._withUnsafeGuaranteedRef { $0.reader }.memo
  }

  /// The place in the leaf.
  @inline(__always)
  var index: Int {
    get { Int(bitPattern: memo.pointee.place) }
    nonmutating set { memo.pointee.place = UInt(bitPattern: newValue) }
  }

  /// Points at a place in a leaf.
  /// - Parameter retiredNodes: as they were before the leaf was looked for.
  @inline(__always)
  func set(_ leaf: OrderedTree.Sight, index: Int, retiredNodes: UInt) {
    memo.pointee.number = retiredNodes
    memo.pointee.object = leaf.bits
    self.index = index
  }

  /// The leaf, where a key belongs into it for certain: it is there, or others on both sides are.
  ///
  /// Within a section, which began before the tree's number is read: so the leaf stays readable.
  @inline(__always)
  func leaf(in tree: OrderedTree, of key: Term, prefix: UInt) -> OrderedTree.Sight? {
    if memo.pointee.number != tree.retiredNodes { return nil }
    let node = TreeNode(bits: memo.pointee.object)
    let sight = OrderedTree.Sight(bits: node.bits, version: node.version)
    let extent = node.extent
    let last = extent.count &- 1
    if sight.isLost || last < 0 { return nil }
    let (lowest, highest) = (node.prefix(0, in: extent), node.prefix(last, in: extent))
    let isWithin =
      (lowest < prefix || lowest == prefix && tree.hasKey(key, node.entry(0, in: extent)))
      && (prefix < highest
        || highest == prefix && tree.hasKey(key, node.entry(last, in: extent)))
    return isWithin ? sight : nil
  }

  /// Where a key stands in the leaf, if that is where it was last or right behind.
  @inline(__always)
  func place(
    of key: Term, prefix: UInt, in leaf: TreeNode, _ tree: OrderedTree
  ) -> OrderedTree.Place? {
    let extent = leaf.extent
    for guess in index...index &+ 1
    where guess < extent.count && leaf.prefix(guess, in: extent) == prefix {
      let entry = leaf.entry(guess, in: extent)
      if tree.hasKey(key, entry) { return OrderedTree.Place(index: guess, entry: entry) }
    }
    return nil
  }
}

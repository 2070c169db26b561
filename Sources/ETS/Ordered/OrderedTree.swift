import Carriers
import Heaps
import Synchronization
import Terms

/// The record of an ``OrderedTree``.
struct OrderedTreeState: ~Copyable {
  /// Nothing: the thread sanitizer takes a change of any field for one of the first.
  private let beginning: UInt = 0
  /// The root and, in the upper 16 bits, the levels of inner nodes; 0 where there are no objects.
  let root = Atomic<UInt>(0)
  /// Which element of an object is its key, as a place among the object's words.
  let keyPosition: Int
  let atoms: AtomTable
  let order: TermOrder
  /// That of the objects' environment: for readers, who count no reference to it.
  let allocator: Unmanaged<BlockAllocator>
  /// Counts the nodes that left the tree, from a number on that no other tree ever comes to.
  let retiredNodes: Atomic<UInt>

  /// Numbers for trees: far enough apart, as no tree retires so many nodes.
  private static let lastNumber = Atomic<UInt>(0)

  // Behind this line what only writers touch: readers wait for no lock that another thread takes.
  private let padding = InlineArray<8, UInt>(repeating: 0)
  /// Taken by who writes.
  let lock = TableLock()
  var objects: ObjectStore
  /// Objects for readers.
  let objectCount = Atomic<Int>(0)
  /// Traversals that want no object to be missed; objects stand in order anyway.
  var fixCount = 0
  /// The most entries that one write ever moved from node to node, for tests and reports.
  var mostMoved = 0
  /// From the root to a leaf; see ``TreePath``.
  var path = TreePath()

  init(objects: consuming ObjectStore, options: OrderedTreeOptions, atoms: AtomTable) {
    retiredNodes = Atomic(
      Self.lastNumber.add(1, ordering: .relaxed).newValue << 36)
    order = TermOrder(
      atoms: atoms, scratch: objects.environment.scratch, funs: options.funs)
    allocator = .passUnretained(objects.environment.allocator)
    self.objects = objects
    keyPosition = options.keyPosition
    self.atoms = atoms
  }
}

/// What a tree is made with.
struct OrderedTreeOptions {
  let keyPosition: Int
  let limit: TableLimit?
  /// Whether all of an object but its key is packed.
  var isCompressed = false
  /// Who names funs in keys.
  var funs: (any FunNaming)?
}

/// A table of type `ordered_set`: a B+ tree over the keys in standard order, in which keys that are
/// equal under `==` are one, and the arena of its objects (Bayer and McCreight, "Organization and
/// maintenance of large ordered indexes", 1972; Comer, "The ubiquitous B-tree", 1979).
///
/// One thread at a time writes, under the tree's lock. Any thread reads at any time, inside a
/// ``ThreadReader``'s section: who reads takes no lock, but begins again where a node changed
/// meanwhile. What stands in a node is readable as long as the section lasts, also where the node
/// changes: words are replaced whole, and what they led to waits in the limbo.
struct OrderedTree: BitwiseCopyable {
  let state: UnsafeMutablePointer<OrderedTreeState>

  private static var ownByteCount: Int { MemoryLayout<OrderedTreeState>.size }

  /// Makes a tree without objects.
  /// - Parameters:
  ///   - budget: bounds what it holds.
  ///   - besideByteCount: what the table holds beside it.
  init(
    options: OrderedTreeOptions, environment: HeapEnvironment, atoms: AtomTable,
    budget: MemoryBudget? = nil, besideByteCount: Int = 0
  ) throws(TableError) {
    let allocator = environment.allocator
    do throws(MemoryError) {
      let block = try allocator.allocate(byteCount: Self.ownByteCount, kind: .ets)
      do throws(MemoryError) {
        let objects = try ObjectStore(
          environment: environment, limit: options.limit,
          packingKeyPosition: options.isCompressed ? options.keyPosition : nil,
          charge: TableCharge(budget, besideByteCount: block.byteCount + besideByteCount))
        state = block.base.bindMemory(to: OrderedTreeState.self, capacity: 1)
        state.initialize(
          to: OrderedTreeState(objects: objects, options: options, atoms: atoms))
      } catch {
        allocator.free(block, kind: .ets)
        throw error
      }
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Gives all memory back, and the references that objects hold.
  /// - Precondition: nobody else uses the tree.
  /// - Complexity: O(runs of pages + handles of binaries).
  func destroy() {
    let environment = state.pointee.objects.environment
    state.pointee.objects.removeAll()
    state.deinitialize(count: 1)
    environment.allocator.free(at: state, byteCount: Self.ownByteCount, kind: .ets)
  }

  /// Takes out all objects at once.
  /// - Precondition: nobody reads.
  /// - Complexity: O(runs of pages + handles of binaries).
  func removeAll() {
    countRetired()
    state.pointee.objects.removeAll()
    state.pointee.objectCount.store(0, ordering: .relaxed)
    state.pointee.root.store(0, ordering: .releasing)
  }

  /// The objects there are.
  var objectCount: Int { state.pointee.objectCount.load(ordering: .relaxed) }

  /// The bytes of the blocks that the tree has in use.
  var byteCount: Int { Self.ownByteCount + state.pointee.objects.byteCount }

  /// Begins a time in which a traversal wants no object to be missed. Objects stand in order, so
  /// nothing has to be kept for it.
  func fix() { state.pointee.fixCount += 1 }

  /// Ends it.
  func unfix() {
    precondition(state.pointee.fixCount > 0, "a table that is not fixed is released")
    state.pointee.fixCount -= 1
  }
}

// MARK: Objects

extension OrderedTree {
  /// The key of an object.
  @inline(__always)
  func key(of entry: TableEntry) -> Term {
    Term(bits: entry.words[state.pointee.keyPosition])
  }

  /// Whether the key of an entry of a leaf is a term with the same prefix, at sight: they may be equal
  /// nevertheless.
  @inline(__always)
  func hasKey(_ key: Term, _ entry: TableEntry) -> Bool {
    entry.hasSmallKey ? key.isSmall : self.key(of: entry) == key
  }

  /// The key of a separator that has one.
  @inline(__always)
  func key(ofSeparator entry: TableEntry) -> Term { Term(bits: entry.words[1]) }

  /// The prefix of a key.
  @inline(__always)
  func prefix(of key: Term) -> UInt { KeyPrefix.of(key, atoms: state.pointee.atoms) }

  /// The order of two keys.
  @inline(never)
  func compare(_ left: Term, _ right: Term) throws(TableError) -> Int {
    do {
      return try state.pointee.order.compare(left, right)
    } catch {
      throw TableError(error)
    }
  }

  /// How many nodes left the tree.
  @inline(__always)
  var retiredNodes: UInt { state.pointee.retiredNodes.load(ordering: .acquiring) }

  /// Counts a node that leaves the tree, or all: before it can be freed, so that who finds the number
  /// as it was within a section may read the node.
  private func countRetired() {
    state.pointee.retiredNodes.store(retiredNodes &+ 1, ordering: .releasing)
  }

  /// Keeps a node until nobody reads it, then gives it back.
  func retire(node: TreeNode, byteCount: Int) {
    countRetired()
    state.pointee.objects.retire(block: node.words, byteCount: byteCount)
  }
}

import Carriers
import Synchronization

/// What the heaps of one system share: where their memory comes from, the levers, the listener.
public final class HeapEnvironment: Sendable {
  /// Where blocks come from.
  public let allocator: BlockAllocator
  /// The same, for the shortest ways.
  @usableFromInline let uncounted: UncountedAllocator
  /// The levers, the same for every heap of the system.
  public let levers: HeapLevers
  /// The areas of terms that no collection moves.
  public let literals: LiteralAreas
  /// Hears of collections and of limits that are reached; nobody by default.
  public let listener: (any CollectionListener)?
  /// The same, where it wants to hear of each collection.
  let collectionListener: (any CollectionListener)?
  /// Those of single heaps, by the addresses of their states: few heaps have one.
  let ownListeners = Mutex<[UInt: any CollectionListener]>([:])
  /// Working memory for the traversals of terms.
  public let scratch: BlockScratch
  /// Memory of binaries outside the heaps.
  public let binaries: BlockBinaries

  /// Makes an environment over an allocator.
  public init(
    allocator: BlockAllocator, levers: HeapLevers = HeapLevers(),
    listener: (any CollectionListener)? = nil
  ) {
    self.allocator = allocator
    uncounted = UncountedAllocator(allocator)
    self.levers = levers
    self.listener = listener
    collectionListener = listener.flatMap { $0.wantsCollections ? $0 : nil }
    scratch = BlockScratch(allocator: allocator)
    binaries = BlockBinaries(allocator: allocator)
    literals = LiteralAreas(allocator: allocator, binaries: binaries)
  }
}

extension HeapEnvironment {
  /// The blocks of all binaries outside the heaps, by address, with their bytes.
  /// - Complexity: O(blocks of the system).
  package var binaryBlocks: [UInt: Int] {
    var blocks: [UInt: Int] = [:]
    allocator.forEachBlock { if $0.kind == .binary { blocks[$0.address] = $0.byteCount } }
    return blocks
  }
}

/// The levers by which heaps are broken on purpose.
public struct HeapLevers: Sendable {
  /// Collect at every n-th ensure; 0 leaves collections to their rules. A collection always moves
  /// the heap to another block.
  public var zeal: Int
  /// Verify the whole heap after each collection, and fill freed words with a pattern.
  public var verifies: Bool
  /// Make every collection a full sweep.
  public var alwaysSweepsFully: Bool
  /// Give the block another size, and so most often another place, at every ensure.
  public var movesBlocks: Bool
  /// Whether each ensure is to take its slow path.
  var looksAtEveryEnsure: Bool { zeal > 0 || movesBlocks }

  /// Makes levers that are all at rest.
  public init(
    zeal: Int = 0, verifies: Bool = false, alwaysSweepsFully: Bool = false,
    movesBlocks: Bool = false
  ) {
    precondition(zeal >= 0, "a zeal of \(zeal)")
    self.zeal = zeal
    self.verifies = verifies
    self.alwaysSweepsFully = alwaysSweepsFully
    self.movesBlocks = movesBlocks
  }

  /// Fills words that hold nothing any more. Read as a term it is a boxed one at an address that
  /// no process has, so a use of it traps.
  package static var freedWord: UInt { 0xDEAD_F00D_DEAD_F00A }
}

/// Why a heap could not give what was asked.
public enum HeapError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Memory was refused; the heap is as it was, or collected but without the room asked for.
  case outOfMemory(MemoryError)
  /// The words asked for are beyond any heap.
  case tooLarge(words: Int)
  /// A collection would have needed more than the heap's limit; the heap is as it was.
  case limitReached(LimitExcess)
  /// The options for a heap contradict each other.
  case invalidOptions(HeapOptionsError)

  /// One line that says what was refused.
  public var description: String {
    switch self {
    case .outOfMemory(let error): "no memory for a heap: \(error)"
    case .tooLarge(let words): "no heap can hold \(words) more words"
    case .limitReached(let excess): "\(excess)"
    case .invalidOptions(let error): "\(error)"
    }
  }
}

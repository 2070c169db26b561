import Carriers
import Terms

/// The hot state of a process's memory, in raw memory and reached by a pointer.
///
/// ```
///   start                                                            end
///     |<------------- young heap ------------->|        |<--- stack --->|
///     +----------------+-----------------------+--------+---------------+
///     | survived once  | built since           | free   |               |
///     +----------------+-----------------------+--------+---------------+
///                  highWater                  top    stackTop
///
///     +--------------------------+--------+
///     | old generation           | free   |    a block of its own, absent at first
///     +--------------------------+--------+
///   oldStart                   oldTop  oldEnd
/// ```
/// The heap grows up from `start`, the stack down from `end`; always
/// `start <= highWater <= top <= stackTop <= end`, and after each ensure and each collection, even one
/// that was refused a larger block, `top + reserved <= stackTop`: the reserved words hold the return
/// address that a call pushes without a test.
///
/// Owner thread only. An embedder reads and moves `top` and `stackTop`; the rest is the
/// collector's.
@frozen
public struct HeapState: BitwiseCopyable {
  /// The first free word of the heap.
  public var top: UnsafeMutablePointer<UInt>
  /// The last word pushed on the stack: the stack is `stackTop ..< end`.
  public var stackTop: UnsafeMutablePointer<UInt>
  /// The bytes kept free between heap and stack at every test for room. A lever that collects
  /// at every ensure sets it so high that each test fails and the slow path decides.
  public var reservedBytes: Int
  /// The first word of the block.
  public var start: UnsafeMutablePointer<UInt>
  /// The end of the block, where the stack begins.
  public var end: UnsafeMutablePointer<UInt>
  /// What stands below it has survived a collection and is promoted by the next minor one.
  public package(set) var highWater: UnsafeMutablePointer<UInt>

  /// What was built beside the young block.
  package var fragments = FragmentList()
  /// What survived the last collection, where its block was given up since; else empty.
  @usableFromInline var givenUpMature: AddressRange
  @usableFromInline package var old: OldGeneration?

  /// The objects of both generations that hold something outside the heap.
  public var offHeap = OffHeapList()
  /// The limits on what they hold.
  public var virtualHeap: VirtualHeap

  package var options: HeapOptions
  @usableFromInline var flags: Flags = []
  package var minorsSinceFullSweep: UInt16 = 0
  /// The sections under way in which no collection may run.
  package var delays: Int16 = 0
  /// Ensures since the last collection that the zeal lever asked for.
  package var ensuresSinceZeal: Int32 = 0
  package var tallies = HeapTallies()

  /// Makes the state of a fresh block with an empty heap and an empty stack.
  init(block: MemoryBlock, words: Int, options: HeapOptions, reservedBytes: Int) {
    start = block.words
    top = block.words
    highWater = block.words
    end = block.words + words
    stackTop = end
    self.options = options
    givenUpMature = .empty
    virtualHeap = VirtualHeap(minimumWords: options.minimumVirtualWords)
    self.reservedBytes = reservedBytes
  }

  /// One bit each, as there are as many of these records as processes.
  @usableFromInline struct Flags: OptionSet, BitwiseCopyable, Sendable {
    @usableFromInline let rawValue: UInt8
    @usableFromInline init(rawValue: UInt8) { self.rawValue = rawValue }
    static let growsAtNextFullSweep = Flags(rawValue: 1)
    static let isCollectionPostponed = Flags(rawValue: 2)
    static let isFullSweepPostponed = Flags(rawValue: 4)
    static let hasOwnListener = Flags(rawValue: 8)

    subscript(flag: Flags) -> Bool {
      get { contains(flag) }
      set { if newValue { insert(flag) } else { remove(flag) } }
    }
  }

  package var growsAtNextFullSweep: Bool {
    get { flags[.growsAtNextFullSweep] }
    set { flags[.growsAtNextFullSweep] = newValue }
  }
  /// Whether a collection was asked for in a section where none may run.
  package var isCollectionPostponed: Bool {
    get { flags[.isCollectionPostponed] }
    set { flags[.isCollectionPostponed] = newValue }
  }
  /// Whether that collection is to be a full sweep.
  package var isFullSweepPostponed: Bool {
    get { flags[.isFullSweepPostponed] }
    set { flags[.isFullSweepPostponed] = newValue }
  }
  /// Whether somebody hears of this heap's collections besides the system's listener.
  var hasOwnListener: Bool {
    get { flags[.hasOwnListener] }
    set { flags[.hasOwnListener] = newValue }
  }

  /// What survived the last collection and is promoted by the next minor one.
  var mature: AddressRange {
    givenUpMature.isEmpty ? AddressRange(start, highWater) : givenUpMature
  }
  /// The block that the heap and the stack share.
  var youngBlock: MemoryBlock { MemoryBlock(words: start, count: blockWords) }

  /// Calls with the start and the end of the objects in each of its generations and fragments.
  package func forEachSpace(
    _ body: (UnsafeMutablePointer<UInt>, UnsafeMutablePointer<UInt>) -> Void
  ) {
    body(start, top)
    if let old { body(old.start, old.top) }
    fragments.forEach { body($0.start, $0.top) }
  }

  /// Whether an address is in one of its generations or fragments, not in its stack.
  package func holds(_ address: UInt) -> Bool {
    var isHeld = false
    forEachSpace { isHeld = isHeld || AddressRange($0, $1).contains(address) }
    return isHeld
  }

  /// Whether an object is in the old generation.
  @inlinable @inline(__always)
  func isOld(_ object: UnsafeMutablePointer<UInt>) -> Bool {
    guard let old else { return false }
    return old.start <= object && object < old.top
  }

  /// The words between heap and stack.
  @inlinable public var freeWords: Int { stackTop - top }
  /// The words of the block, heap, stack and what is free between them.
  @inlinable public var blockWords: Int { end - start }
  /// The words of the young heap in use.
  @inlinable public var usedWords: Int { top - start }
  /// The words of the young heap and of the fragments beside it.
  package var youngGenerationWords: Int { usedWords + fragments.words }
  /// The words of all objects.
  /// - Complexity: O(1)
  var wordsInUse: Int { youngGenerationWords + (old?.usedWords ?? 0) }
  /// The words of the stack in use.
  @inlinable public var stackWords: Int { end - stackTop }

  /// Why the next ensure is to collect, whatever room there is; nothing where it need not.
  var dueCollection: CollectionEvent.Reason? {
    if isCollectionPostponed { return .postponed }
    if offHeap.virtualWords > virtualHeap.youngLimit { return .virtualHeap }
    return fragments.words > freeWords ? .fragments : nil
  }
  /// Has the next ensure collect, if there is reason to.
  mutating func requestCollectionIfDue() {
    if dueCollection != nil { reservedBytes = Self.neverRoomBytes }
  }
  /// A reserve that no block has room for: so every ensure takes the slow path.
  static var neverRoomBytes: Int { Int.max / 4 }

  /// Whether there is room for so many words on top of the reserve.
  @inlinable @inline(__always)
  public func hasRoom(words: Int) -> Bool {
    // Divided rather than multiplied: a number of words beyond all memory must not wrap around.
    (UnsafeMutableRawPointer(stackTop) - UnsafeMutableRawPointer(top) &- reservedBytes) &>> 3
      >= words
  }
}

/// The old generation: objects that survived two collections, in a block of their own.
@usableFromInline
package struct OldGeneration: BitwiseCopyable {
  @usableFromInline package var start: UnsafeMutablePointer<UInt>
  @usableFromInline package var top: UnsafeMutablePointer<UInt>
  @usableFromInline package var end: UnsafeMutablePointer<UInt>

  init(block: MemoryBlock, words: Int) {
    start = block.words
    top = block.words
    end = block.words + words
  }

  var block: MemoryBlock { MemoryBlock(words: start, count: blockWords) }

  package var blockWords: Int { end - start }
  package var usedWords: Int { top - start }
}

extension MemoryBlock {
  /// A block of which its owner keeps no more than where it begins and how many words it asked for.
  init(words: UnsafeMutablePointer<UInt>, count: Int) {
    self.init(base: words, byteCount: count * MemoryLayout<UInt>.stride)
  }

  /// The block seen as words.
  var words: UnsafeMutablePointer<UInt> { base.assumingMemoryBound(to: UInt.self) }
}

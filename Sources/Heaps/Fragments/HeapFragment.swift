import Carriers
import Terms

/// A block of terms that are built outside any heap and then handed to one.
///
/// ```swift
/// var fragment = try HeapFragment(environment: heap.environment, words: 2)
/// let cell = fragment.build { cursor, _ in cursor.makeCons(.small(1), .nil) }
/// heap.attach(fragment)   // from now on `cell` is a term of that heap
/// ```
/// Any thread may build it; nothing of a heap is touched until it is attached.
public struct HeapFragment: ~Copyable {
  fileprivate let environment: HeapEnvironment
  private let block: MemoryBlock
  private let words: Int
  private var top: UnsafeMutablePointer<UInt>
  private(set) var offHeap = OffHeapList()
  private var isAttached = false

  /// Makes an empty fragment.
  /// - Parameters:
  ///   - environment: that of the heap it is for.
  ///   - words: the most words that can be built in it.
  /// - Throws: ``HeapError``; then nothing is held.
  public init(environment: HeapEnvironment, words: Int) throws(HeapError) {
    precondition(words >= 0, "a fragment of \(words) words")
    guard words <= ProcessHeap.largestRequestWords else { throw .tooLarge(words: words) }
    let blockWords = words + FragmentList.noteWords
    let block = try environment.allocateHeapBlock(words: blockWords, kind: .processHeap)
    self.environment = environment
    self.block = block
    self.words = blockWords
    top = block.words
  }

  deinit {
    if isAttached { return }
    var list = offHeap
    list.releaseAll(to: environment.binaries)
    environment.freeHeapBlock(block, words: words, kind: .processHeap)
  }

  /// Builds terms in what is left of the fragment.
  ///
  /// The terms may refer to terms of the fragment, to literals, and to terms of the heap that the
  /// fragment will be attached to, as long as that heap does not collect before.
  /// - Parameter body: builds at the cursor and links what holds binaries in the list; where it
  ///   throws, nothing was built and the references it linked are given back.
  public mutating func build<Result, Failure: Error>(
    _ body: (inout WordCursor, inout OffHeapList) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = offHeap
    var cursor = WordCursor(top: top, limit: block.words + words - FragmentList.noteWords)
    do {
      let result = try body(&cursor, &offHeap)
      top = cursor.top
      return result
    } catch {
      offHeap.release(downTo: before, to: environment.binaries)
      throw error
    }
  }

  /// Hands the block and what its objects hold over to a heap's lists.
  fileprivate mutating func move(to state: UnsafeMutablePointer<HeapState>) {
    isAttached = true
    state.pointee.fragments.push(
      start: block.words, top: top, end: block.words + words, blockBytes: block.byteCount)
    state.pointee.offHeap.push(contentsOf: offHeap)
  }
}

extension ProcessHeap {
  /// Makes the terms of a fragment terms of this heap, without moving them.
  ///
  /// The next collection moves them into the heap; it is due as soon as the fragments hold more
  /// than is free in the young block.
  /// - Precondition: the fragment was made with the heap's own environment.
  /// - Complexity: O(1), and one step for each object of the fragment that holds a binary.
  public mutating func attach(_ fragment: consuming HeapFragment) {
    precondition(
      fragment.environment === environment, "a fragment of another system is attached to a heap")
    var fragment = fragment
    fragment.move(to: state)
    requestCollectionIfDue()
  }

  /// Builds terms where there is room: on the heap, or else in a fragment. Never collects, so it
  /// takes no roots and every term stays valid.
  ///
  /// - Parameters:
  ///   - words: the most words that the closure builds.
  ///   - body: builds at the cursor and links what holds binaries in the list.
  /// - Throws: ``HeapError``; then nothing was built.
  public mutating func buildInPlace<Result>(
    words: Int, _ body: (inout WordCursor, inout OffHeapList) -> Result
  ) throws(HeapError) -> Result {
    if state.pointee.freeWords - HeapSizes.reservedWords >= words { return buildLinked(body) }
    var fragment = try HeapFragment(environment: environment, words: words)
    let result = fragment.build(body)
    attach(fragment)
    return result
  }
}

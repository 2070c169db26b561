import Carriers
import Terms

/// A process's heap and stack in one block, and its old generation.
///
/// Only calls that take roots may collect. What was ensured can then be built without fail:
///
/// ```swift
/// try heap.ensureFree(words: 2, roots: &registers)   // the only line that may collect
/// registers[0] = heap.build { $0.makeCons(.small(1), .nil) }
/// ```
///
/// Owner thread only.
public struct ProcessHeap: ~Copyable {
  /// The hot state, in raw memory; it does not move while the heap lives.
  public let state: UnsafeMutablePointer<HeapState>
  /// What it shares with the other heaps of its system.
  public let environment: HeapEnvironment

  /// Makes an empty heap with an empty stack.
  ///
  /// - Parameters:
  ///   - environment: where memory comes from.
  ///   - options: what it may set.
  ///   - words: what the first block must have room for.
  /// - Throws: ``HeapError``; then nothing is held.
  public init(
    environment: HeapEnvironment, options: HeapOptions = HeapOptions(), words: Int = 0
  ) throws(HeapError) {
    precondition(words >= 0, "a heap of \(words) words")
    do { try options.validate() } catch { throw .invalidOptions(error) }
    let least = max(options.minimumWords, words)
    guard least <= Self.largestRequestWords else { throw .tooLarge(words: least) }
    // The table of sizes is asked where the least size would not do.
    let blockWords =
      options.minimumWords >= words + HeapSizes.reservedWords
      ? options.minimumWords : HeapSizes.atLeast(words + HeapSizes.reservedWords)
    let stateBlock: MemoryBlock
    do {
      stateBlock = try environment.uncounted.allocate(
        byteCount: MemoryLayout<HeapState>.size, kind: .fixed)
    } catch {
      throw .outOfMemory(error)
    }
    let block: MemoryBlock
    do {
      block = try environment.allocateHeapBlock(words: blockWords, kind: .processHeap)
    } catch {
      environment.uncounted.free(stateBlock, kind: .fixed)
      throw error
    }
    state = stateBlock.base.bindMemory(to: HeapState.self, capacity: 1)
    state.initialize(
      to: HeapState(
        block: block, words: blockWords, options: options,
        reservedBytes: environment.usualReservedBytes))
    self.environment = environment
  }

  deinit {
    // Each once: every read of a reference is counted, and most heaps hold nothing of the sort.
    let allocator = environment.uncounted
    if state.pointee.offHeap.first != 0 {
      state.pointee.offHeap.releaseAll(to: environment.binaries)
    }
    allocator.free(state.pointee.youngBlock, kind: .processHeap)
    if let old = state.pointee.old { allocator.free(old.block, kind: .oldHeap) }
    if !state.pointee.fragments.isEmpty { environment.free(state.pointee.fragments) }
    if state.pointee.hasOwnListener { ownListener = nil }
    allocator.free(
      at: state, byteCount: MemoryLayout<HeapState>.size, kind: .fixed)
  }

  /// Makes sure that `words` can be built or pushed, collecting if they can't.
  ///
  /// - Parameters:
  ///   - words: words of heap and stack together.
  ///   - roots: every slot outside the stack that holds a term of this heap.
  /// - Throws: ``HeapError``; the process is then whole, with every term where its roots say.
  /// - Important: every `Term` that is not in a root slot or on the stack is invalid after it.
  /// - Complexity: O(1) while there is room, else that of a collection.
  @inlinable @inline(__always)
  public mutating func ensureFree(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    if state.pointee.hasRoom(words: words) { return }
    try makeRoom(words: words, roots: &roots)
  }

  /// A cursor over what is free between heap and stack.
  ///
  /// Building at it takes effect with ``commit(_:)``.
  @inlinable
  public var cursor: WordCursor {
    WordCursor(top: state.pointee.top, limit: state.pointee.stackTop)
  }

  /// Makes what was built at a ``cursor`` part of the heap.
  @inlinable
  public func commit(_ cursor: WordCursor) {
    assert(cursor.top >= state.pointee.top, "a cursor that went back")
    state.pointee.top = cursor.top
  }

  /// Builds terms on the heap within what was ensured.
  @inlinable @inline(__always)
  public func build<Result>(_ body: (inout WordCursor) -> Result) -> Result {
    var cursor = cursor
    let result = body(&cursor)
    commit(cursor)
    return result
  }

  /// Pushes a word on the stack.
  /// - Precondition: room for it was ensured.
  @inlinable
  public func push(_ term: Term) {
    state.pointee.stackTop -= 1
    state.pointee.stackTop.pointee = term.bits
  }

  /// Takes the last word from the stack.
  /// - Precondition: the stack is not empty (checked in debug builds).
  @inlinable
  public func pop() -> Term {
    assert(state.pointee.stackTop < state.pointee.end, "an empty stack has nothing to pop")
    let word = state.pointee.stackTop.pointee
    state.pointee.stackTop += 1
    return Term(bits: word)
  }

  /// The sizes at this moment.
  public var figures: HeapFigures {
    let heap = state.pointee
    return HeapFigures(
      youngBlockWords: heap.blockWords, youngUsedWords: heap.usedWords,
      stackWords: heap.stackWords, matureWords: heap.mature.words,
      oldBlockWords: heap.old?.blockWords ?? 0, oldUsedWords: heap.old?.usedWords ?? 0,
      fragmentWords: heap.fragments.words, virtualWords: heap.offHeap.virtualWords,
      virtualLimit: heap.virtualHeap.youngLimit, oldVirtualWords: heap.virtualHeap.oldWords,
      oldVirtualLimit: heap.virtualHeap.oldLimit)
  }
}

extension HeapEnvironment {
  /// The bytes that a heap keeps free where no collection is due.
  var usualReservedBytes: Int {
    levers.looksAtEveryEnsure
      ? HeapState.neverRoomBytes : HeapSizes.reservedWords * MemoryLayout<UInt>.stride
  }

  func allocateHeapBlock(words: Int, kind: MemoryKind) throws(HeapError) -> MemoryBlock {
    do {
      return try uncounted.allocate(byteCount: words * MemoryLayout<UInt>.stride, kind: kind)
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Gives a block back, filled with the pattern where freed words are to be seen.
  func freeHeapBlock(_ block: MemoryBlock, words: Int, kind: MemoryKind) {
    if levers.verifies { block.words.update(repeating: HeapLevers.freedWord, count: words) }
    uncounted.free(block, kind: kind)
  }
}

import Carriers
import Terms

extension ProcessHeap {
  /// Runs a section in which no collection happens: every term stays valid and where it is.
  ///
  /// Where room is asked for and there is none, the heap goes on in a further block, to which the
  /// stack moves, and the block before becomes a fragment. A collection that was asked for or is
  /// due then runs at the first ensure after the section. Sections may be nested.
  public mutating func withoutCollecting<Result, Failure: Error>(
    _ body: (inout ProcessHeap) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    delayCollections()
    defer { allowCollections() }
    return try body(&self)
  }

  /// Begins a section of ``withoutCollecting(_:)``.
  package func delayCollections() { state.pointee.delays += 1 }

  /// Ends it.
  package func allowCollections() {
    state.pointee.delays -= 1
    requestCollectionIfDue()
  }

  /// Makes room where no collection may run.
  mutating func makeRoomWithoutCollecting(words: Int) throws(HeapError) {
    let hasRoom = state.pointee.freeWords - HeapSizes.reservedWords >= words
    if hasRoom && environment.levers.zeal == 0 { return }
    guard words <= Self.largestRequestWords else { throw .tooLarge(words: words) }
    let before = state.pointee
    let newWords = HeapSizes.atLeast(
      before.stackWords + words + HeapSizes.reservedWords + Self.slackWords(behind: before))
    let block = try environment.allocateHeapBlock(words: newWords, kind: .processHeap)
    let end = block.words + newWords
    let stackTop = end - before.stackWords
    stackTop.update(from: before.stackTop, count: before.stackWords)

    // What survived the last collection stays where it is, in the block that is given up first.
    if before.givenUpMature.isEmpty { state.pointee.givenUpMature = before.mature }
    state.pointee.fragments.push(
      start: before.start, top: before.top, end: before.end,
      blockBytes: before.youngBlock.byteCount)
    state.pointee.isCollectionPostponed = true
    state.pointee.start = block.words
    state.pointee.top = block.words
    state.pointee.highWater = block.words
    state.pointee.end = end
    state.pointee.stackTop = stackTop
  }

  /// Room beyond what was asked for, so that not each small request takes another block: 40 words,
  /// as `erl_gc.c` of OTP 25 adds. But each block takes a copy of the stack, so there is room for as
  /// many words; and behind a block that a section took there is room for as many as are in it.
  private static func slackWords(behind heap: HeapState) -> Int {
    let isOfSection = heap.highWater == heap.start
    return max(40, heap.stackWords, isOfSection ? heap.usedWords : 0)
  }
}

import Carriers
import Terms

/// The blocks that a message grows in, each larger than what there was before: so its size need not
/// be known.
///
/// ```
///   | objects ...            | free | previous | start | end of objects | first place | bytes |
///                                   the block's own words, room for a record at the least
/// ```
/// The words of all blocks have places, counted from 1 through the blocks in their order; what is
/// left free at the end of one counts too.
struct MessageBlocks: ~Copyable {
  typealias Words = UnsafeMutablePointer<UInt>

  unowned(unsafe) private let environment: HeapEnvironment
  /// The block's own words of the last block, or 0.
  private var last: UInt = 0
  /// The words of all blocks but their own.
  private var capacity = 0

  init(environment: HeapEnvironment) { self.environment = environment }

  deinit {
    var next = last
    while let own = Words(bitPattern: next) {
      next = own[0]
      let start = UnsafeMutableRawPointer(bitPattern: own[1]).unsafelyUnwrapped
      environment.allocator.free(at: start, byteCount: Int(own[4]), kind: .processHeap)
    }
  }

  private static var ownWords: Int { Message.recordWords }
  /// Places are numbers of 32 bits.
  private static var mostWords: Int { Int(UInt32.max) - 1 }

  /// Where objects are built: in a block's words from `top` to `limit`.
  struct Room: BitwiseCopyable {
    let top: Words
    let limit: Words
    /// What to take from an address and to divide by 8 for its place.
    let bias: UInt
  }

  /// Goes on in a new block.
  /// - Parameters:
  ///   - top: the end of the objects in the last one, if there is one.
  ///   - words: what the new one has room for at the least.
  mutating func grow(from top: Words?, words: Int) throws(MessageError) -> Room {
    // Half of what there is: so no more than a third is ever left free.
    let words = max(words, capacity / 2)
    guard capacity + words <= Self.mostWords else { throw .tooLarge(words: capacity + words) }
    let blockWords = words + Self.ownWords
    let block: MemoryBlock
    do throws(MemoryError) {
      block = try environment.allocator.allocate(
        byteCount: blockWords * MemoryLayout<UInt>.stride, kind: .processHeap)
    } catch {
      throw .outOfMemory(error)
    }
    if let top { close(at: top) }
    let own = block.words + words
    own[0] = last
    own[1] = UInt(bitPattern: block.words)
    own[3] = UInt(capacity + 1)
    own[4] = UInt(block.byteCount)
    last = UInt(bitPattern: own)
    let bias = UInt(bitPattern: block.words) &- 8 &* UInt(capacity + 1)
    capacity += words
    return Room(top: block.words, limit: own, bias: bias)
  }

  private func close(at top: Words) {
    guard let own = Words(bitPattern: last) else { return }
    own[2] = UInt(bitPattern: top)
  }

  /// The address of a place.
  func address(of place: UInt32) -> UInt {
    var next = last
    while let own = Words(bitPattern: next) {
      if UInt(place) >= own[3] { return own[1] &+ 8 &* (UInt(place) &- own[3]) }
      next = own[0]
    }
    preconditionFailure("no block of a message has the place \(place)")
  }

  /// Makes a message of the blocks, which are its own then.
  /// - Parameters:
  ///   - top: the end of the objects in the last block.
  ///   - term: what was built.
  ///   - offHeap: the objects that hold something outside.
  mutating func finish(at top: Words, term: Term, offHeap: OffHeapList) -> Message {
    close(at: top)
    var message: Message?
    var words = 0
    var nextNote: UInt = 0
    while let own = Words(bitPattern: last) {
      let start = Words(bitPattern: own[1]).unsafelyUnwrapped
      let end = Words(bitPattern: own[2]).unsafelyUnwrapped
      let whole = MemoryBlock(base: start, byteCount: Int(own[4]))
      last = own[0]
      // Its own words are gone from here on.
      let block = shrink(whole, toWords: end - start)
      words += end - start
      // The first block's note stands in the record.
      let note = last == 0 ? Message(record: end).note : end
      FragmentList.write(
        at: note, next: nextNote, start: start, top: end, blockBytes: block.byteCount)
      nextNote = UInt(bitPattern: note)
      message = Message(record: end)
    }
    guard let message else { preconditionFailure("a message without a block") }
    message.initialize(term: term, offHeap: offHeap, words: words)
    return message
  }

  /// Gives back what is left of a large block; of a small one that would not be worth it.
  private func shrink(_ block: MemoryBlock, toWords words: Int) -> MemoryBlock {
    let byteCount = (words + Self.ownWords) * MemoryLayout<UInt>.stride
    guard block.byteCount - byteCount >= 1 << 16 else { return block }
    let smaller = try? environment.allocator.resizeInPlace(
      block, toByteCount: byteCount, kind: .processHeap)
    return smaller ?? block
  }
}

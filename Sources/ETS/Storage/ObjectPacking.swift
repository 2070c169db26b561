import Heaps
import Terms

/// An object on its way into a compressed table: a tuple whose larger elements are packed.
///
/// The key stays as it is, so that it is found and compared without work; so does an element that
/// holds binaries outside the heaps, and one that packing makes no smaller.
struct ObjectPacking: ~Copyable {
  private let scratch: any ScratchProvider
  private let memory: UnsafeMutableRawPointer
  private let memoryBytes: Int
  /// The tuple with a ``PackedSlot`` for each packed element.
  let tuple: Term
  /// Room for a copy of an element.
  private let room: UnsafeMutablePointer<UInt>
  private let bytes: UnsafeMutableRawPointer
  private var byteCount = 0
  /// The words of the elements that are packed.
  private(set) var packedWords = 0

  /// Takes the memory to pack the elements of a tuple.
  /// - Parameters:
  ///   - words: of the tuple with all it holds.
  ///   - scratch: where the memory comes from.
  private init(
    of object: Term, words: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    let source = object.boxed
    let tupleWords = 1 + Header(bits: source[0]).arity
    self.scratch = scratch
    memoryBytes = (tupleWords + words) * 8 + PackedWords.mostBytes(words: words)
    memory = try scratch.allocateScratch(byteCount: memoryBytes)
    let copy = memory.bindMemory(to: UInt.self, capacity: tupleWords + words)
    copy.update(from: source, count: tupleWords)
    tuple = .boxed(at: copy)
    room = copy + tupleWords
    bytes = memory + (tupleWords + words) * 8
  }

  /// Packs the elements of a tuple.
  /// - Parameter keyPosition: of the element that stays as it is.
  static func packed(
    _ object: Term, words: Int, keyPosition: Int, environment: HeapEnvironment
  ) throws(ScratchExhausted) -> ObjectPacking {
    var packing = try ObjectPacking(of: object, words: words, scratch: environment.scratch)
    let elements = packing.tuple.boxed
    for place in 1..<1 + Header(bits: elements[0]).arity
    where place != keyPosition && elements[place] & 3 != 3 {
      if let slot = try packing.pack(Term(bits: elements[place]), environment) {
        elements[place] = slot.bits
      }
    }
    return packing
  }

  deinit { scratch.freeScratch(memory, byteCount: memoryBytes) }

  /// The packed elements, filled up to whole words and so far that a number may be read too far.
  var packed: UnsafeRawBufferPointer {
    if byteCount == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let wholeBytes = (byteCount + PackedWords.slackBytes + 7) & ~7
    return UnsafeRawBufferPointer(start: bytes, count: wholeBytes)
  }

  private mutating func pack(
    _ element: Term, _ environment: HeapEnvironment
  ) throws(ScratchExhausted) -> PackedSlot? {
    let words = try TermSize.flatWords(of: element, scratch: scratch)
    guard 1...PackedSlot.mostWords ~= words,
      byteCount + 9 * words <= PackedSlot.mostBytes
    else { return nil }
    var cursor = WordCursor(top: room, limit: room + words)
    var list = OffHeapList()
    let copy = TermCopy.copy(element, words: words, into: &cursor, list: &list)
    if list.first != 0 {
      list.releaseAll(to: environment.binaries)
      return nil
    }
    // A copy begins with what was copied, but for a bit string alone, which stays as it is.
    if copy.address != UInt(bitPattern: room) { return nil }
    let packedBytes = PackedWords.pack(room, count: words, to: bytes + byteCount)
    if packedBytes >= words * 8 { return nil }
    let slot = PackedSlot(isCons: copy.isCons, offset: byteCount, words: words)
    byteCount += packedBytes
    packedWords += words
    return slot
  }
}

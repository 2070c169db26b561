import Terms

/// An object as a term of a table's memory, whatever it is packed to; in working memory that is kept
/// from one object to the next.
struct UnpackedObject: ~Copyable {
  private let scratch: any ScratchProvider
  private var memory: UnsafeMutablePointer<UInt>?
  private var room = 0

  /// Holds no memory yet.
  init(scratch: any ScratchProvider) { self.scratch = scratch }

  deinit { release() }

  private func release() {
    if let memory { scratch.freeScratch(memory, byteCount: room * 8) }
  }

  /// The object as a term, valid until the next one is asked for.
  ///
  /// Of a packed one, the tuple and the packed elements are made anew; the others stay where they
  /// are.
  @inline(__always)
  mutating func term(of entry: TableEntry) throws(TableError) -> Term {
    StoredObject.isPacked(entry) ? try unpacked(entry) : entry.object
  }

  @inline(never)
  private mutating func unpacked(_ entry: TableEntry) throws(TableError) -> Term {
    let source = entry.words
    let tupleWords = 1 + Header(bits: source[0]).arity
    let words = tupleWords + StoredObject.packedWords(of: entry)
    let target = try memory(words: words)
    var next = target + tupleWords
    target[0] = source[0]
    for place in 1..<tupleWords {
      let word = SharedWord(source + place).relaxed
      guard let slot = PackedSlot(word) else {
        target[place] = word
        continue
      }
      target[place] = StoredObject.unpack(slot, of: entry, to: next).bits
      next += slot.words
    }
    return .boxed(at: target)
  }

  private mutating func memory(words: Int) throws(TableError) -> UnsafeMutablePointer<UInt> {
    if let memory, room >= words { return memory }
    release()
    memory = nil
    let wanted = max(words, 2 * room)
    do {
      let fresh = try scratch.allocateScratch(byteCount: wanted * 8)
        .bindMemory(to: UInt.self, capacity: wanted)
      (memory, room) = (fresh, wanted)
      return fresh
    } catch {
      room = 0
      throw TableError(error)
    }
  }
}

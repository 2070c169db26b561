/// The objects that a traversal has met, by the word that addresses each, and a number for each
/// where that is asked for; in memory of a provider.
///
/// An open-addressing table, at most half full, that grows by doubling. Gives all back at its end.
package struct AddressSet: ~Copyable {
  private let provider: any ScratchProvider
  private var slots: UnsafeMutablePointer<UInt>?
  private var capacity = 0
  /// A word alone, or a word and its number.
  private let wordsOfSlot: Int
  package private(set) var count = 0

  package init(provider: any ScratchProvider, holdsNumbers: Bool = false) {
    self.provider = provider
    wordsOfSlot = holdsNumbers ? 2 : 1
  }

  deinit { free(slots, capacity) }

  /// Adds a word other than 0.
  /// - Returns: whether it was not there yet.
  package mutating func insert(_ word: UInt) throws(ScratchExhausted) -> Bool {
    if count * 2 >= capacity { try grow() }
    guard let slots else { preconditionFailure("a set without memory") }
    let slot = slot(of: word, in: slots, capacity)
    if slots[slot] == word { return false }
    slots[slot] = word
    count += 1
    return true
  }

  /// Adds a word other than 0 with a number.
  /// - Precondition: the set holds numbers, and not yet this word.
  mutating func insert(_ word: UInt, number: Int) throws(ScratchExhausted) {
    let isNew = try insert(word)
    precondition(isNew, "a word with two numbers")
    guard let slots else { preconditionFailure("a set without memory") }
    slots[slot(of: word, in: slots, capacity) + 1] = UInt(bitPattern: number)
  }

  /// The number of a word, or nothing.
  func number(of word: UInt) -> Int? {
    guard let slots else { return nil }
    let slot = slot(of: word, in: slots, capacity)
    return slots[slot] == word ? Int(bitPattern: slots[slot + 1]) : nil
  }

  /// Where a word stands or would stand.
  private func slot(
    of word: UInt, in slots: UnsafeMutablePointer<UInt>, _ capacity: Int
  ) -> Int {
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the upper bits of the
    // product depend on all bits of the word.
    let shift = UInt(UInt.bitWidth - capacity.trailingZeroBitCount)
    var index = Int(bitPattern: (word &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while true {
      let slot = index &* wordsOfSlot
      if slots[slot] == 0 || slots[slot] == word { return slot }
      index = (index + 1) & (capacity - 1)
    }
  }

  @inline(never)
  private mutating func grow() throws(ScratchExhausted) {
    let doubled = max(128, capacity * 2)
    let memory = try provider.allocateScratch(byteCount: byteCount(ofSlots: doubled))
    let words = memory.bindMemory(to: UInt.self, capacity: doubled * wordsOfSlot)
    words.initialize(repeating: 0, count: doubled * wordsOfSlot)
    if let slots {
      for old in stride(from: 0, to: capacity * wordsOfSlot, by: wordsOfSlot)
      where slots[old] != 0 {
        let new = slot(of: slots[old], in: words, doubled)
        words[new] = slots[old]
        if wordsOfSlot > 1 { words[new + 1] = slots[old + 1] }
      }
    }
    free(slots, capacity)
    slots = words
    capacity = doubled
  }

  private func byteCount(ofSlots count: Int) -> Int {
    count * wordsOfSlot * MemoryLayout<UInt>.stride
  }

  private func free(_ slots: UnsafeMutablePointer<UInt>?, _ capacity: Int) {
    if let slots { provider.freeScratch(slots, byteCount: byteCount(ofSlots: capacity)) }
  }
}

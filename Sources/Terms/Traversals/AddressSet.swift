/// The objects that a traversal has met, by the word that addresses each; in memory of a provider.
///
/// An open-addressing table, at most half full, that grows by doubling. Gives all back at its end.
package struct AddressSet: ~Copyable {
  private let provider: any ScratchProvider
  private var slots: UnsafeMutablePointer<UInt>?
  private var capacity = 0
  package private(set) var count = 0

  package init(provider: any ScratchProvider) { self.provider = provider }

  deinit { Self.free(slots, capacity, provider) }

  /// Adds a word other than 0.
  /// - Returns: whether it was not there yet.
  package mutating func insert(_ word: UInt) throws(ScratchExhausted) -> Bool {
    if count * 2 >= capacity { try grow() }
    guard let slots else { preconditionFailure("a set without memory") }
    let slot = Self.slot(of: word, in: slots, capacity)
    if slots[slot] == word { return false }
    slots[slot] = word
    count += 1
    return true
  }

  /// Where a word stands or would stand.
  private static func slot(
    of word: UInt, in slots: UnsafeMutablePointer<UInt>, _ capacity: Int
  ) -> Int {
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the upper bits of the
    // product depend on all bits of the word.
    let shift = UInt(UInt.bitWidth - capacity.trailingZeroBitCount)
    var slot = Int(bitPattern: (word &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while slots[slot] != 0 && slots[slot] != word { slot = (slot + 1) & (capacity - 1) }
    return slot
  }

  @inline(never)
  private mutating func grow() throws(ScratchExhausted) {
    let doubled = max(128, capacity * 2)
    let memory = try provider.allocateScratch(byteCount: doubled * MemoryLayout<UInt>.stride)
    let words = memory.bindMemory(to: UInt.self, capacity: doubled)
    words.initialize(repeating: 0, count: doubled)
    if let slots {
      for old in 0..<capacity where slots[old] != 0 {
        words[Self.slot(of: slots[old], in: words, doubled)] = slots[old]
      }
    }
    Self.free(slots, capacity, provider)
    slots = words
    capacity = doubled
  }

  private static func free(
    _ slots: UnsafeMutablePointer<UInt>?, _ capacity: Int, _ provider: any ScratchProvider
  ) {
    if let slots {
      provider.freeScratch(slots, byteCount: capacity * MemoryLayout<UInt>.stride)
    }
  }
}

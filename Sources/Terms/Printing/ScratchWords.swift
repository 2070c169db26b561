/// Words in a row, in memory of a provider; grows by doubling and gives all back at its end.
struct ScratchWords: ~Copyable {
  private let provider: any ScratchProvider
  private var base: UnsafeMutablePointer<UInt>?
  private var capacity = 0
  private(set) var count = 0

  init(provider: any ScratchProvider) { self.provider = provider }

  deinit { Self.free(base, capacity, provider) }

  subscript(index: Int) -> UInt {
    get {
      assert(index < count, "word \(index) of \(count)")
      return base.unsafelyUnwrapped[index]
    }
    set {
      assert(index < count, "word \(index) of \(count)")
      base.unsafelyUnwrapped[index] = newValue
    }
  }

  mutating func append(_ word: UInt) throws(ScratchExhausted) {
    if count == capacity { try grow() }
    base.unsafelyUnwrapped[count] = word
    count += 1
  }

  @inline(never)
  private mutating func grow() throws(ScratchExhausted) {
    let doubled = max(96, capacity * 2)
    let memory = try provider.allocateScratch(byteCount: doubled * MemoryLayout<UInt>.stride)
    let words = memory.bindMemory(to: UInt.self, capacity: doubled)
    if let base { words.update(from: base, count: count) }
    Self.free(base, capacity, provider)
    base = words
    capacity = doubled
  }

  private static func free(
    _ base: UnsafeMutablePointer<UInt>?, _ capacity: Int, _ provider: any ScratchProvider
  ) {
    if let base { provider.freeScratch(base, byteCount: capacity * MemoryLayout<UInt>.stride) }
  }
}

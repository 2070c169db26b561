/// Where a traversal gets working memory from: `Terms` never finds memory by itself.
public protocol ScratchProvider: AnyObject {
  /// Hands out bytes aligned to a word.
  /// - Throws: ``ScratchExhausted`` where there are none.
  func allocateScratch(byteCount: Int) throws(ScratchExhausted) -> UnsafeMutableRawPointer
  /// Takes bytes back.
  func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int)
}

/// The provider of a traversal's working memory had none to give.
public struct ScratchExhausted: Error, Equatable, Sendable {
  /// The bytes asked for.
  public let requestedBytes: Int
  /// What the provider was told by whoever it gets memory from, if it asked anyone.
  public let cause: (any Error)?

  /// Makes the error of a request.
  public init(requestedBytes: Int, cause: (any Error)? = nil) {
    self.requestedBytes = requestedBytes
    self.cause = cause
  }

  /// Whether both are of requests of one size, whatever their causes.
  public static func == (left: ScratchExhausted, right: ScratchExhausted) -> Bool {
    left.requestedBytes == right.requestedBytes
  }
}

/// A stack of words for a traversal without recursion, in memory of a provider.
///
/// Grows by doubling; gives all back at its end.
public struct ScratchStack: ~Copyable {
  private let provider: any ScratchProvider
  private var base: UnsafeMutablePointer<UInt>?
  private var capacity = 0
  /// The words on the stack.
  public private(set) var count = 0

  /// Makes an empty stack, which holds no memory yet.
  public init(provider: any ScratchProvider) { self.provider = provider }

  deinit {
    if let base {
      provider.freeScratch(base, byteCount: capacity * MemoryLayout<UInt>.stride)
    }
  }

  /// Whether nothing is on the stack.
  public var isEmpty: Bool { count == 0 }

  /// Puts a word on top.
  public mutating func push(_ word: UInt) throws(ScratchExhausted) {
    if count == capacity { try grow() }
    base.unsafelyUnwrapped[count] = word
    count += 1
  }

  /// Takes the top word, or nothing from an empty stack.
  public mutating func pop() -> UInt? {
    if count == 0 { return nil }
    count -= 1
    return base.unsafelyUnwrapped[count]
  }

  @inline(never)
  private mutating func grow() throws(ScratchExhausted) {
    let doubled = max(64, capacity * 2)
    let memory = try provider.allocateScratch(byteCount: doubled * MemoryLayout<UInt>.stride)
    let words = memory.bindMemory(to: UInt.self, capacity: doubled)
    if let base {
      words.update(from: base, count: count)
      provider.freeScratch(base, byteCount: capacity * MemoryLayout<UInt>.stride)
    }
    base = words
    capacity = doubled
  }
}

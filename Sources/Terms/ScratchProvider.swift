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

  /// Puts two words on top, the last one uppermost.
  mutating func push(_ first: UInt, _ second: UInt) throws(ScratchExhausted) {
    if count &+ 2 > capacity { try grow() }
    let top = base.unsafelyUnwrapped + count
    (top[0], top[1]) = (first, second)
    count &+= 2
  }

  /// Takes the two words on top.
  /// - Precondition: there are two.
  mutating func popTwo() -> (first: UInt, second: UInt) {
    precondition(count >= 2, "two words from a stack of \(count)")
    count &-= 2
    let top = base.unsafelyUnwrapped + count
    return (top[0], top[1])
  }

  /// Puts three words on top, the last one uppermost.
  mutating func push(_ first: UInt, _ second: UInt, _ third: UInt) throws(ScratchExhausted) {
    if count &+ 3 > capacity { try grow() }
    let top = base.unsafelyUnwrapped + count
    (top[0], top[1], top[2]) = (first, second, third)
    count &+= 3
  }

  /// Takes the three words on top.
  /// - Precondition: there are three.
  mutating func popThree() -> (first: UInt, second: UInt, third: UInt) {
    precondition(count >= 3, "three words from a stack of \(count)")
    count &-= 3
    let top = base.unsafelyUnwrapped + count
    return (top[0], top[1], top[2])
  }

  /// A word on the stack, by its index from the bottom.
  package subscript(index: Int) -> UInt {
    get {
      assert(0..<count ~= index, "no word \(index) on a stack of \(count)")
      return base.unsafelyUnwrapped[index]
    }
    set {
      assert(0..<count ~= index, "no word \(index) on a stack of \(count)")
      base.unsafelyUnwrapped[index] = newValue
    }
  }

  /// Takes words from the top until so many are left.
  package mutating func removeLast(downTo left: Int) {
    assert(0...count ~= left, "no \(left) words on a stack of \(count)")
    count = left
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

import Terms

/// Scratch memory from the system's allocator that counts and can refuse.
///
/// For one thread at a time.
public final class MallocScratch: ScratchProvider {
  /// The bytes handed out and not yet taken back.
  public private(set) var outstandingBytes = 0
  /// The most bytes that were out at once.
  public private(set) var peakBytes = 0
  /// The requests so far, the refused ones included.
  public private(set) var requestCount = 0
  /// The number of the request that is refused, from 1; none where it is `nil`.
  public var failingRequest: Int?

  /// Makes a provider.
  /// - Parameter failingRequest: the number of the request to refuse, from 1.
  public init(failingRequest: Int? = nil) { self.failingRequest = failingRequest }

  /// Hands out bytes, or refuses the chosen request.
  public func allocateScratch(
    byteCount: Int
  ) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    requestCount += 1
    if requestCount == failingRequest { throw ScratchExhausted(requestedBytes: byteCount) }
    outstandingBytes += byteCount
    peakBytes = max(peakBytes, outstandingBytes)
    return .allocate(byteCount: byteCount, alignment: 16)
  }

  /// Takes bytes back.
  public func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    outstandingBytes -= byteCount
    precondition(outstandingBytes >= 0, "more scratch came back than went out")
    memory.deallocate()
  }
}

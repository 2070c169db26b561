import Synchronization
import Terms

/// Memory for binaries outside the heaps from the system's allocator, which counts.
public final class MallocBinaries: BinaryProvider {
  private let outstanding = Atomic<Int>(0)

  /// Makes a provider.
  public init() {}

  /// The bytes handed out and not yet taken back.
  public var outstandingBytes: Int { outstanding.load(ordering: .relaxed) }

  /// Hands out bytes.
  public func allocateBinary(
    byteCount: Int
  ) throws(BinaryRefused) -> UnsafeMutableRawPointer {
    outstanding.add(byteCount, ordering: .relaxed)
    return .allocate(byteCount: byteCount, alignment: 16)
  }

  /// Takes bytes back.
  public func freeBinary(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    let left = outstanding.subtract(byteCount, ordering: .relaxed).newValue
    precondition(left >= 0, "more memory of binaries came back than went out")
    memory.deallocate()
  }
}

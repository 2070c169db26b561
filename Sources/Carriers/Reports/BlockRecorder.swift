/// A call of an allocator, as ``MemoryConfiguration/recordsCalls`` has it kept.
public struct BlockCall: Equatable, Sendable {
  /// Of the block's first byte.
  public let address: UInt
  /// The bytes that were asked for; 0 where the block was freed.
  public let byteCount: Int
  /// What the block is for.
  public let kind: MemoryKind
}

/// Keeps the calls of an allocator in the order in which they were done. Thread-safe.
final class BlockRecorder: Sendable {
  private let calls = Guarded<[BlockCall]>([])

  init() {}

  /// Notes a block that was allocated, or that is about to be freed where the size is 0.
  func note(_ base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind) {
    let call = BlockCall(address: UInt(bitPattern: base), byteCount: byteCount, kind: kind)
    calls.withLock { $0.append(call) }
  }

  func takeAll() -> [BlockCall] {
    calls.withLock { calls in
      defer { calls = [] }
      return calls
    }
  }
}

extension BlockAllocator {
  /// The calls since the last time this was asked; none unless
  /// ``MemoryConfiguration/recordsCalls``. A block that got another size where it stands counts as
  /// freed and allocated again.
  public func takeRecordedCalls() -> [BlockCall] { core.recorder?.takeAll() ?? [] }
}

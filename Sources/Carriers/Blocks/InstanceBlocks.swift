/// The blocks of one kind in one instance, where a strategy divides their carriers.
///
/// A class and not a protocol, so that a call is one jump. Not thread-safe: the instance's door
/// guards it.
class InstanceBlocks {
  func allocate(byteCount: Int) throws(MemoryError) -> MemoryBlock {
    preconditionFailure("a strategy without a way to allocate")
  }

  func free(_ base: UnsafeMutableRawPointer) {
    preconditionFailure("a strategy without a way to free")
  }

  /// Gives a block another size where it stands; `nil` where it would have to move.
  func resize(_ base: UnsafeMutableRawPointer, toByteCount byteCount: Int) -> MemoryBlock? {
    preconditionFailure("a strategy without a way to resize")
  }

  /// Gives carriers back that hold no block, and the free pages of others.
  func trim() {}

  /// Calls the body with each carrier.
  func forEachCarrier(_ body: (BlockCarrier) -> Void) {}

  /// What is wrong with carriers, headers or the strategy's order; `nil` where nothing is.
  func firstFault() -> String? { nil }
}

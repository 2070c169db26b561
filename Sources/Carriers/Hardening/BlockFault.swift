/// What a caller did to a block that it must not do.
///
/// Some of it is found always, where that costs next to nothing; all of it where
/// ``MemoryConfiguration/isHardened``.
struct BlockFault: CustomStringConvertible {
  enum Reason {
    case freedTwice
    /// It is no block of the allocator that it is given to.
    case foreign
    /// Either of these.
    case freedTwiceOrForeign
    /// The address lies within a block, or between two.
    case noStart
    /// It was allocated for another kind.
    case otherKind(MemoryKind)
    /// Its bytes changed between its being freed and its next use.
    case writtenWhileFree
  }

  let address: UnsafeMutableRawPointer
  /// What the caller says it is for.
  let kind: MemoryKind
  let reason: Reason

  var description: String {
    switch reason {
    case .freedTwice: "the block at \(address) (\(kind)) is freed twice"
    case .foreign: "the block at \(address) (\(kind)) is freed, and is none of this allocator"
    case .freedTwiceOrForeign:
      "the block at \(address) (\(kind)) is freed twice, or is none of this allocator"
    case .noStart: "\(address) (\(kind)) is freed, and no block begins there"
    case .otherKind(let other):
      "the block at \(address) (\(kind)) is freed, and was allocated for another kind (\(other))"
    case .writtenWhileFree: "the block at \(address) (\(kind)) was written to while it was free"
    }
  }

  /// Ends the program, and says why in every build.
  static func stop(_ address: UnsafeMutableRawPointer, _ kind: MemoryKind, _ reason: Reason)
    -> Never
  {
    fatalError(BlockFault(address: address, kind: kind, reason: reason).description)
  }
}

import Carriers
import Terms

/// Blocks that were taken out of a table, until nobody reads them any more.
struct Limbo: BitwiseCopyable {
  /// What stands in a block.
  enum Content {
    case object, bytes
  }

  private struct Item: BitwiseCopyable {
    /// Of an object's entry, or the address of a block.
    let bits: UInt
    let byteCount: Int
    let content: Content
  }

  private var items = ArenaRow<Item>()
  /// The bytes of all its blocks.
  private(set) var byteCount = 0

  /// Blocks that wait where other threads use the system; there each round costs a system call.
  private static var sharedRoom: Int { 1024 }
  private static var smallestRoom: Int { 64 }
  private static var largestRoom: Int { 1 << 16 }

  /// The bytes of its own memory.
  var ownByteCount: Int { items.byteCount }

  /// Whether no block waits.
  var isEmpty: Bool { items.count == 0 }

  /// Makes more room where memory is to be had.
  mutating func grow(in arena: borrowing OwnedArena) {
    items.grow(to: max(Self.smallestRoom, items.room * 2), in: arena)
  }

  /// Keeps a block in mind.
  /// - Parameters:
  ///   - bits: of an object's entry, or the address of a block.
  ///   - byteCount: of the block.
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ bits: UInt, byteCount: Int, _ content: Content) -> Bool {
    if !items.append(Item(bits: bits, byteCount: byteCount, content: content)) { return false }
    self.byteCount &+= byteCount
    return true
  }

  /// Frees what nobody reads any more, or else grows if it can.
  @inline(never)
  mutating func makeRoom(in arena: borrowing OwnedArena, binaries: any BinaryProvider) {
    let allocator = arena.allocator
    let isShared = allocator.hasSeveralThreads
    if items.room > 0 && (!isShared || items.room >= Self.sharedRoom) {
      if allocator.readersHavePassed(allocator.endEpoch()) {
        return freeAll(in: arena, binaries: binaries)
      }
    }
    let newRoom =
      isShared ? max(Self.sharedRoom, items.room * 2) : max(Self.smallestRoom, items.room * 2)
    if newRoom <= Self.largestRoom { items.grow(to: newRoom, in: arena) }
  }

  /// Frees all blocks.
  /// - Precondition: nobody reads them.
  mutating func freeAll(in arena: borrowing OwnedArena, binaries: any BinaryProvider) {
    for index in 0..<items.count {
      let item = items[index]
      Self.free(
        item.bits, byteCount: item.byteCount, item.content, in: arena, binaries: binaries)
    }
    items.removeAll()
    byteCount = 0
  }

  /// Gives back the references of the objects that wait, as the table ends.
  func releaseHandles(to binaries: any BinaryProvider) {
    forEachHandle { BinaryHandle.binary(at: $0).release(to: binaries) }
  }

  /// Calls with each handle of the objects that wait.
  func forEachHandle(_ body: (UnsafeMutablePointer<UInt>) -> Void) {
    for index in 0..<items.count where items[index].content == .object {
      let entry = TableEntry(bits: items[index].bits)
      if StoredObject.hasHandles(entry) { OwnedHandles.forEach(in: entry, body) }
    }
  }

  /// Frees a block.
  static func free(
    _ bits: UInt, byteCount: Int, _ content: Content, in arena: borrowing OwnedArena,
    binaries: any BinaryProvider
  ) {
    switch content {
    case .object:
      let entry = TableEntry(bits: bits)
      if StoredObject.hasHandles(entry) { OwnedHandles.release(handlesOf: entry, to: binaries) }
      StoredObject.free(entry, in: arena)
    case .bytes:
      let block = UnsafeMutableRawPointer(bitPattern: bits & TableEntry.addressMask)
      arena.free(block.unsafelyUnwrapped, byteCount: byteCount)
    }
  }
}

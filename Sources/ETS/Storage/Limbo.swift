import Carriers
import Terms

/// Blocks that were taken out of a table, until nobody reads them any more.
///
/// ```
/// | bits of an entry, or an address; a mark | bytes of the block |   two words for each block
/// ```
struct Limbo: BitwiseCopyable {
  /// What stands in a block.
  enum Content: UInt {
    case object, bytes
  }

  private var items: UnsafeMutablePointer<UInt>?
  private var room = 0
  private(set) var count = 0
  /// The bytes of all its blocks.
  private(set) var byteCount = 0

  /// Blocks that wait where other threads use the system; there each round costs a system call.
  private static var sharedRoom: Int { 1024 }
  private static var smallestRoom: Int { 64 }
  private static var largestRoom: Int { 1 << 16 }

  /// The bytes of its own memory.
  var ownByteCount: Int { room * 2 * MemoryLayout<UInt>.stride }

  /// Keeps a block in mind.
  /// - Parameters:
  ///   - bits: of an object's entry, or the address of a block.
  ///   - byteCount: of the block.
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ bits: UInt, byteCount: Int, _ content: Content) -> Bool {
    if count == room { return false }
    items.unsafelyUnwrapped[2 &* count] = bits
    items.unsafelyUnwrapped[2 &* count &+ 1] = UInt(byteCount) << 1 | content.rawValue
    count &+= 1
    self.byteCount &+= byteCount
    return true
  }

  /// Frees what nobody reads any more, or else grows if it can.
  @inline(never)
  mutating func makeRoom(in arena: borrowing OwnedArena, binaries: any BinaryProvider) {
    let allocator = arena.allocator
    let isShared = allocator.hasSeveralThreads
    if room > 0 && (!isShared || room >= Self.sharedRoom) {
      if allocator.readersHavePassed(allocator.endEpoch()) {
        return freeAll(in: arena, binaries: binaries)
      }
    }
    let newRoom = isShared ? max(Self.sharedRoom, room * 2) : max(Self.smallestRoom, room * 2)
    if newRoom <= Self.largestRoom { grow(to: newRoom, in: arena) }
  }

  /// Frees all blocks.
  /// - Precondition: nobody reads them.
  mutating func freeAll(in arena: borrowing OwnedArena, binaries: any BinaryProvider) {
    guard let items else { return }
    for index in 0..<count {
      let (bits, note) = (items[2 * index], items[2 * index + 1])
      let content = Content(rawValue: note & 1).unsafelyUnwrapped
      Self.free(bits, byteCount: Int(note >> 1), content, in: arena, binaries: binaries)
    }
    count = 0
    byteCount = 0
  }

  /// Gives back the references of the objects that wait, as the table ends.
  func releaseHandles(to binaries: any BinaryProvider) {
    guard let items else { return }
    for index in 0..<count where Content(rawValue: items[2 * index + 1] & 1) == .object {
      let entry = TableEntry(bits: items[2 * index])
      if StoredObject.hasHandles(entry) {
        OwnedHandles.release(handlesOf: entry, to: binaries)
      }
    }
  }

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

  private mutating func grow(to newRoom: Int, in arena: borrowing OwnedArena) {
    let bytes = newRoom * 2 * MemoryLayout<UInt>.stride
    guard let memory = try? arena.allocate(byteCount: bytes) else { return }
    let grown = memory.assumingMemoryBound(to: UInt.self)
    if let items {
      grown.update(from: items, count: 2 * count)
      arena.free(items, byteCount: ownByteCount)
    }
    items = grown
    room = newRoom
  }
}

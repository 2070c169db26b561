/// A handle whose owner may append to the bytes that it shows.
///
/// ```
///   handle:   ... | first byte | flags |        flags = appended since the last collection | writable
///                      |
///   binary:   | references | capacity | bits written |  bytes ...          |  room  |
///                                                    ^ first byte          ^ bits written
/// ```
/// Nothing refers to such a handle but views that end at or before what is written. Who appends to
/// the view that ends with it writes into the room, where no one else looks, and takes a longer
/// view; every other view must be copied. So what anybody has seen never changes. A copy of the
/// handle, in a message or a table, is not writable; as long as one is about, the bytes can't move
/// to get more room. (ERTS gives up its flag instead: `erts_emasculate_writable_binary`.)
public enum WritableBinary {
  /// The words that appending builds at most: a handle and a view.
  @inlinable public static var words: Int { BinaryHandle.words + SubBinary.words }

  @usableFromInline static var writable: UInt { 1 }
  /// The flag of a handle that was appended to since the last collection.
  @inlinable package static var active: UInt { 2 }
  /// The bytes of room that are worth a smaller binary.
  package static var leastRoomTakenBack: Int { 64 }

  /// The bytes to make room for where so many are needed: twice as many, so that appending piece
  /// by piece takes linear time; from 16 MB on a fifth more.
  public static func capacity(forByteCount byteCount: Int) -> Int {
    byteCount < 16 << 20 ? max(2 * byteCount, 256) : byteCount + byteCount / 5
  }

  /// Whether an object is a writable handle.
  @inlinable @inline(__always)
  public static func isWritable(_ object: UnsafePointer<UInt>) -> Bool {
    object[0] == BinaryHandle.header.bits && object[5] & writable != 0
  }

  /// Makes a new handle writable.
  package static func makeWritable(_ handle: UnsafeMutablePointer<UInt>, bitCount: Int) {
    BinaryHandle.binary(at: handle).writtenBits = bitCount
    handle[5] = writable | active
  }

  /// Makes the room behind a handle's bytes part of what is written.
  @inlinable @inline(__always)
  package static func extend(_ handle: UnsafeMutablePointer<UInt>, toBitCount bitCount: Int) {
    extend(
      handle, toBitCount: bitCount, byteCount: Int(bitPattern: UInt(bitPattern: bitCount &+ 7) >> 3)
    )
  }

  /// The same where the bytes begun are known.
  @inlinable @inline(__always)
  package static func extend(
    _ handle: UnsafeMutablePointer<UInt>, toBitCount bitCount: Int, byteCount: Int
  ) {
    let binary = BinaryHandle.binary(at: handle)
    assert(byteCount <= binary.capacity, "\(byteCount) bytes in \(binary.capacity)")
    binary.writtenBits = bitCount
    handle[1] = UInt(bitPattern: byteCount)
    handle[5] |= active
  }

  /// Replaces the memory of a handle that alone refers to it.
  package static func replaceBinary(
    of handle: UnsafeMutablePointer<UInt>, with binary: OffHeapBinary
  ) {
    handle[3] = UInt(bitPattern: binary.memory)
    handle[4] = UInt(bitPattern: binary.bytes)
  }
}

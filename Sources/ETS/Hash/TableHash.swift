import Terms

/// The hash that tables find keys by: exactly equal terms have equal hashes.
///
/// ```
///  63   60        38   32 31        24 23       8 7      0
/// +-------+------+-------+------------+----------+--------+
/// | part  |      | print | which line of the index         |
/// +-------+------+-------+------------+----------+--------+
///                                     |  entry   |
/// ```
enum TableHash {
  /// The hash of a key that is an immediate.
  /// - Parameter seed: of the table, so that nobody can prepare keys that collide.
  @inline(__always)
  static func hash(immediate key: Term, seed: UInt) -> UInt { mix(key.bits ^ seed) }

  /// The hash of any other key.
  /// - Parameter scratch: asked for where the key holds terms that hold others.
  static func hash(
    boxed key: Term, seed: UInt, scratch: @autoclosure () -> any ScratchProvider
  ) throws(TableError) -> UInt {
    if let hash = InternalHash.hashAtSight(key) { return mix(UInt(hash) ^ seed) }
    let scratch = scratch()
    do {
      return mix(UInt(try InternalHash.hash(key, scratch: scratch)) ^ seed)
    } catch {
      throw TableError(error)
    }
  }

  /// Spreads each bit over the word: both halves of a product with 2^64 / the golden ratio.
  @inline(__always)
  private static func mix(_ word: UInt) -> UInt {
    let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// The part of a table with several parts.
  @inline(__always) static func part(of hash: UInt) -> Int { Int(hash >> 60) }
  /// The seven bits that stand for a key in the line's word of prints; never 0.
  @inline(__always) static func print(of hash: UInt) -> UInt { max(1, hash >> 32 & 0x7F) }
  /// The 16 bits that stand in the entry.
  @inline(__always) static func entryBits(of hash: UInt) -> UInt { hash >> 8 & 0xFFFF }
}

/// Where the keys of a hash map get their hashes from, anew for each eight levels of the tree.
protocol KeyHash {
  /// The hash of a key for levels 0 to 7.
  static func hash(
    _ key: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32
  /// The hash of a key for levels 8 * `salt` to 8 * `salt` + 7, where `salt` is not 0.
  static func rehash(
    _ key: Term, salt: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32
}

extension KeyHash {
  /// The hash of a key for the levels of any salt.
  static func hash(
    _ key: Term, salt: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    salt == 0 ? try hash(key, scratch: scratch) : try rehash(key, salt: salt, scratch: scratch)
  }
}

/// The ``InternalHash`` of a key, and from level 8 on another of its hashes for each eight levels.
enum InternalKeyHash: KeyHash {
  @inline(__always)
  static func hash(
    _ key: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    try InternalHash.hash(key, scratch: scratch)
  }

  // Apart, or the way down of every key would be ready to hash again.
  @inline(never)
  static func rehash(
    _ key: Term, salt: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    try InternalHash.hash(key, salt: salt, scratch: scratch)
  }
}

/// The way of a key down the tree: which slot it takes at each level.
struct HashPath<Hash: KeyHash> {
  let key: Term
  /// The level at hand; the root is level 0.
  private(set) var level = 0
  /// The hash, shifted so that the lowest four bits are those of the level at hand.
  private var bits: UInt32

  /// Begins at the root.
  @inline(__always)
  init(of key: Term, hash: UInt32) {
    self.key = key
    bits = hash
  }

  /// Begins at a level.
  init(
    of key: Term, level: Int, scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    self.key = key
    self.level = level
    bits = try Hash.hash(key, salt: level >> 3, scratch: scratch) >> UInt32(4 * (level & 7))
  }

  /// The slot's bit in the bitmap of its node.
  @inline(__always)
  var bit: UInt { 1 << UInt(bits & 15) }

  /// Goes down a level.
  @inline(__always)
  mutating func descend(scratch: any ScratchProvider) throws(ScratchExhausted) {
    level &+= 1
    bits >>= 4
    if level & 7 == 0 { bits = try Hash.rehash(key, salt: level >> 3, scratch: scratch) }
  }
}

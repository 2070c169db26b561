import Synchronization
import Terms

/// A word of a table's index: where an object stands, and what tells it from others without a look.
///
/// ```
///  63      48 47                              3  2   1   0
/// +----------+---------------------------------+---+---+---+
/// | hash     | address of the tuple's header   | D | G | C |
/// +----------+---------------------------------+---+---+---+
/// ```
/// C: the object has terms that are no immediates, see ``StoredObject``. G: an ``ObjectGroup``
/// stands there instead of an object. D: deleted while the table was fixed. The word 0 is no entry.
/// In a leaf of a tree there is no hash, but in its lowest bit whether the key is a small integer.
struct TableEntry: BitwiseCopyable, Equatable {
  let bits: UInt

  @inline(__always)
  init(bits: UInt) { self.bits = bits }

  /// Makes the entry of an object, without a hash.
  @inline(__always)
  init(object: UnsafeMutablePointer<UInt>, isCompound: Bool) {
    bits = UInt(bitPattern: object) | (isCompound ? Self.compoundBit : 0)
  }

  /// Makes the entry of a group, without a hash.
  init(group: ObjectGroup) { bits = UInt(bitPattern: group.memory) | Self.groupBit }

  static var none: TableEntry { TableEntry(bits: 0) }
  static var compoundBit: UInt { 1 }
  static var groupBit: UInt { 2 }
  static var deletedBit: UInt { 4 }
  static var addressMask: UInt { 0x0000_FFFF_FFFF_FFF8 }

  @inline(__always) var isNone: Bool { bits == 0 }
  @inline(__always) var isCompound: Bool { bits & Self.compoundBit != 0 }
  @inline(__always) var isGroup: Bool { bits & Self.groupBit != 0 }
  @inline(__always) var isDeleted: Bool { bits & Self.deletedBit != 0 }
  /// Whether there is something for a reader.
  @inline(__always) var isLive: Bool { bits != 0 && bits & Self.deletedBit == 0 }

  /// Whether it is the entry of one object that is not marked: no group, no link, and not none.
  @inline(__always) var isOneObject: Bool {
    bits & (Self.groupBit | Self.deletedBit) == 0 && bits & Self.addressMask != 0
  }

  /// The words of the object, its header first.
  @inline(__always)
  var words: UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: bits & Self.addressMask).unsafelyUnwrapped
  }

  /// The object as a term of the table's memory.
  @inline(__always)
  var object: Term { .boxed(at: words) }

  /// The group.
  var group: ObjectGroup { ObjectGroup(memory: words) }

  /// 16 bits of the key's hash, or of the object's in a group.
  @inline(__always) var hash: UInt { bits >> 48 }

  /// The same entry with 16 bits of hash.
  @inline(__always)
  func with(hash: UInt) -> TableEntry { TableEntry(bits: bits & ~(0xFFFF << 48) | hash << 48) }

  /// Whether the entry, which is one of a leaf, is that of a key that is a small integer: all of it is
  /// in its ``KeyPrefix``.
  @inline(__always) var hasSmallKey: Bool { bits & 1 << 48 != 0 }

  /// The same entry, for a leaf.
  @inline(__always)
  func with(key: Term) -> TableEntry { with(hash: key.isSmall ? 1 : 0) }

  /// The same entry, marked as deleted.
  var deleted: TableEntry { TableEntry(bits: bits | Self.deletedBit) }
}

/// A word that one thread at a time writes and any thread reads.
typealias SharedWord = UnsafeMutablePointer<Atomic<UInt>>

extension SharedWord {
  /// The word at an address.
  @inline(__always)
  init(_ memory: UnsafeMutablePointer<UInt>) {
    self = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Atomic<UInt>.self)
  }

  /// The word, without what was written before it.
  @inline(__always) var relaxed: UInt { pointee.load(ordering: .relaxed) }

  /// The word; what was written before it is seen too. Pairs with ``publish(_:)``.
  @inline(__always) var acquired: UInt { pointee.load(ordering: .acquiring) }

  /// Replaces the word; whoever sees the new one sees what was written before.
  @inline(__always) func publish(_ word: UInt) { pointee.store(word, ordering: .releasing) }
}

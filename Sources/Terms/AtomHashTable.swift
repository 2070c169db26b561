import Glibc
import Synchronization

/// One atom's name as it stands in memory; the layout is in ``AtomTable``.
struct AtomRecord {
  let address: UInt

  init(address: UInt) { self.address = address }

  private var words: UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
  }
  var hash: UInt32 { UInt32(truncatingIfNeeded: words[0]) }
  var index: Int { Int(words[1] & 0xFFFF_FFFF) }
  /// What the name adds to a ``PortableHash``.
  var portableHash: UInt32 { UInt32(truncatingIfNeeded: words[1] >> 32) }
  var name: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: words + 2, count: Int(words[0] >> 32))
  }

  static func byteCount(name: Int) -> Int { 16 + (name + 7) & ~7 }

  /// Writes a record to uninitialised memory of ``byteCount(name:)`` bytes.
  init(
    initializing memory: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, hash: UInt32,
    index: Int
  ) {
    address = UInt(bitPattern: memory)
    let wordCount = Self.byteCount(name: name.count) / 8
    let words = memory.bindMemory(to: UInt.self, capacity: wordCount)
    words[wordCount - 1] = 0
    words[0] = UInt(name.count) << 32 | UInt(hash)
    words[1] = UInt(PortableHash.hash(name: name)) << 32 | UInt(index)
    UnsafeMutableRawBufferPointer(start: words + 2, count: name.count).copyMemory(from: name)
  }
}

/// An open-addressing table of the addresses of records, read without a lock while one thread adds.
///
/// ```
/// +--------------------+
/// | previous table or 0|
/// | slots - 1          |
/// | slot 0 ...         |  address of a record, or 0
/// +--------------------+
/// ```
/// Records are never removed, so the slots from a name's first one on are filled without a gap up
/// to the name itself, and a search may end at the first empty slot.
struct AtomHashTable {
  let address: UInt

  init(address: UInt) { self.address = address }

  private var words: UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
  }
  var previous: UInt { words[0] }
  private var mask: Int { Int(words[1]) }
  var slots: Int { mask + 1 }
  var byteCount: Int { Self.byteCount(slots: slots) }
  private var slotBase: UnsafeMutablePointer<Atomic<UInt>> {
    UnsafeMutableRawPointer(words + 2).assumingMemoryBound(to: Atomic<UInt>.self)
  }

  static func byteCount(slots: Int) -> Int { (2 + slots) * MemoryLayout<UInt>.stride }

  /// Makes an empty table, or nothing where there is no memory.
  /// - Parameter slots: a power of two.
  static func make(slots: Int, previous: UInt) -> AtomHashTable? {
    assert(slots & (slots - 1) == 0, "\(slots) slots")
    guard let memory = malloc(byteCount(slots: slots)) else { return nil }
    let words = memory.bindMemory(to: UInt.self, capacity: 2)
    words[0] = previous
    words[1] = UInt(slots - 1)
    let base = UnsafeMutableRawPointer(words + 2).bindMemory(
      to: Atomic<UInt>.self, capacity: slots)
    for slot in 0..<slots { (base + slot).initialize(to: Atomic(0)) }
    return AtomHashTable(address: UInt(bitPattern: memory))
  }

  /// A hash of the bytes: each word multiplied in, then folded (after the xxHash family of
  /// multiply-and-fold hashes).
  static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt32 {
    func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
      let product = (state ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      return product.high ^ product.low
    }
    var state = mixed(seed, UInt64(bytes.count))
    var offset = 0
    while bytes.count - offset >= 8 {
      state = mixed(state, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    state = mixed(state, rest)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  /// The record of a name if it is here.
  func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> AtomRecord? {
    let mask = mask
    let base = slotBase
    var slot = Int(hash) & mask
    while true {
      // Acquiring; pairs with the releasing store in `insert`.
      let found = base[slot].load(ordering: .acquiring)
      if found == 0 { return nil }
      let record = AtomRecord(address: found)
      if record.hash == hash && Self.sameBytes(record.name, name) { return record }
      slot = (slot + 1) & mask
    }
  }

  private static func sameBytes(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    if left.count != right.count { return false }
    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
    return memcmp(leftStart, rightStart, left.count) == 0
  }

  /// Adds a record that is not here yet. Only one thread at a time; readers may be about.
  func insert(_ record: AtomRecord) {
    let mask = mask
    let base = slotBase
    var slot = Int(record.hash) & mask
    while base[slot].load(ordering: .relaxed) != 0 { slot = (slot + 1) & mask }
    // Releasing; pairs with the acquiring load in `find`.
    base[slot].store(record.address, ordering: .releasing)
  }

  /// Hands each record to a function. Only by the thread that adds.
  func forEach(_ body: (AtomRecord) -> Void) {
    for slot in 0..<slots {
      let found = slotBase[slot].load(ordering: .relaxed)
      if found != 0 { body(AtomRecord(address: found)) }
    }
  }
}

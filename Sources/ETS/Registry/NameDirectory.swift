import Carriers
import Synchronization
import Terms

/// What atoms are names of: found without a lock, changed under one that is the owner's.
///
/// ```
///   before | epoch | slots - 1 | used |  name, value | name, value | ...
///      |
///   the slots it replaced, which somebody may read until the epoch has passed
/// ```
/// A name keeps its slot until there are new slots, with the value 0 while it names nothing. So the
/// slots from a name's first one on are used without a gap up to the name itself, and a search
/// ends at the first that is not.
package struct NameDirectory: ~Copyable, Sendable {
  private let allocator: BlockAllocator
  private let kind: MemoryKind
  /// The address of the slots; 0 where there are none yet.
  private let slots = Atomic<UInt>(0)

  /// Makes a directory without names.
  /// - Parameter kind: what its memory is for.
  package init(allocator: BlockAllocator, kind: MemoryKind) {
    self.allocator = allocator
    self.kind = kind
  }

  deinit { free(slots.load(ordering: .relaxed)) }

  /// What a name stands for; 0 where it names nothing.
  /// - Precondition: the thread reads (``ThreadReader``), or has the owner's lock.
  package func value(of name: Term) -> UInt {
    // Acquiring: pairs with the releasing store in `replace`.
    guard let slots = NameSlots(address: slots.load(ordering: .acquiring)) else { return 0 }
    // Acquiring: pairs with the releasing store in `set`; what the value leads to was made before.
    return slots.slot(of: name)?[1].load(ordering: .acquiring) ?? 0
  }

  /// Has a name stand for something else; under the owner's lock.
  /// - Parameter value: not 0.
  /// - Throws: ``MemoryError`` where a new name has no room; then nothing has changed.
  package func set(_ name: Term, to value: UInt) throws(MemoryError) {
    var current = NameSlots(address: slots.load(ordering: .relaxed))
    if let slot = current?.slot(of: name) {
      slot[1].store(value, ordering: .releasing)
      return
    }
    if current?.isFull ?? true { current = try replace(current) }
    current?.add(name, value)
  }

  /// Has a name stand for nothing; under the owner's lock.
  package func remove(_ name: Term) {
    NameSlots(address: slots.load(ordering: .relaxed))?.slot(of: name)?[1]
      .store(0, ordering: .releasing)
  }

  /// Calls with each name that stands for something; under the owner's lock.
  package func forEach(_ body: (_ name: Term, _ value: UInt) -> Void) {
    NameSlots(address: slots.load(ordering: .relaxed))?.forEach(body)
  }

  /// Makes slots for the names that stand for something, and as many more.
  private func replace(_ old: NameSlots?) throws(MemoryError) -> NameSlots {
    var live = 0
    old?.forEach { _, _ in live += 1 }
    let new = try NameSlots(for: live + 1, allocator: allocator, kind: kind)
    old?.forEach(new.add)
    // Releasing: pairs with the acquiring load in `value(of:)`.
    slots.store(new.address, ordering: .releasing)
    if let old {
      if allocator.readersHavePassed(old.epoch) {
        free(old.before)
        old.before = 0
      }
      new.before = old.address
      new.epoch = allocator.endEpoch()
    }
    return new
  }

  /// Gives all memory back, where there is no name; under the owner's lock.
  package func trim() {
    if slots.load(ordering: .relaxed) == 0 { return }
    let address = slots.exchange(0, ordering: .acquiringAndReleasing)
    // Nobody finds them any more; who had found them before may still read them.
    if allocator.readersHavePassed(allocator.endEpoch()) {
      free(address)
    } else {
      slots.store(address, ordering: .releasing)
    }
  }

  /// Frees slots and those they replaced.
  private func free(_ address: UInt) {
    var next = address
    while let slots = NameSlots(address: next) {
      next = slots.before
      allocator.free(at: slots.base, byteCount: slots.byteCount, kind: kind)
    }
  }
}

/// The slots of a directory at some time.
private struct NameSlots {
  private let words: UnsafeMutablePointer<UInt>

  private static var headerWords: Int { 4 }
  private static var fewestSlots: Int { 16 }

  /// The slots at an address; nothing at 0.
  init?(address: UInt) {
    guard let words = UnsafeMutablePointer<UInt>(bitPattern: address) else { return nil }
    self.words = words
  }

  /// Makes slots of which a quarter is for names that are known.
  init(for names: Int, allocator: BlockAllocator, kind: MemoryKind) throws(MemoryError) {
    var slots = Self.fewestSlots
    while slots < 4 * names { slots *= 2 }
    let wordCount = Self.headerWords + 2 * slots
    let block = try allocator.allocate(
      byteCount: wordCount * MemoryLayout<UInt>.stride, kind: kind)
    words = block.base.bindMemory(to: UInt.self, capacity: wordCount)
    words.initialize(repeating: 0, count: wordCount)
    words[2] = UInt(slots - 1)
  }

  var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(words) }
  var address: UInt { UInt(bitPattern: words) }
  private var mask: Int { Int(words[2]) }
  var byteCount: Int { (Self.headerWords + 2 * (mask + 1)) * MemoryLayout<UInt>.stride }

  /// The address of those it replaced, or 0.
  var before: UInt {
    get { words[0] }
    nonmutating set { words[0] = newValue }
  }

  /// After which nobody reads those it replaced.
  var epoch: UInt64 {
    get { UInt64(words[1]) }
    nonmutating set { words[1] = UInt(newValue) }
  }

  /// Whether half of the slots are used: a search is short below that.
  var isFull: Bool { 2 * Int(words[3]) > mask }

  /// The two words of a slot, which change while others read them.
  private func slot(_ number: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
    UnsafeMutableRawPointer(words + Self.headerWords + 2 * number)
      .assumingMemoryBound(to: Atomic<UInt>.self)
  }

  /// The slot where a search for a name begins (Knuth's multiplicative hash).
  private func home(of name: Term) -> Int {
    Int(truncatingIfNeeded: (name.bits &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  /// The slot of a name, if it has one.
  func slot(of name: Term) -> UnsafeMutablePointer<Atomic<UInt>>? {
    var number = home(of: name)
    while true {
      let slot = slot(number)
      // Acquiring: pairs with the releasing store in `add`.
      let found = slot[0].load(ordering: .acquiring)
      if found == name.bits { return slot }
      if found == 0 { return nil }
      number = (number + 1) & mask
    }
  }

  /// Adds a name that has no slot.
  func add(_ name: Term, _ value: UInt) {
    var number = home(of: name)
    while slot(number)[0].load(ordering: .relaxed) != 0 { number = (number + 1) & mask }
    words[3] += 1
    let slot = slot(number)
    slot[1].store(value, ordering: .relaxed)
    // Releasing: pairs with the acquiring load in `slot(of:)`.
    slot[0].store(name.bits, ordering: .releasing)
  }

  func forEach(_ body: (_ name: Term, _ value: UInt) -> Void) {
    for number in 0...mask {
      let slot = slot(number)
      let value = slot[1].load(ordering: .relaxed)
      if value != 0 { body(Term(bits: slot[0].load(ordering: .relaxed)), value) }
    }
  }
}

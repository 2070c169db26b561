import Carriers
import Synchronization

/// Which keys were read lately, as each thread remembers it in a row of its own: so reading writes
/// nothing that another thread reads or writes, until the writer looks.
///
/// ```
/// | slot of a thread: its mark, how many it noted | hash | hash | ... |    64 of them
/// ```
/// A thread takes a slot at its first reading; where all are taken its readings are not noted.
struct RecencyNotes: BitwiseCopyable {
  private let base: UnsafeMutableRawPointer

  private static var slotCount: Int { 64 }
  private static var notesPerSlot: Int { 248 }
  /// The mark, the count and, on a line of the writer's own at the end, what was drained.
  private static var slotBytes: Int { 64 + notesPerSlot * 8 + 64 }
  static var byteCount: Int { slotCount * slotBytes }

  /// The bytes of its memory.
  var byteCount: Int { Self.byteCount }

  /// Takes memory.
  init(allocator: BlockAllocator) throws(MemoryError) {
    let block = try allocator.allocate(byteCount: Self.byteCount, kind: .ets)
    base = block.base
    base.initializeMemory(as: UInt.self, repeating: 0, count: Self.byteCount / 8)
  }

  /// Gives the memory back.
  func free(to allocator: BlockAllocator) {
    allocator.free(at: base, byteCount: Self.byteCount, kind: .ets)
  }

  private func word(_ slot: Int, _ offset: Int) -> SharedWord {
    (base + slot * Self.slotBytes + offset).assumingMemoryBound(to: Atomic<UInt>.self)
  }

  /// Notes the hash of a key that the calling thread has read.
  func note(_ hash: UInt, by reader: ThreadReader) {
    guard let slot = slot(of: reader.identity) else { return }
    let count = word(slot, 8).pointee.load(ordering: .relaxed)
    let place = Int(count % UInt(Self.notesPerSlot))
    word(slot, 64 + place * 8).pointee.store(hash, ordering: .relaxed)
    word(slot, 8).publish(count &+ 1)
  }

  private func slot(of mark: UInt) -> Int? {
    let start = Int(mark >> 7 % UInt(Self.slotCount))
    for step in 0..<Self.slotCount {
      let slot = (start + step) % Self.slotCount
      let owner = word(slot, 0)
      let current = owner.pointee.load(ordering: .relaxed)
      if current == mark { return slot }
      if current == 0,
        owner.pointee.compareExchange(expected: 0, desired: mark, ordering: .relaxed).exchanged
      {
        return slot
      }
    }
    return nil
  }

  /// Calls with each hash noted since the last call; what a thread noted too long ago is lost.
  func drain(_ body: (UInt) -> Void) {
    for slot in 0..<Self.slotCount {
      if word(slot, 0).pointee.load(ordering: .relaxed) == 0 { continue }
      let count = word(slot, 8).acquired
      let drained = word(slot, 64 + Self.notesPerSlot * 8)
      let first = max(drained.relaxed, count &- min(count, UInt(Self.notesPerSlot)))
      for number in first..<count {
        let place = Int(number % UInt(Self.notesPerSlot))
        body(word(slot, 64 + place * 8).pointee.load(ordering: .relaxed))
      }
      drained.pointee.store(count, ordering: .relaxed)
    }
  }
}

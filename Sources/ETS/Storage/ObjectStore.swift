import Carriers
import Heaps
import Terms

/// The memory of a table's objects, or of a part of them: their blocks, the binaries they hold, and
/// what waits until nobody reads it.
///
/// Used under the lock of what it is a part of, and within a section.
///
/// Frequent callers read its properties by a pointer; for a call of a method that does not mutate
/// the whole store would be copied.
struct ObjectStore: ~Copyable {
  let arena: OwnedArena
  unowned(unsafe) let environment: HeapEnvironment
  private(set) var handles = OwnedHandles()
  private var limbo = Limbo()
  /// How much there may be; nothing where any number may.
  let limit: TableLimit?
  /// Where the key of an object is whose other elements are packed; nothing where none are.
  private let packingKeyPosition: Int?
  /// The objects in the order in which they were written, where there is a limit.
  private(set) var ages = AgeList()
  /// The snapshots that look at the objects as they stand.
  private(set) var holdCount = 0
  private var charge: TableCharge

  /// Makes a store without objects.
  init(
    environment: HeapEnvironment, limit: TableLimit?, packingKeyPosition: Int?,
    charge: TableCharge
  ) throws(MemoryError) {
    self.limit = limit
    self.packingKeyPosition = packingKeyPosition
    try charge.begin()
    do {
      arena = try OwnedArena(
        allocator: environment.allocator, kind: .ets, budget: charge.budget)
    } catch {
      charge.end()
      throw error
    }
    self.charge = charge
    self.environment = environment
  }

  deinit { charge.end() }

  /// Has another budget bound what the table holds; what it holds already is charged in any case.
  mutating func changeBudget(to budget: MemoryBudget?) {
    charge.change(to: budget)
    arena.changeBudget(to: budget)
  }

  /// The bytes of the blocks in use; what waits is in use no more.
  var byteCount: Int { arena.byteCount - limbo.byteCount - limbo.ownByteCount }

  /// The bytes of the blocks that wait, and of what keeps them in mind.
  var waitingByteCount: Int { limbo.byteCount + limbo.ownByteCount }

  /// Whether objects have to stay as they are, also those that are taken out.
  @inline(__always) var isHeld: Bool { holdCount > 0 }

  /// Begins a time in which no object changes in place or goes.
  mutating func hold() { holdCount += 1 }

  /// Ends it.
  /// - Precondition: within a section, which ends and begins anew.
  mutating func endHold() {
    holdCount -= 1
    if holdCount > 0 || limbo.isEmpty { return }
    outsideOfSection { store in
      store.environment.allocator.waitForReaders()
      store.limbo.freeAll(in: store.arena, binaries: store.environment.binaries)
    }
  }

  /// Copies an object into a block.
  /// - Throws: ``TableError``; then nothing is held.
  @inline(__always)
  mutating func store(_ object: Term) throws(TableError) -> TableEntry {
    if limit != nil { return try storeLinked(object) }
    if StoredObject.isPlain(object) { return try StoredObject.storePlain(object, in: arena) }
    if let packingKeyPosition { return try storePacked(object, packingKeyPosition) }
    return try storeCompound(object)
  }

  /// Copies a tuple into a block that is no object of the table.
  @inline(__always)
  mutating func storeApart(_ tuple: Term) throws(TableError) -> TableEntry {
    if StoredObject.isPlain(tuple) { return try StoredObject.storePlain(tuple, in: arena) }
    return try storeCompound(tuple)
  }

  @inline(never)
  private mutating func storeCompound(_ tuple: Term) throws(TableError) -> TableEntry {
    let words = try flatWords(of: tuple)
    return try StoredObject.storeCompound(
      tuple, words: words, isLinked: false, in: arena, handles: &handles)
  }

  /// The words of an object and all it holds. Most are seen at once: then nothing is counted that
  /// all threads share.
  @inline(__always)
  private func flatWords(of object: Term) throws(TableError) -> Int {
    if let words = TermSize.flatWordsAtSight(of: object) { return words }
    return try StoredObject.flatWords(of: object, scratch: environment.scratch)
  }

  /// Copies an object whose elements but for the key are packed.
  @inline(never)
  private mutating func storePacked(
    _ object: Term, _ keyPosition: Int
  ) throws(TableError) -> TableEntry {
    let wholeWords = try flatWords(of: object)
    let packing = try packing(of: object, words: wholeWords, keyPosition)
    let words = wholeWords - packing.packedWords
    if words + packing.packed.count / MemoryLayout<UInt>.stride >= wholeWords {
      return try StoredObject.storeCompound(
        object, words: wholeWords, isLinked: limit != nil, in: arena, handles: &handles)
    }
    return try StoredObject.storeCompound(
      packing.tuple, words: words, packed: packing.packed,
      isLinked: limit != nil, in: arena, handles: &handles)
  }

  private func packing(
    of object: Term, words: Int, _ keyPosition: Int
  ) throws(TableError) -> ObjectPacking {
    do {
      return try ObjectPacking.packed(
        object, words: words, keyPosition: keyPosition, environment: environment)
    } catch {
      throw TableError(error)
    }
  }

  @inline(never)
  private mutating func storeLinked(_ object: Term) throws(TableError) -> TableEntry {
    let entry: TableEntry
    if let packingKeyPosition {
      entry = try storePacked(object, packingKeyPosition)
    } else {
      let words = try flatWords(of: object)
      entry = try StoredObject.storeCompound(
        object, words: words, isLinked: true, in: arena, handles: &handles)
    }
    if let limit, let most = limit.byteCount {
      let held = limit.policy == .reject ? ages.byteCount : 0
      if held + StoredObject.byteCount(of: entry) > most {
        discardUnlinked(entry)
        throw .full(objects: ages.count, byteCount: ages.byteCount)
      }
    }
    ages.append(entry)
    return entry
  }

  /// Sees that one object more may come, where there is a limit.
  @inline(never)
  mutating func checkRoom() throws(TableError) {
    if let limit, limit.policy == .reject, let most = limit.objects, ages.count >= most {
      throw .full(objects: ages.count, byteCount: ages.byteCount)
    }
  }

  /// Makes an object the youngest, where there is a limit.
  mutating func renew(_ entry: TableEntry) {
    if StoredObject.isLinked(entry) { ages.renew(entry) }
  }

  /// A block for something else than an object.
  func allocate(byteCount: Int) throws(TableError) -> UnsafeMutableRawPointer {
    do {
      return try arena.allocate(byteCount: byteCount)
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Counts objects out that are deleted, but keep their place.
  mutating func leaveAges(_ entry: TableEntry) {
    entry.forEachObject { if StoredObject.isLinked($0) { ages.remove($0) } }
  }

  /// Gives an object back that no reader ever saw.
  mutating func discard(_ entry: TableEntry) {
    if StoredObject.isLinked(entry) { ages.remove(entry) }
    discardUnlinked(entry)
  }

  private mutating func discardUnlinked(_ entry: TableEntry) {
    if StoredObject.hasHandles(entry) {
      handles.remove(handlesOf: entry)
      OwnedHandles.release(handlesOf: entry, to: environment.binaries)
    }
    StoredObject.free(entry, in: arena)
  }

  /// Keeps an object until nobody reads it, then gives it back.
  @inline(__always)
  mutating func retire(_ entry: TableEntry) {
    if StoredObject.isLinked(entry) { ages.remove(entry) }
    if StoredObject.hasHandles(entry) { handles.remove(handlesOf: entry) }
    retire(entry.bits, byteCount: StoredObject.byteCount(of: entry), .object)
  }

  /// Keeps a block until nobody reads it, then gives it back.
  mutating func retire(block: UnsafeMutableRawPointer, byteCount: Int) {
    retire(UInt(bitPattern: block), byteCount: byteCount, .bytes)
  }

  @inline(__always)
  private mutating func retire(_ bits: UInt, byteCount: Int, _ content: Limbo.Content) {
    if !limbo.push(bits, byteCount: byteCount, content) {
      retireSlowly(bits, byteCount: byteCount, content)
    }
  }

  @inline(never)
  private mutating func retireSlowly(_ bits: UInt, byteCount: Int, _ content: Limbo.Content) {
    // Nothing that who writes still uses goes: what is in the limbo was taken out before.
    outsideOfSection { store in
      if store.isHeld {
        store.limbo.grow(in: store.arena)
      } else {
        store.limbo.makeRoom(in: store.arena, binaries: store.environment.binaries)
      }
    }
    if limbo.push(bits, byteCount: byteCount, content) { return }
    // No memory to keep it in mind: what a snapshot looks at stays until the table's end.
    if isHeld {
      if content == .object { handles.readopt(handlesOf: TableEntry(bits: bits)) }
      return
    }
    outsideOfSection { store in
      store.environment.allocator.waitForReaders()
      store.limbo.freeAll(in: store.arena, binaries: store.environment.binaries)
    }
    Limbo.free(
      bits, byteCount: byteCount, content, in: arena, binaries: environment.binaries)
  }

  /// Who writes is within a section too, and would wait for itself.
  private mutating func outsideOfSection(_ body: (inout ObjectStore) -> Void) {
    let reader = environment.allocator.reader
    reader.leave()
    defer { reader.enter() }
    body(&self)
  }

  /// Gives back all blocks at once, and the references that objects hold.
  /// - Precondition: nobody reads.
  /// - Complexity: O(runs of pages + handles of binaries).
  mutating func removeAll() {
    handles.releaseAll(to: environment.binaries)
    limbo.releaseHandles(to: environment.binaries)
    limbo = Limbo()
    ages = AgeList()
    arena.freeAll()
  }

  /// Calls with each reference to a binary that objects have, those that wait to be freed too.
  func forEachReference(_ body: (OffHeapBinary) -> Void) {
    handles.forEach { body(BinaryHandle.binary(at: $0)) }
    limbo.forEachHandle { body(BinaryHandle.binary(at: $0)) }
  }
}

extension HeapEnvironment {
  /// Whether an object is exactly equal to a term, `=:=`.
  func isExactlyEqual(_ entry: TableEntry, _ other: Term) throws(TableError) -> Bool {
    var unpacked = UnpackedObject(scratch: scratch)
    return try isExactlyEqual(unpacked.term(of: entry), other)
  }

  /// Whether two terms are exactly equal, `=:=`.
  @inline(never)
  func isExactlyEqual(_ left: Term, _ right: Term) throws(TableError) -> Bool {
    if let known = TermEquality.areExactlyEqualAtSight(left, right) { return known }
    do {
      return try TermEquality.isExactlyEqual(left, right, scratch: scratch)
    } catch {
      throw TableError(error)
    }
  }
}

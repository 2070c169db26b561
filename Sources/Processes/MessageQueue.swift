import Carriers
import Heaps
import Terms

/// What a process has fetched and not received, in the order of its arrival; owner thread only.
///
/// ```
///   base        head            saved          tail       capacity
///    | free ...  | looked at ... | not looked at | free ...  |
/// ```
/// An entry is the address of a message's record, which a collection leaves alone as it does any
/// word that ends in 00; or a term of the heap, where the message was attached when it was fetched
/// (`on_heap`). So the entries are root slots as they are.
struct MessageQueue: ~Copyable {
  private let allocator: UncountedAllocator
  private var base: UnsafeMutablePointer<Term>?
  // Every process has a queue, few have a long one: so its numbers are kept short.
  private var capacity32: UInt32 = 0
  private var head32: UInt32 = 0
  private var tail32: UInt32 = 0
  private var saved32: UInt32 = 0
  private var marked32 = UInt32.max

  init(allocator: UncountedAllocator) { self.allocator = allocator }

  private var capacity: Int {
    get { Int(capacity32) }
    set { capacity32 = UInt32(truncatingIfNeeded: newValue) }
  }
  private var head: Int {
    get { Int(head32) }
    set { head32 = UInt32(truncatingIfNeeded: newValue) }
  }
  private var tail: Int {
    get { Int(tail32) }
    set { tail32 = UInt32(truncatingIfNeeded: newValue) }
  }
  /// The entry that is looked at next.
  private(set) var saved: Int {
    get { Int(saved32) }
    set { saved32 = UInt32(truncatingIfNeeded: newValue) }
  }
  /// How many of its entries were there at the mark, if there is one.
  private var marked: Int? {
    get { marked32 == .max ? nil : Int(marked32) }
    set { marked32 = newValue.map { UInt32(truncatingIfNeeded: $0) } ?? .max }
  }

  deinit { if let base { free(base) } }

  private func free(_ base: UnsafeMutablePointer<Term>) {
    allocator.free(
      at: base, byteCount: capacity * MemoryLayout<Term>.stride, kind: .message)
  }

  var count: Int { tail - head }
  /// The bytes of the entries' block.
  var byteCount: Int { capacity * MemoryLayout<Term>.stride }
  /// Whether all entries were looked at.
  var isAtEnd: Bool { saved == tail }

  /// The entries as roots.
  var slots: RootSlots? {
    guard let base, count > 0 else { return nil }
    return RootSlots(base: base + head, count: count)
  }

  /// Sees to it that an append has room.
  mutating func makeRoom() throws(MemoryError) {
    if tail < capacity { return }
    if let base, head > capacity / 2 {
      base.update(from: base + head, count: count)
      moveHead(to: 0)
      return
    }
    let larger = max(Self.leastCapacity, 2 * capacity)
    if larger > Int(UInt32.max) { throw .invalidSize(byteCount: larger) }
    let block = try allocator.allocate(
      byteCount: larger * MemoryLayout<Term>.stride, kind: .message)
    let words = block.base.bindMemory(to: Term.self, capacity: larger)
    if let base {
      words.update(from: base + head, count: count)
      free(base)
    }
    base = words
    capacity = larger
    moveHead(to: 0)
  }

  private mutating func moveHead(to place: Int) {
    let distance = head - place
    head -= distance
    saved -= distance
    tail -= distance
  }

  /// Whether an append has room as it is.
  var hasRoom: Bool { tail < capacity }

  /// Adds an entry.
  /// - Precondition: ``makeRoom()`` was called.
  mutating func append(_ entry: Term) {
    base.unsafelyUnwrapped[tail] = entry
    tail += 1
  }

  /// How many entries stand before the one that is looked at.
  var currentPlace: Int { saved - head }

  /// The entry that is looked at.
  /// - Precondition: the queue is not at its end.
  var current: Term { base.unsafelyUnwrapped[saved] }

  /// Puts another entry in the place of the one that is looked at.
  mutating func replaceCurrent(by entry: Term) { base.unsafelyUnwrapped[saved] = entry }

  /// Looks at the next one.
  mutating func skip() { saved += 1 }

  /// Looks at the first one again.
  mutating func restart() { saved = head }

  /// Marks its end: what is there now is not looked for.
  mutating func mark() { marked = count }

  /// Goes on behind the mark, if there is one.
  mutating func skipToMark() { if let marked { saved = max(saved, head + marked) } }

  /// Forgets the mark.
  mutating func clearMark() { marked = nil }

  /// Takes the entry out that is looked at, and looks at the first one again.
  mutating func remove() -> Term {
    let base = base.unsafelyUnwrapped
    let entry = base[saved]
    if let marked, saved - head < marked { self.marked = marked - 1 }
    // What was looked at moves up: as many as the receiver has passed to get there.
    var place = saved
    while place > head {
      base[place] = base[place - 1]
      place -= 1
    }
    head += 1
    if head == tail { becomeEmpty() }
    saved = head
    return entry
  }

  /// Takes the first entry out that a test holds for; what is looked at stays.
  /// - Parameter matches: is given an entry, and how many stand before it.
  /// - Returns: it and how many stood before it; nothing where there is none.
  mutating func remove(where matches: (Term, Int) -> Bool) -> (entry: Term, place: Int)? {
    guard let base,
      let place = (head..<tail).first(where: { matches(base[$0], $0 - head) })
    else { return nil }
    let entry = base[place]
    if let marked, place - head < marked { self.marked = marked - 1 }
    var hole = place
    while hole > head {
      base[hole] = base[hole - 1]
      hole -= 1
    }
    head += 1
    // What stood before it moved up by one.
    if saved <= place { saved += 1 }
    return (entry, place - head + 1)
  }

  /// Takes the first entry out, or nothing.
  mutating func removeFirst() -> Term? {
    guard count > 0, let base else { return nil }
    let entry = base[head]
    if let marked, marked > 0 { self.marked = marked - 1 }
    head += 1
    saved = max(saved, head)
    return entry
  }

  /// Gives its memory back.
  /// - Precondition: it is empty.
  mutating func shrink() {
    precondition(count == 0, "a queue of \(count) messages is to be given back")
    trim()
    marked = nil
  }

  /// Begins at the front again, and gives back a block that was for a long queue.
  private mutating func becomeEmpty() {
    (head, tail) = (0, 0)
    if capacity > Self.keptCapacity { freeBlock() }
  }

  private mutating func freeBlock() {
    if let base { free(base) }
    base = nil
    capacity = 0
  }

  /// Gives the block back where it holds nothing.
  mutating func trim() {
    if count > 0 { return }
    (head, tail, saved) = (0, 0, 0)
    freeBlock()
  }

  private static var leastCapacity: Int { 8 }
  /// Up to so many entries the block stays.
  private static var keptCapacity: Int { 1024 }

  /// Calls with each entry.
  func forEach(_ body: (Term) -> Void) {
    guard let base else { return }
    for place in head..<tail { body(base[place]) }
  }

  /// Calls with each entry, which may be replaced.
  /// - Parameter body: is given an entry, and how many stand before it.
  mutating func updateEach(_ body: (Term, Int) -> Term) {
    guard let base else { return }
    for place in head..<tail { base[place] = body(base[place], place - head) }
  }
}

extension Term {
  /// The message of an entry that is the address of a record.
  var queuedMessage: Message? {
    if bits & 3 != 0 { return nil }
    return UnsafeMutablePointer<UInt>(bitPattern: bits).map { Message(record: $0) }
  }
}

import Carriers
import Heaps
import Synchronization
import Terms

/// Whether a system still is; handles outlive it.
final class SystemLife: Sendable {
  private let ended = Atomic<Bool>(false)

  var hasEnded: Bool { ended.load(ordering: .acquiring) }

  func end() { ended.store(true, ordering: .releasing) }
}

/// The terms of one process that are kept from Swift.
///
/// ```
///   base | term | none | term | term | ...       a handle knows its place
/// ```
/// The slots are the owner's alone. A handle may be let go by any thread: its place goes to a list
/// under a lock, from where the owner takes it before it looks at its slots.
final class HandleTable: @unchecked Sendable {
  // Unchecked: the slots are the owner's, and places given back are under the lock.

  let pid: Term
  let life: SystemLife
  private let ended = Atomic<Bool>(false)
  private let returned = Guarded<[Int]>([])
  private var block: MemoryBlock?
  private var capacity = 0
  private var used = 0
  private var free: [Int] = []

  init(pid: Term, life: SystemLife) {
    self.pid = pid
    self.life = life
  }

  var hasEnded: Bool { ended.load(ordering: .acquiring) }

  private var base: UnsafeMutablePointer<Term> {
    block.unsafelyUnwrapped.base.assumingMemoryBound(to: Term.self)
  }

  /// The slots as roots; nothing where nothing is kept.
  var slots: RootSlots? {
    takeReturned()
    return block == nil || used == free.count ? nil : RootSlots(base: base, count: used)
  }

  /// How many terms are kept.
  var count: Int {
    takeReturned()
    return used - free.count
  }

  /// The bytes of its slots.
  var byteCount: Int { block?.byteCount ?? 0 }

  /// The term at a place.
  subscript(place: Int) -> Term {
    get { base[place] }
    set { base[place] = newValue }
  }

  /// Keeps a term.
  func keep(_ term: Term, _ allocator: BlockAllocator) throws(MemoryError) -> TermHandle {
    takeReturned()
    if free.isEmpty && used == capacity { try grow(allocator) }
    let place: Int
    if let freed = free.popLast() {
      place = freed
    } else {
      place = used
      used += 1
    }
    base[place] = term
    return TermHandle(table: self, place: place)
  }

  private func grow(_ allocator: BlockAllocator) throws(MemoryError) {
    let doubled = max(8, 2 * capacity)
    let larger = try allocator.allocate(
      byteCount: doubled * MemoryLayout<Term>.stride, kind: .fixed)
    let slots = larger.base.bindMemory(to: Term.self, capacity: doubled)
    if let block {
      slots.update(from: base, count: used)
      allocator.free(block, kind: .fixed)
    }
    block = larger
    capacity = doubled
  }

  private func takeReturned() {
    let places = returned.withLock { places in
      defer { places.removeAll(keepingCapacity: true) }
      return places
    }
    for place in places { base[place] = .none }
    free.append(contentsOf: places)
  }

  /// Lets the term at a place go; any thread.
  func giveBack(_ place: Int) {
    if !hasEnded { returned.withLock { $0.append(place) } }
  }

  /// Lets all go, with the process.
  func end(_ allocator: BlockAllocator) {
    ended.store(true, ordering: .releasing)
    if let block { allocator.free(block, kind: .fixed) }
    block = nil
    (capacity, used) = (0, 0)
    free = []
    returned.withLock { $0 = [] }
  }
}

extension ProcessRecord {
  /// Lets all terms go that are kept from Swift.
  mutating func endHandles(_ environment: HeapEnvironment) {
    if handles == nil { return }
    handles?.end(environment.allocator)
    handles = nil
  }
}

import Carriers
import Heaps
import TestKit
import Terms

/// Builds worlds on a heap, side by side, and checks what one collection makes of all of them:
/// each object in the right generation with the right slots, nothing else kept, no damage.
public struct WorldSandbox: ~Copyable {
  /// Which objects are in which generation, and what is done with them.
  public struct Division: Sendable {
    /// How many objects are in the old generation.
    public var old: Int
    /// How many have survived a collection, those of the old generation included.
    public var mature: Int
    /// Whether both generations are collected.
    public var fully: Bool

    /// Every division of so many objects: for minor collections all generations' borders, for full
    /// sweeps, to which what is mature is as what is fresh, that of the old generation.
    public static func all(objects count: Int) -> [Division] {
      (0...count).flatMap { old in
        (old...count).map { Division(old: old, mature: $0, fully: false) }
          + [Division(old: old, mature: old, fully: true)]
      }
    }

    /// Those without an old generation: each high-water mark, and a full sweep.
    public static func withoutOld(objects count: Int) -> [Division] {
      all(objects: count).filter { $0.old == 0 }
    }
  }

  /// A world and the objects that roots refer to, as bits.
  public struct Case: Sendable {
    var world: World
    var roots: Int
    /// What the world is to be after a collection.
    var expected: World

    /// Makes a case.
    /// - Parameter expected: another world of as many objects, to see that the sandbox sees it.
    public init(world: World, roots: Int, expected: World? = nil) {
      self.world = world
      self.roots = roots
      self.expected = expected ?? world
    }
  }

  /// What went wrong, the first few.
  public private(set) var complaints: [String] = []
  /// How many worlds were collected, each once for each division and set of roots.
  public private(set) var collected = 0

  private let environment = HeapEnvironment(allocator: BlockAllocator())
  private let binary: OffHeapBinary
  private let places: UnsafeMutablePointer<Term>
  /// The object that was found for each of a world, while that is checked; 0 for none yet.
  private let found: UnsafeMutablePointer<UInt>

  /// The most cases at once.
  public static var batch: Int { 2000 }
  /// Words per object: no object has more.
  private static var roomPerObject: Int { BinaryHandle.words }

  /// Makes a sandbox.
  public init() throws {
    binary = try environment.binaries.makeBinary(byteCount: World.largest)
    places = .allocate(capacity: Self.batch * World.largest + 1)
    found = .allocate(capacity: World.largest)
  }

  deinit {
    places.deallocate()
    found.deallocate()
    binary.release(to: environment.binaries)
  }

  /// Collects cases of equally many objects in one division.
  public mutating func run(_ cases: [Case], _ division: Division) throws(HeapError) {
    guard let count = cases.first?.world.count else { return }
    precondition(cases.count <= Self.batch, "\(cases.count) cases at once")
    collected += cases.count
    let slotCount = cases.count * count + 1
    places.initialize(repeating: .nil, count: slotCount)
    var roots = RootSlots(base: places, count: slotCount)
    // Room for all from the start, so that nothing is collected before its time.
    let words = slotCount * Self.roomPerObject
    let options = HeapOptions(minimumWords: 2 * words, minimumVirtualWords: 1 << 30)
    var heap = try ProcessHeap(environment: environment, options: options)
    // Something mature at all times: without it no minor collection runs.
    places[slotCount - 1] = heap.build { $0.makeCons(.small(1), .nil) }
    build(cases, 0..<division.old, heap)
    if division.old > 0 {
      try heap.collectGarbage(fully: true, roots: &roots)
      // The old block gets room for as much as is young, dead or alive: for all to come.
      heap.build { _ = $0.makeHeapBinary(ofWords: words) }
      try heap.collectGarbage(fully: false, roots: &roots)
    }
    build(cases, division.old..<division.mature, heap)
    let state = heap.state
    // As if a collection had been here, and had counted what was built before it.
    state.pointee.tallies.allocatedWords += state.pointee.top - state.pointee.highWater
    state.pointee.highWater = state.pointee.top
    build(cases, division.mature..<count, heap)
    for (number, entry) in cases.enumerated() {
      for object in 0..<count where entry.roots >> object & 1 == 0 {
        places[number * count + object] = .nil
      }
    }
    let before = heap.figures
    try heap.collectGarbage(fully: division.fully, roots: &roots)
    check(cases, division, before, &heap, &roots)
  }

  // MARK: - Building

  private func build(_ cases: [Case], _ numbers: Range<Int>, _ heap: borrowing ProcessHeap) {
    if numbers.isEmpty { return }
    heap.buildLinked { (cursor, list) throws(Never) in
      for (number, entry) in cases.enumerated() {
        let places = places + number * entry.world.count
        for object in numbers {
          places[object] = build(object, of: entry.world, places, &cursor, &list)
        }
      }
    }
  }

  private func build(
    _ object: Int, of world: World, _ places: UnsafeMutablePointer<Term>,
    _ cursor: inout WordCursor, _ list: inout OffHeapList
  ) -> Term {
    let (first, second) = (world.first(of: object), world.second(of: object))
    let one = first < 0 ? Term.small(object) : places[first]
    let other = second < 0 ? Term.atom(object) : places[second]
    switch world.kind(of: object) {
    case .cons: return cursor.makeCons(one, other)
    case .tuple1:
      let words = cursor.makeTuple(arity: 1)
      words[1] = one.bits
      return .boxed(at: words)
    case .tuple2:
      let words = cursor.makeTuple(arity: 2)
      words[1] = one.bits
      words[2] = other.bits
      return .boxed(at: words)
    case .float: return cursor.makeFloat(Double(object))
    case .handle:
      binary.retain()
      return cursor.makeBinaryHandle(binary, offset: object, byteCount: 1, list: &list)
    }
  }

  // MARK: - Checking

  private mutating func check(
    _ cases: [Case], _ division: Division, _ before: HeapFigures, _ heap: inout ProcessHeap,
    _ roots: inout RootSlots
  ) {
    let count = cases[0].world.count
    let isOld = division.fully ? 0 : (1 << division.mature) - 1
    let wasOld = (1 << division.old) - 1
    // The anchor stands with what was built first.
    var young = division.fully ? 2 : 0
    var promoted = division.fully || division.old > 0 ? 0 : 2
    var references = 1
    for (number, entry) in cases.enumerated() {
      let live = entry.expected.reachable(from: entry.roots)
      // A minor collection leaves all that was old: all objects were rooted while they became so.
      let kept = division.fully ? live : live | wasOld
      young += entry.expected.words(of: live & ~isOld)
      promoted += entry.expected.words(of: live & isOld & ~wasOld)
      for object in 0..<count where kept >> object & 1 == 1 {
        if entry.expected.kind(of: object) == .handle { references += 1 }
      }
      if !isSame(entry, live, isOld: isOld, places + number * count, heap) {
        complain(entry, division, "is not what it was")
      }
    }
    let figures = heap.figures
    let old = division.fully ? 0 : before.oldUsedWords + promoted
    if figures.youngUsedWords != young || figures.oldUsedWords != old {
      complain(cases[0], division, "and its neighbours: \(young), \(old) words but \(figures)")
    }
    if binary.references != references {
      complain(
        cases[0], division, "and its neighbours: \(binary.references) references, not \(references)"
      )
    }
    if let damage = heap.firstDamage(roots: &roots) {
      complain(cases[0], division, "and its neighbours: \(damage)")
    }
  }

  private mutating func complain(_ entry: Case, _ division: Division, _ text: String) {
    if complaints.count < 5 {
      complaints.append(
        "\(entry.world), roots \(String(entry.roots, radix: 2)), \(division): \(text)")
    }
  }

  /// Whether every live object is one object, in the right generation and with the right slots.
  private func isSame(
    _ entry: Case, _ live: Int, isOld: Int, _ rooted: UnsafeMutablePointer<Term>,
    _ heap: borrowing ProcessHeap
  ) -> Bool {
    let world = entry.expected
    for object in 0..<world.count {
      found[object] = entry.roots >> object & 1 == 1 ? rooted[object].bits : 0
    }
    // Referrers stand behind what they refer to.
    for object in stride(from: world.count - 1, through: 0, by: -1) where live >> object & 1 == 1 {
      let term = Term(bits: found[object])
      guard stands(term, inOld: isOld >> object & 1 == 1, heap),
        let slots = slots(of: term, object, world.kind(of: object))
      else { return false }
      guard isSame(slots.0, world.first(of: object), or: .small(object)),
        isSame(slots.1, world.second(of: object), or: .atom(object))
      else { return false }
    }
    return areApart(world.count)
  }

  /// Whether a slot refers to what was found for an object before, or first finds it; or holds an
  /// immediate.
  @inline(__always)
  private func isSame(_ slot: Term, _ target: Int, or word: Term) -> Bool {
    if target < 0 { return slot == word }
    if found[target] == 0 { found[target] = slot.bits }
    return found[target] == slot.bits
  }

  /// The slots of an object of a kind, immediates in those it has not; nothing where the term is
  /// not of the kind.
  private func slots(of term: Term, _ object: Int, _ kind: World.Kind) -> (Term, Term)? {
    let none = (Term.small(object), Term.atom(object))
    switch kind {
    case .cons: return term.isCons ? (term.cons[0], term.cons[1]) : nil
    case .tuple1: return term.isTuple(arity: 1) ? (Term(bits: term.boxed[1]), none.1) : nil
    case .tuple2:
      return term.isTuple(arity: 2)
        ? (Term(bits: term.boxed[1]), Term(bits: term.boxed[2])) : nil
    case .float: return term.isFloat && term.floatValue == Double(object) ? none : nil
    case .handle:
      let isSame =
        term.isBoxed(.binaryHandle)
        && term.boxed[4] == UInt(bitPattern: binary.bytes + object) && term.boxed[1] == 1
      return isSame ? none : nil
    }
  }

  @inline(__always)
  private func stands(_ term: Term, inOld: Bool, _ heap: borrowing ProcessHeap) -> Bool {
    guard term.isCons || term.isBoxed else { return false }
    let state = heap.state
    if !inOld {
      return term.address >= UInt(bitPattern: state.pointee.start)
        && term.address < UInt(bitPattern: state.pointee.top)
    }
    guard let old = state.pointee.old else { return false }
    return term.address >= UInt(bitPattern: old.start)
      && term.address < UInt(bitPattern: old.top)
  }

  private func areApart(_ count: Int) -> Bool {
    for one in 0..<count where found[one] != 0 {
      for other in 0..<one where found[other] == found[one] { return false }
    }
    return true
  }
}

extension WordCursor {
  /// Builds a binary of so many words, whatever is in them.
  fileprivate mutating func makeHeapBinary(ofWords words: Int) -> Term {
    let object = reserve(words)
    object[0] = Header(.heapBinary, arity: words - 1).bits
    object[1] = UInt(8 * (words - 2))
    return .boxed(at: object)
  }
}

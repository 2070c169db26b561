import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// All heaps of a few objects: each a cons or a pair, each slot an immediate or any earlier
/// object, each set of roots, each division into generations. What must be moved, and where to,
/// is worked out here and compared word for word.
@Suite struct SmallWorldsTests {
  @Test func allHeapsOfUpToThreeObjectsInEveryDivisionOfGenerations() throws {
    var cases = 0
    var sandbox = try WorldSandbox()
    for count in 1...3 {
      for number in 0..<World.count(objects: count) {
        let world = World(number: number, objects: count)
        for roots in 0..<(1 << count) {
          for old in 0...count {
            for mature in old...count {
              for fully in [false, true] {
                try sandbox.run(
                  world, .init(roots: roots, old: old, mature: mature, fully: fully))
                cases += 1
              }
            }
          }
        }
      }
    }
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(cases > 30_000)
  }

  /// One of the divisions for each, taken in turn, and both collections.
  @Test func allHeapsOfFourObjects() throws {
    let divisions = (0...4).flatMap { old in (old...4).map { (old, $0) } }
    var cases = 0
    var sandbox = try WorldSandbox()
    for number in 0..<World.count(objects: 4) {
      let world = World(number: number, objects: 4)
      for roots in 0..<16 {
        let (old, mature) = divisions[cases % divisions.count]
        for fully in [false, true] {
          try sandbox.run(world, .init(roots: roots, old: old, mature: mature, fully: fully))
        }
        cases += 1
      }
    }
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(cases == 9216 * 16)
  }
}

/// Up to four objects of two slots each.
struct World {
  /// For each object whether it is a cons, and the object in each slot; -1 for an immediate.
  private(set) var objects: [(isCons: Bool, first: Int, second: Int)] = []

  static func count(objects: Int) -> Int {
    (1...objects).reduce(1) { $0 * 2 * $1 * $1 }
  }

  init(number: Int, objects count: Int) {
    var rest = number
    for object in 0..<count {
      let choices = object + 1
      let isCons = rest % 2 == 0
      rest /= 2
      objects.append((isCons, rest % choices - 1, rest / choices % choices - 1))
      rest /= choices * choices
    }
  }

  /// The objects that a set of roots refers to, both sets as bits.
  func reachable(from roots: Int) -> Int {
    var reached = roots
    for number in objects.indices.reversed() where reached >> number & 1 == 1 {
      let object = objects[number]
      if object.first >= 0 { reached |= 1 << object.first }
      if object.second >= 0 { reached |= 1 << object.second }
    }
    return reached
  }

  /// The words of a set of objects.
  func words(of set: Int) -> Int {
    objects.indices.reduce(0) { sum, number in
      set >> number & 1 == 0 ? sum : sum + (objects[number].isCons ? 2 : 3)
    }
  }
}

/// Builds worlds on heaps and checks what a collection makes of them.
private struct WorldSandbox: ~Copyable {
  struct Case {
    /// The objects that roots refer to, as bits.
    var roots: Int
    /// How many objects are in the old generation.
    var old: Int
    /// How many objects have survived a collection, those of the old generation included.
    var mature: Int
    var fully: Bool
  }

  private(set) var complaints: [String] = []
  private let environment = HeapEnvironment(allocator: BlockAllocator())
  private let roots = UnsafeMutablePointer<Term>.allocate(capacity: 4)
  private var slots: RootSlots { RootSlots(base: roots, count: 4) }

  init() throws { roots.initialize(repeating: .nil, count: 4) }
  deinit { roots.deallocate() }

  mutating func run(_ world: World, _ plan: Case) throws(HeapError) {
    var heap = try ProcessHeap(environment: environment, options: .tiny())
    var slots = slots
    for number in 0..<4 { roots[number] = .nil }
    build(world, 0..<plan.old, &heap)
    if plan.old > 0 {
      try heap.collectGarbage(fully: true, roots: &slots)
      try heap.collectGarbage(fully: false, roots: &slots)
    }
    // Room for all at once: a collection in between would make the objects mature too soon.
    try heap.ensureFree(words: 12, roots: &slots)
    build(world, plan.old..<plan.mature, &heap)
    heap.state.pointee.highWater = heap.state.pointee.top
    build(world, plan.mature..<world.objects.count, &heap)
    for number in 0..<4 where plan.roots >> number & 1 == 0 { roots[number] = .nil }
    let oldWords = heap.figures.oldUsedWords
    let isMinor = !plan.fully && (plan.mature > plan.old || heap.state.pointee.old != nil)

    try heap.collectGarbage(fully: plan.fully, roots: &slots)

    let live = world.reachable(from: plan.roots)
    let inOld = isMinor ? (1 << plan.mature) - 1 : 0
    let promoted = isMinor ? live & inOld & ~((1 << plan.old) - 1) : 0
    let figures = heap.figures
    if figures.youngUsedWords != world.words(of: live & ~inOld)
      || figures.oldUsedWords != (isMinor ? oldWords + world.words(of: promoted) : 0)
      || !isSame(world, live, plan, inOld: inOld, heap)
    {
      complain(world, plan, "\(figures)")
    }
  }

  private mutating func complain(_ world: World, _ plan: Case, _ text: String) {
    if complaints.count < 5 { complaints.append("\(world) \(plan): \(text)") }
  }

  private func build(_ world: World, _ numbers: Range<Int>, _ heap: inout ProcessHeap) {
    for number in numbers {
      let object = world.objects[number]
      let first = object.first < 0 ? Term.small(number) : roots[object.first]
      let second = object.second < 0 ? Term.atom(number) : roots[object.second]
      var cursor = heap.cursor
      if object.isCons {
        roots[number] = cursor.makeCons(first, second)
      } else {
        let words = cursor.makeTuple(arity: 2)
        words[1] = first.bits
        words[2] = second.bits
        roots[number] = .boxed(at: words)
      }
      heap.commit(cursor)
    }
  }

  /// Whether every live object is one object, in the right generation and with the right slots.
  private func isSame(
    _ world: World, _ live: Int, _ plan: Case, inOld: Int, _ heap: borrowing ProcessHeap
  ) -> Bool {
    var places: (Term, Term, Term, Term) = (.none, .none, .none, .none)
    return withUnsafeMutablePointer(to: &places) { tuple in
      let places = UnsafeMutableRawPointer(tuple).assumingMemoryBound(to: Term.self)
      for number in 0..<4 where plan.roots >> number & 1 == 1 { places[number] = roots[number] }
      // Referrers stand behind what they refer to.
      for number in world.objects.indices.reversed() where live >> number & 1 == 1 {
        let object = world.objects[number]
        let term = places[number]
        if object.isCons ? !term.isCons : !term.isTuple(arity: 2) { return false }
        if !stands(term, inOld: inOld >> number & 1 == 1, heap) { return false }
        let first = object.isCons ? term.cons[0] : Term(bits: term.boxed[1])
        let second = object.isCons ? term.cons[1] : Term(bits: term.boxed[2])
        for (slot, target, word) in [
          (first, object.first, Term.small(number)), (second, object.second, Term.atom(number)),
        ] {
          if target < 0 {
            if slot != word { return false }
          } else if places[target] == .none {
            places[target] = slot
          } else if places[target] != slot {
            return false
          }
        }
      }
      return areApart(places, world, live)
    }
  }

  private func stands(_ term: Term, inOld: Bool, _ heap: borrowing ProcessHeap) -> Bool {
    let state = heap.state.pointee
    if !inOld {
      return term.address >= UInt(bitPattern: state.start)
        && term.address < UInt(bitPattern: state.top)
    }
    guard let old = state.old else { return false }
    return term.address >= UInt(bitPattern: old.start)
      && term.address < UInt(bitPattern: old.top)
  }

  private func areApart(
    _ places: UnsafeMutablePointer<Term>, _ world: World, _ live: Int
  ) -> Bool {
    for one in world.objects.indices where live >> one & 1 == 1 {
      for other in 0..<one where live >> other & 1 == 1 {
        let words: UInt = world.objects[other].isCons ? 2 : 3
        if places[one].address &- places[other].address < 8 * words { return false }
      }
    }
    return true
  }
}

import Tenure

/// A table of objects {Key, Number}, and a process that holds the list of the keys in the order in
/// which they are used, as the process of the reference does: so both heaps are of the same size.
final class TableBench {
  private let system = MemorySystem()
  private let registry: TableRegistry
  private let table: Table
  private let process: UnsafeMutablePointer<Process>
  private let owner: Term
  private let size: Int
  /// The list of the keys, and what of it is to be used still.
  private let slots: UnsafeMutablePointer<Term>

  init(type: TableType, size: Int, isShuffled: Bool) throws {
    self.size = size
    registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    owner = .pid(1)
    table = try registry.makeTable(
      named: .ok, options: TableOptions(type: type), owner: owner)
    process = .allocate(capacity: 1)
    process.initialize(to: try system.makeProcess())
    slots = .allocate(capacity: 2)
    slots.initialize(repeating: .nil, count: 2)
    var roots = RootSlots(base: slots, count: 2)
    try process.pointee.ensureFree(words: 2 * size, roots: &roots)
    let keys = Self.keys(size, isShuffled: isShuffled)
    slots[0] = process.pointee.heap.build { $0.makeList(keys) }
    try process.pointee.collectGarbage(roots: &roots)
  }

  private static func keys(_ size: Int, isShuffled: Bool) -> [Term] {
    var keys = (0..<size).map { Term.small($0) }
    if !isShuffled { return keys }
    var state = 1
    for index in stride(from: size - 1, to: 0, by: -1) {
      state = (state &* 1_103_515_245 &+ 12345) & 0x7FFF_FFFF
      keys.swapAt(index, (state >> 8) % (index + 1))
    }
    return keys
  }

  deinit {
    slots.deallocate()
    process.deinitialize(count: 1)
    process.deallocate()
  }

  /// Does something with each key in order, with room on the heap for what is built there.
  @inline(__always)
  private func forEachKey(words: Int = 0, _ body: (Term) throws -> Void) throws {
    var roots = RootSlots(base: slots, count: 2)
    var rest = slots[0]
    while rest.isCons {
      if words > 0 && !process.pointee.heap.state.pointee.hasRoom(words: words) {
        slots[1] = rest
        try process.pointee.makeRoom(words: words, roots: &roots)
        rest = slots[1]
      }
      try body(rest.cons[0])
      rest = rest.cons[1]
    }
    slots[1] = .nil
  }

  func fill() throws {
    try forEachKey(words: 3) { key in
      try table.insert(process.pointee.heap.build { $0.makePair(key) }, by: owner)
    }
  }

  /// Inserts all objects.
  /// - Returns: the most nanoseconds of the thread's own time that one insertion took.
  func longestInsertion() throws -> Double {
    var longest: UInt64 = 0
    try forEachKey(words: 3) { key in
      let object = process.pointee.heap.build { $0.makePair(key) }
      let start = Clock.threadNanoseconds
      try table.insert(object, by: owner)
      longest = max(longest, Clock.threadNanoseconds - start)
    }
    return Double(longest)
  }

  /// The most entries that one write moved.
  func mostMoved() throws -> Int { try table.indexStatistics().mostMoved }

  func deleteAll() throws {
    try forEachKey { key in try table.delete(key, by: owner) }
  }

  func empty() throws { try table.deleteAllObjects(by: owner) }

  func count() throws -> Int { try table.objectCount() }

  func end() throws { try table.delete(by: owner) }

  func wordsPerObject() throws -> Double {
    Double(try table.information().words) / Double(size)
  }

  func round(_ operation: TableOperation) throws -> Int {
    var sum = 0
    switch operation {
    case .lookup:
      try forEachKey(words: 5) { key in
        let list = try table.lookup(key, by: owner, on: &process.pointee.heap)
        sum += Term(bits: list.cons[0].boxed[2]).smallValue
      }
    case .member:
      try forEachKey { key in if try table.contains(key, by: owner) { sum += 1 } }
    case .lookupElement:
      try forEachKey { key in
        sum += try table.lookupElement(key, 2, by: owner, on: &process.pointee.heap).smallValue
      }
    case .updateCounter:
      let step = CounterStep(position: 2, increment: .small(1))
      try forEachKey { key in
        sum += try table.updateCounter(key, step: step, by: owner, on: &process.pointee.heap)
          .smallValue
      }
    case .next:
      try forEachKey { key in
        let next = try table.nextKey(after: key, by: owner, on: &process.pointee.heap)
        sum += next?.smallValue ?? 0
      }
    case .insert, .delete:
      break
    }
    return sum
  }

  /// Goes over all objects in one of three ways.
  /// - Returns: what they were found by.
  func walk(_ walk: TableWalkCase) throws -> Int {
    switch walk {
    case .list: return try listLength()
    case .foldl:
      var sum = 0
      try table.forEachObject(by: owner) { sum += Term(bits: $0.boxed[2]).smallValue }
      return sum
    case .select:
      return try drop(table.select(halves.all, by: owner, on: &process.pointee.heap))
    case .selectGuard:
      return try drop(table.select(halves.upper, by: owner, on: &process.pointee.heap))
    }
  }

  /// `[{'$1', [], ['$_']}]`, and with the guard `{'<', '$2', Half}`.
  private lazy var halves: (all: MatchSpecification, upper: MatchSpecification) = {
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: 64)
    defer { memory.deallocate() }
    var cursor = WordCursor(top: memory, limit: memory + 64)
    func atom(_ name: String) -> Term { (try? system.atoms.atom(name)) ?? .undefined }
    let head = cursor.makeTuple(atom("_"), atom("$2"))
    let bound = cursor.makeTuple(atom("<"), atom("$2"), .small(size / 2))
    let body = cursor.makeList([atom("$_")])
    let all = cursor.makeList([cursor.makeTuple(head, .nil, body)])
    let upper = cursor.makeList([cursor.makeTuple(head, cursor.makeList([bound]), body)])
    let made = [all, upper].map {
      try? MatchSpecification(compiling: $0, atoms: system.atoms, environment: system.heaps)
    }
    guard let whole = made[0], let half = made[1] else {
      preconditionFailure("a specification of the benchmark is none")
    }
    return (whole, half)
  }()

  func listLength() throws -> Int {
    try drop(table.list(by: owner, on: &process.pointee.heap))
  }

  /// The length of a list, which is then dropped.
  private func drop(_ list: Term) throws -> Int {
    var roots = RootSlots(base: slots, count: 2)
    var (rest, length) = (list, 0)
    while rest.isCons {
      length += 1
      rest = rest.cons[1]
    }
    try process.pointee.ensureFree(words: 0, roots: &roots)
    return length
  }
}

extension WordCursor {
  /// Builds `{Key, Key}`: 3 words.
  @inline(__always)
  mutating func makePair(_ key: Term) -> Term {
    let words = makeTuple(arity: 2)
    words[1] = key.bits
    words[2] = key.bits
    return .boxed(at: words)
  }
}

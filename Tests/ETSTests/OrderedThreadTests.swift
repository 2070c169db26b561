import Carriers
import Glibc
import Heaps
import Processes
import Synchronization
import Terms
import TestKit
import Testing

@testable import ETS

/// One thread writes odd keys while others read; the even ones stay where they are.
private final class Scene: @unchecked Sendable {
  // Unchecked: the tree is written by one thread; all else is constant or atomic.
  let system = MemorySystem()
  var environment: HeapEnvironment { system.heaps }
  let tree: OrderedTree
  let isOver = Atomic<Bool>(false)
  let looks = Atomic<Int>(0)
  let faults = Atomic<Int>(0)
  static let keyCount = 2_000

  init() throws {
    tree = try OrderedTree(
      options: OrderedTreeOptions(keyPosition: 1, limit: nil),
      environment: system.heaps, atoms: system.atoms)
    for key in stride(from: 0, to: Self.keyCount, by: 2) { try insert(key, 0) }
  }

  deinit { tree.destroy() }

  /// The key of a number: a tuple where many have the same prefix, so that keys are compared.
  func withKey<Result>(
    _ number: Int, _ body: (Term) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: 4)
    defer { memory.deallocate() }
    if number % 3 == 0 { return try body(.small(number)) }
    memory[0] = Header.tuple(arity: 3).bits
    memory[1] = Term.small(1 << 58).bits
    memory[2] = Term.nil.bits
    memory[3] = Term.small(number).bits
    return try body(.boxed(at: memory))
  }

  func insert(_ number: Int, _ value: Int) throws(TableError) {
    let reader = environment.allocator.reader
    try withKey(number) { key throws(TableError) in
      let memory = UnsafeMutablePointer<UInt>.allocate(capacity: 4)
      defer { memory.deallocate() }
      memory[0] = Header.tuple(arity: 3).bits
      memory[1] = key.bits
      memory[2] = Term.small(number).bits
      memory[3] = Term.small(value).bits
      reader.enter()
      defer { reader.leave() }
      _ = try tree.insert(.boxed(at: memory), key: key, rule: .always)
    }
  }

  func remove(_ number: Int) throws(TableError) -> Bool {
    let reader = environment.allocator.reader
    return try withKey(number) { key throws(TableError) in
      reader.enter()
      defer { reader.leave() }
      return try tree.remove(key)
    }
  }

  private func expect(_ isRight: Bool) {
    if !isRight { faults.add(1, ordering: .relaxed) }
  }

  /// Inserts and removes odd keys, then waits until enough was read.
  func write(steps: Int) throws(TableError) {
    var random = SeededGenerator(seed: 7)
    var isThere = [Bool](repeating: false, count: Self.keyCount)
    for step in 0..<steps {
      let number = Int(random.next() % UInt64(Self.keyCount))
      // Phases, so that leaves fill and are merged.
      if number % 2 == 0 || step / 5_000 % 2 == 0 {
        try insert(number, step)
        isThere[number] = true
      } else {
        expect(try remove(number) == isThere[number])
        isThere[number] = false
      }
    }
    while looks.load(ordering: .relaxed) < 1_000 { sched_yield() }
  }

  /// Looks for keys and walks, until all is written.
  func read(seed: UInt64) throws(TableError) {
    var random = SeededGenerator(seed: seed)
    let reader = environment.allocator.reader
    while !isOver.load(ordering: .acquiring) {
      let number = Int(random.next() % UInt64(Self.keyCount))
      reader.enter()
      defer { reader.leave() }
      try withKey(number) { key throws(TableError) in
        let found = try tree.find(key)
        if number % 2 == 0 { expect(!found.isNone) }
        if !found.isNone { expect(found.words[2] == Term.small(number).bits) }
        let next = try tree.next(after: key)
        if !next.isNone { expect(try tree.compare(tree.key(of: next), key) > 0) }
        let previous = try tree.previous(before: key)
        if !previous.isNone { expect(try tree.compare(tree.key(of: previous), key) < 0) }
      }
      if looks.add(1, ordering: .relaxed).newValue % 64 == 0 { try walk() }
    }
  }

  /// Every even key is met, each key behind the one before.
  private func walk() throws(TableError) {
    var cursor = OrderedTree.Cursor()
    var last = TableEntry.none
    var evenCount = 0
    while true {
      let entry = try tree.next(&cursor)
      if entry.isNone { break }
      if Term(bits: entry.words[2]).smallValue % 2 == 0 { evenCount += 1 }
      if !last.isNone { expect(try tree.compare(tree.key(of: last), tree.key(of: entry)) < 0) }
      last = entry
    }
    expect(evenCount == Self.keyCount / 2)
  }
}

@Suite struct OrderedThreadTests {
  @Test func readersSeeWholeTreesWhileOneWrites() throws {
    let scene = try Scene()
    let failures = TestThreads.run(4, of: scene.system) { number, _ in
      if number > 0 { return try scene.read(seed: UInt64(number)) }
      defer { scene.isOver.store(true, ordering: .releasing) }
      try scene.write(steps: 60_000)
    }
    #expect(failures.isEmpty)
    #expect(scene.faults.load(ordering: .relaxed) == 0)
    #expect(scene.looks.load(ordering: .relaxed) >= 1_000)
    #expect(try scene.tree.firstFault() == nil)
  }
}

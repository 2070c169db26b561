import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// One collection after the other, each with every request for memory refused that it makes.
@Suite struct CollectionRefusalTests {
  /// A heap on the eve of a collection, and what has it collected.
  struct Scenario: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The requests that at least can be refused.
    var points: Int
    /// Those that it at least manages without.
    var spared = 0
    var levers = HeapLevers()
    /// Blocks that are never small: each is a request of its own.
    var options = HeapOptions(minimumWords: 40_000)
    var prepare: @Sendable (HeapFixture) throws -> Void
    var collect: @Sendable (HeapFixture) throws -> Void
    /// The bytes of the largest binary where nothing was refused, if they are to be fewer.
    var largestBinary: Int?
  }

  static let scenarios: [Scenario] = [
    Scenario(
      testDescription: "the first collection", points: 1, prepare: { try fill($0) },
      collect: { try $0.collect(fully: false) }),
    Scenario(
      testDescription: "a minor collection that makes the old block", points: 2,
      prepare: {
        try fill($0)
        try $0.collect(fully: true)
        try fill($0)
      }, collect: { try $0.collect(fully: false) }),
    Scenario(
      testDescription: "a minor collection", points: 1, prepare: { try age($0) },
      collect: { try $0.collect(fully: false) }),
    Scenario(
      testDescription: "a full sweep of both generations", points: 1, prepare: { try age($0) },
      collect: { try $0.collect(fully: true) }),
    Scenario(
      testDescription: "a full sweep that verifies", points: 1, levers: HeapLevers(verifies: true),
      prepare: { try age($0) }, collect: { try $0.collect(fully: true) }),
    Scenario(
      testDescription: "a minor collection that has to grow", points: 2, prepare: { try age($0) },
      collect: { try $0.ensure(400_000) }),
    Scenario(
      testDescription: "a full sweep that has to grow", points: 2,
      levers: HeapLevers(alwaysSweepsFully: true), prepare: { try age($0) },
      collect: { try $0.ensure(2_000_000) }),
    Scenario(
      testDescription: "a full sweep that shrinks", points: 1,
      prepare: {
        try age($0)
        try $0.ensure(1_000_000)
        for root in 0..<8 { $0.roots[root] = .nil }
        while $0.heap.state.pointee.stackWords > 0 { _ = $0.heap.pop() }
      }, collect: { try $0.collect(fully: true) }),
    Scenario(
      testDescription: "a minor collection with fragments", points: 2,
      prepare: {
        try age($0)
        try addFragments($0)
      }, collect: { try $0.collect(fully: false) }),
    Scenario(
      testDescription: "a full sweep with fragments", points: 2,
      prepare: {
        try age($0)
        try addFragments($0)
      }, collect: { try $0.collect(fully: true) }),
    Scenario(
      testDescription: "room where no collection may run", points: 1, prepare: { try age($0) },
      collect: { fixture in
        try fixture.heap.withoutCollecting { heap throws(HeapError) in
          var roots = fixture.rootSlots
          try heap.ensureFree(words: 300_000, roots: &roots)
        }
      }),
  ]

  /// Lists, tuples and handles in root slots and on the stack.
  static func fill(_ fixture: HeapFixture) throws {
    try fixture.ensure(5_000)
    for root in 0..<4 {
      fixture.roots[root] = fixture.heap.build { cursor in
        (0..<500).reduce(fixture.roots[root]) { cursor.makeCons(.small($1), $0) }
      }
    }
    for root in 4..<6 {
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 100)
      fixture.roots[root] = fixture.heap.buildLinked { (cursor, list) throws(Never) in
        let handle = cursor.makeBinaryHandle(binary, byteCount: 100, list: &list)
        return cursor.makeTuple(handle, fixture.roots[0], fixture.roots[root])
      }
    }
    fixture.heap.push(fixture.roots[5])
  }

  /// Something in the old generation, something mature, something fresh.
  static func age(_ fixture: HeapFixture) throws {
    for fully in [true, false, false] {
      try fill(fixture)
      try fixture.collect(fully: fully)
    }
    try fill(fixture)
  }

  static func addFragments(_ fixture: HeapFixture) throws {
    for root in 6..<8 {
      var fragment = try HeapFragment(environment: fixture.environment, words: 40_000)
      fixture.roots[root] = fragment.build { cursor, _ in
        (0..<1000).reduce(fixture.roots[root - 2]) { cursor.makeCons(.small($1), $0) }
      }
      fixture.heap.attach(fragment)
    }
  }

  /// Refused before the first word moved, the heap is as it was, to the word. Where the collection
  /// was over and only the room is missing that was asked for, it holds the same terms.
  @Test(arguments: scenarios + sizingScenarios + binaryScenarios)
  func everyRequestOfACollectionMayBeRefused(scenario: Scenario) throws {
    var memory = MemoryConfiguration(usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    var requestsBefore = 0
    do {
      let fixture = try HeapFixture(
        levers: scenario.levers, options: scenario.options,
        allocator: BlockAllocator(configuration: memory))
      try scenario.prepare(fixture)
      requestsBefore = fixture.allocator.statistics.pages.requestCount
    }
    var outcomes: [Outcome] = []
    while outcomes.last != .madeFewerRequests {
      let request = requestsBefore + outcomes.count + 1
      memory.failingRequest = request
      let allocator = BlockAllocator(configuration: memory)
      outcomes.append(try collect(scenario, refusing: request, allocator))
      #expect(allocator.allocatedBlockCount == 0)
    }
    #expect(outcomes.count { $0 == .refused } >= scenario.points)
    #expect(outcomes.count { $0 == .managedWithout } >= scenario.spared)
  }

  private enum Outcome { case madeFewerRequests, managedWithout, refused }

  private func collect(
    _ scenario: Scenario, refusing request: Int, _ allocator: BlockAllocator
  ) throws -> Outcome {
    let fixture = try HeapFixture(
      levers: scenario.levers, options: scenario.options, allocator: allocator)
    try scenario.prepare(fixture)
    let before = HeapImage(of: fixture)
    let collections = fixture.collections
    var roots: [ModelTerm] = []
    var model = ModelHeap(reading: fixture.terms, of: fixture.heap, roots: &roots)
    let blocks = allocator.allocatedBlockCount
    var outcome = Outcome.managedWithout
    do {
      try scenario.collect(fixture)
    } catch {
      #expect(error as? HeapError == .outOfMemory(.injectedFailure(request: request)))
      outcome = .refused
      if fixture.collections == collections {
        #expect(HeapImage(of: fixture) == before)
        #expect(allocator.allocatedBlockCount == blocks)
      }
    }
    if allocator.statistics.pages.failedRequestCount == 0 { outcome = .madeFewerRequests }
    expectWhole(fixture, &model, roots)
    if outcome == .managedWithout, let shrunk = scenario.largestBinary {
      #expect(largestBinary(fixture) > shrunk)
    }
    // And it goes on.
    if outcome != .madeFewerRequests { try scenario.collect(fixture) }
    expectWhole(fixture, &model, roots)
    if let shrunk = scenario.largestBinary { #expect(largestBinary(fixture) == shrunk) }
    return outcome
  }

  /// The bytes of the largest binary, found without a request for memory.
  private func largestBinary(_ fixture: HeapFixture) -> Int {
    var largest = 0
    var next = fixture.heap.state.pointee.offHeap.first
    while let object = UnsafePointer<UInt>(bitPattern: next) {
      largest = max(largest, OffHeapObject.target(of: object).capacity)
      next = OffHeapObject.next(of: object)
    }
    return largest
  }

  /// The heap holds what the model does, nothing is damaged, and the reserve is there.
  private func expectWhole(_ fixture: HeapFixture, _ model: inout ModelHeap, _ roots: [ModelTerm]) {
    model.followShrinking(of: roots, to: fixture.terms)
    #expect(model.firstDifference(of: roots, from: fixture.terms) == nil)
    #expect(fixture.damage == nil)
    #expect(fixture.heap.state.pointee.freeWords >= HeapSizes.reservedWords)
  }
}

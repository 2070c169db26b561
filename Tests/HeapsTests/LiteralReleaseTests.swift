import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Areas of literals that are released while processes use them.
@Suite struct LiteralReleaseTests {
  /// An area of a shared tuple, a list of it twice, and a handle of a binary outside.
  private static func makeArea(
    _ environment: HeapEnvironment
  ) throws -> (area: LiteralArea, list: Term, handle: Term) {
    let binary = try environment.binaries.makeBinary(byteCount: 100)
    var terms = (Term.nil, Term.nil)
    let area = try environment.literals.build(words: 3 + 4 + BinaryHandle.words + 2) {
      (cursor, list) throws(Never) in
      let tuple = cursor.makeTuple(.small(1), .small(2))
      let cells = cursor.makeList([tuple, tuple])
      terms = (
        cells, cursor.makeBinaryHandle(binary, offset: 0, byteCount: 100, list: &list)
      )
      _ = cursor.makeFloat(2.5)
    }
    return (area, terms.0, terms.1)
  }

  @Test(arguments: [0, 1, 2])
  func whatIsUsedIsCopiedAndStaysShared(collections: Int) throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    let before = fixture.allocator.allocatedBlockCount
    let (area, list, handle) = try Self.makeArea(fixture.environment)
    try fixture.ensure(10)
    fixture.roots[0] = fixture.heap.build { $0.makeCons(list, .nil) }
    fixture.roots[1] = handle
    fixture.heap.push(list)
    // In the young, the mature and the old generation.
    for _ in 0..<collections { try fixture.collect(fully: false) }
    var slots = fixture.rootSlots
    #expect(try fixture.heap.copyLiterals(of: area, roots: &slots))
    #expect(fixture.roots[0].cons[0] != list)
    #expect(fixture.roots[0].cons[0] == fixture.heap.state.pointee.stackTop.term)
    fixture.environment.literals.release(area)
    fixture.heap.verify(roots: &slots)
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
    let copy = fixture.heap.pop()
    #expect(copy.cons[0] == copy.cons[1].cons[0])
    #expect(copy.cons[0].tupleElements[1] == .small(2))
    // The cell and what is used of the area: not the float.
    #expect(fixture.heap.figures.youngUsedWords == 2 + 3 + 4 + BinaryHandle.words)
    // The binary is the heap's alone now, and goes with it.
    #expect(fixture.allocator.allocatedBlockCount == before + 1)
    fixture.roots[1] = .nil
    try fixture.collect(fully: true)
    #expect(fixture.allocator.allocatedBlockCount == before)
  }

  @Test func anAreaThatOnlyGarbageUsesIsNotCopied() throws {
    let fixture = try HeapFixture()
    let (area, list, _) = try Self.makeArea(fixture.environment)
    var slots = fixture.rootSlots
    #expect(try !fixture.heap.copyLiterals(of: area, roots: &slots))
    #expect(fixture.heap.counters.fullSweeps == 0)
    try fixture.ensure(2)
    _ = fixture.heap.build { $0.makeCons(list, .nil) }
    #expect(try !fixture.heap.copyLiterals(of: area, roots: &slots))
    #expect(fixture.heap.counters.fullSweeps == 1)
    #expect(fixture.heap.figures.youngUsedWords == 0)
    fixture.environment.literals.release(area)
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  /// Every request is refused once: the heap then still uses the area.
  @Test func aRefusalLeavesTheHeapWithTheArea() throws {
    var refusals = 0
    for request in 1... {
      var memory = MemoryConfiguration(usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      memory.failingRequest = request
      let allocator = BlockAllocator(configuration: memory)
      do {
        let fixture = try HeapFixture(
          levers: HeapLevers(verifies: true), memory: memory,
          options: HeapOptions(minimumWords: 40_000))
        let environment = fixture.environment
        let area = try environment.literals.build(words: 90_000) { (cursor, _) throws(Never) in
          var list = Term.nil
          for number in 0..<45_000 { list = cursor.makeCons(.small(number), list) }
          fixture.roots[0] = list
        }
        var slots = fixture.rootSlots
        do throws(HeapError) {
          try fixture.heap.copyLiterals(of: area, roots: &slots)
        } catch {
          refusals += 1
          fixture.heap.verify(roots: &slots)
          #expect(fixture.roots[0].cons[0] == .small(44_999))
          #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
          #expect(try fixture.heap.copyLiterals(of: area, roots: &slots))
        }
        environment.literals.release(area)
        fixture.heap.verify(roots: &slots)
        #expect(fixture.heap.figures.youngUsedWords == 90_000)
        if fixture.allocator.statistics.pages.failedRequestCount == 0 { break }
      } catch {
        // What was refused was the heap or the area.
        #expect("\(error)".contains("\(request)"), "\(error)")
      }
      #expect(allocator.allocatedBlockCount == 0)
    }
    #expect(refusals >= 2)
  }

  /// An area ends where its terms end: what was asked for beyond is no part of it, whatever is there.
  @Test func anAreaWithFewerTermsThanItHasRoomForIsCopied() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    let area = try fixture.environment.literals.build(words: 100) { (cursor, _) throws(Never) in
      fixture.roots[0] = cursor.makeCons(.small(1), .nil)
      // A header of an object that reaches far beyond the area.
      cursor.top[7] = Header(.heapBinary, arity: 1 << 20).bits
    }
    #expect(area.words == 2)
    var slots = fixture.rootSlots
    #expect(try fixture.heap.copyLiterals(of: area, roots: &slots))
    fixture.environment.literals.release(area)
    #expect(fixture.heap.figures.youngUsedWords == 2)
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.roots[0].cons[0] == .small(1))
  }

  @Test func anAreaIsFoundByItsAddressUntilItIsReleased() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    var areas: [LiteralArea] = []
    for number in 0..<50 {
      areas.append(
        try fixture.environment.literals.build(words: 2) { (cursor, _) throws(Never) in
          fixture.roots[number % 8] = cursor.makeCons(.small(number), .nil)
        })
    }
    var slots = fixture.rootSlots
    fixture.heap.verify(roots: &slots)
    for number in [3, 0, 49, 25] + Array(4..<25) {
      try fixture.heap.copyLiterals(of: areas[number], roots: &slots)
      fixture.environment.literals.release(areas[number])
      fixture.heap.verify(roots: &slots)
    }
  }
}

extension UnsafeMutablePointer<UInt> {
  fileprivate var term: Term { Term(bits: pointee) }
}

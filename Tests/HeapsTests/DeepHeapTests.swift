import Carriers
import Foundation
import Heaps
import TestKit
import Terms
import Testing

/// Terms deeper than any stack, collected on a thread with a small one.
///
/// In processes of their own, since a stack that overflows ends the process.
@Suite struct DeepHeapTests {
  /// Runs a closure on a thread with a stack of 128 KiB.
  static func onSmallStack(_ body: @escaping @Sendable () throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      do { try body() } catch { fatalError("\(error)") }
      done.signal()
    }
    thread.stackSize = 128 << 10
    thread.start()
    done.wait()
  }

  static let cells = 3_000_000
  static let depth = 500_000

  /// Collects fully, then twice more, so that what lives goes to the old generation and back.
  static func collectThreeTimes(_ fixture: HeapFixture, words: Int) throws {
    try fixture.collect(fully: true)
    precondition(fixture.heap.figures.youngUsedWords == words)
    try fixture.collect(fully: false)
    precondition(fixture.heap.figures.oldUsedWords == words)
    precondition(fixture.heap.counters.minorCollections == 1)
    try fixture.collect(fully: true)
    precondition(fixture.heap.figures.youngUsedWords == words)
  }

  @Test func aListOfThreeMillionCells() async {
    await #expect(processExitsWith: .success) {
      DeepHeapTests.onSmallStack {
        let cells = DeepHeapTests.cells
        let fixture = try HeapFixture(options: HeapOptions(minimumWords: 3 * cells))
        fixture.roots[0] = fixture.heap.build { cursor in
          var list = Term.nil
          for number in 0..<cells { list = cursor.makeCons(.small(number), list) }
          return list
        }
        try DeepHeapTests.collectThreeTimes(fixture, words: 2 * cells)
        var list = fixture.roots[0]
        var expected = cells
        while list.isCons {
          expected -= 1
          precondition(list.cons[0] == .small(expected))
          list = list.cons[1]
        }
        precondition(expected == 0)
        precondition(list == .nil)
      }
    }
  }

  /// Nested at the first element, at the last, and by the heads of lists.
  @Test func tuplesAndListsInEachOther() async {
    await #expect(processExitsWith: .success) {
      DeepHeapTests.onSmallStack {
        let depth = DeepHeapTests.depth
        let fixture = try HeapFixture(options: HeapOptions(minimumWords: 12 * depth))
        fixture.heap.build { cursor in
          for root in 0..<3 {
            var term = Term.nil
            for _ in 0..<depth {
              switch root {
              case 0: term = cursor.makeTuple(term, .small(1))
              case 1: term = cursor.makeTuple(.small(1), term)
              default: term = cursor.makeCons(term, .nil)
              }
            }
            fixture.roots[root] = term
          }
        }
        try DeepHeapTests.collectThreeTimes(fixture, words: 8 * depth)
        for root in 0..<3 {
          var term = fixture.roots[root]
          for _ in 0..<depth {
            switch root {
            case 0: term = term.tupleElements[0]
            case 1: term = term.tupleElements[1]
            default: term = term.cons[0]
            }
          }
          precondition(term == .nil)
        }
      }
    }
  }
}

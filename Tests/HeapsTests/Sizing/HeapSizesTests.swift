import Heaps
import Testing

@Suite struct HeapSizesTests {
  @Test func theTableIsThatOfTheErlangRuntime() {
    let recorded = RecordedTraces.heapSizes.split { $0.isWhitespace }.compactMap { Int($0) }
    #expect(recorded.count == 137)
    #expect(HeapSizes.table == recorded)
  }

  @Test func everyEntryHoldsItself() {
    for (place, size) in HeapSizes.table.enumerated().dropLast() {
      let next = HeapSizes.table[place + 1]
      #expect(HeapSizes.atLeast(size) == size)
      #expect(HeapSizes.atLeast(size + 1) == next)
      #expect(HeapSizes.oneAbove(size) == next)
    }
  }

  @Test func betweenEntriesOneAboveGoesTwoUp() {
    for (place, size) in HeapSizes.table.enumerated().dropLast(2) {
      #expect(HeapSizes.oneAbove(size + 1) == HeapSizes.table[place + 2])
      #expect(HeapSizes.oneAbove(HeapSizes.table[place + 1] - 1) == HeapSizes.table[place + 2])
    }
  }

  @Test func belowTheTableBothGiveItsFirstEntry() {
    for words in [0, 1, 11] {
      #expect(HeapSizes.atLeast(words) == 12)
      #expect(HeapSizes.oneAbove(words) == 12)
    }
    #expect(HeapSizes.oneAbove(12) == 38)
  }

  @Test func beyondTheTableTheRequestItselfComesBack() {
    let last = HeapSizes.table[HeapSizes.table.count - 1]
    #expect(HeapSizes.atLeast(last) == last)
    #expect(HeapSizes.atLeast(last + 1) == last + 1)
    #expect(HeapSizes.oneAbove(last) == last)
    #expect(HeapSizes.oneAbove(last - 1) == last)
    #expect(HeapSizes.oneAbove(Int.max) == Int.max)
  }
}

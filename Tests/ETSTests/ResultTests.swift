import Carriers
import ETS
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// What tables build on a heap, beside what the heap keeps for its owner.
@Suite struct ResultTests {
  /// A list of all objects leaves the words free that the owner of the stack counts on: it once
  /// filled the heap up to the stack.
  @Test(arguments: TableType.allCases)
  func listsLeaveTheReservedWordsFree(type: TableType) throws {
    let system = MemorySystem()
    let table = try system.tables.makeTable(
      named: .ok, options: TableOptions(type: type), owner: .pid(1 << 20))
    let reader = TermReader(words: 1 << 16, atoms: system.atoms)
    for number in 0..<700 {
      try table.insert(
        reader.cursor.makeTuple(.small(number), .small(number)), by: .pid(1 << 20))
    }
    let all = try MatchSpecification(
      compiling: reader.read("[{'_',[],['$_']}]"), atoms: system.atoms,
      environment: system.heaps)
    for words in stride(from: 233, to: 8000, by: 331) {
      var process = try system.makeProcess(options: HeapOptions(minimumWords: words))
      let list = try table.list(by: .pid(1 << 20), on: &process.heap)
      let selected = try table.select(all, by: .pid(1 << 20), on: &process.heap)
      let state = process.heap.state.pointee
      #expect(state.stackTop - state.top >= 4, "\(words) words")
      #expect(length(list) == 700 && length(selected) == 700)
    }
  }

  private func length(_ list: Term) -> Int {
    var (count, rest) = (0, list)
    while rest.isCons {
      count += 1
      rest = rest.cons[1]
    }
    return count
  }
}

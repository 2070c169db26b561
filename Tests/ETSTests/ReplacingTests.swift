import Carriers
import ETS
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Objects that replace those of their keys: where one immediate differs, one word changes.
@Suite struct ReplacingTests {
  /// Each object in turn, all of one key: what is found is the last one.
  @Test(
    arguments: [TableType.set, .orderedSet],
    [
      [
        "{{a,1},1}", "{{a,1},2}", "{{a,1},2}", "{{a,1},[2]}", "{{a,1},3}", "{{a,1},{b}}",
        "{{a,1},{b}}",
      ],
      [
        "{{a,1},1,{x,y},2}", "{{a,1},1,{x,y},3}", "{{a,1},4,{x,y},5}", "{{a,1},4,{x,z},5}",
        "{{a,1},4}",
      ],
      ["{{a,{1}},1}", "{{a,{1}},2}"], ["{[a],1}", "{[a],2}"], ["{{1.5},1}", "{{1.5},2}"],
      ["{k,{1},1}", "{k,{2},1}", "{k,{2},2}", "{k,3,2}", "{k,{2},2}"],
    ])
  func theLastOneIsFound(type: TableType, objects: [String]) throws {
    var bench = try TableBench()
    for isCompressed in [false, true] {
      var options = TableOptions(type: type)
      options.isCompressed = isCompressed
      let table = try bench.table(options)
      for object in objects {
        let term = bench.term(object)
        try table.insert(term, by: bench.owner)
        let found = try table.lookup(
          term.tupleElements[0], by: bench.owner, on: &bench.process.heap)
        #expect(try bench.text(found) == "[\(object)]")
        #expect(try table.objectCount() == 1)
      }
      try table.delete(by: bench.owner)
    }
  }

  /// Such an object takes no more memory, whoever reads meanwhile.
  @Test func anImmediateBesideATupleIsReplacedInPlace() throws {
    let bench = try TableBench()
    let table = try bench.table(TableOptions())
    try table.insert(bench.term("{{a,1},0}"), by: bench.owner)
    let before = bench.system.heaps.allocator.memory(by: .ets).byteCount
    for number in 1...5000 {
      let key = bench.reader.cursor.makeTuple(bench.term("a"), .small(1))
      try table.insert(bench.reader.cursor.makeTuple(key, .small(number)), by: bench.owner)
    }
    #expect(bench.system.heaps.allocator.memory(by: .ets).byteCount == before)
  }
}

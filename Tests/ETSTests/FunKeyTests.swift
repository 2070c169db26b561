import ETS
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Funs as keys of ordered tables.
@Suite struct FunKeyTests {
  /// Names external funs by an entry word, which is a place in a row of modules.
  private final class Names: FunNaming, Sendable {
    let modules: [Term]
    init(_ modules: [Term]) { self.modules = modules }
    func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? { nil }
    func externalFunName(entry: UInt) -> ExternalFunName? {
      ExternalFunName(module: modules[Int(entry)], function: .ok)
    }
  }

  /// As in Erlang they stand in the order of their names, and a specification finds them by that.
  @Test func theyStandInTheOrderOfTheirNames() throws {
    var bench = try TableBench()
    let names = Names(["m", "lists", "erlang", "aaa", "zzz", "bbb"].map { bench.term($0) })
    bench.registry.nameFuns(by: names)
    let table = try bench.table(TableOptions(type: .orderedSet, protection: .public))
    let funs = names.modules.indices.map { entry in
      bench.reader.cursor.makeFun(
        entry: UInt(entry), arity: 0, free: 0, creator: .nil, isExternal: true)
    }
    for (place, fun) in funs.enumerated() {
      for number in 0..<20 {
        let key = bench.reader.cursor.makeTuple(fun, .small(number))
        try table.insert(bench.reader.cursor.makeTuple(key, .small(place)), by: bench.owner)
      }
    }
    var places: [Int] = []
    try table.forEachObject(by: bench.owner) { object in
      let place = object.tupleElements[1].smallValue
      if places.last != place { places.append(place) }
    }
    #expect(places == [3, 5, 2, 1, 0, 4])
    for (place, fun) in funs.enumerated() {
      let underscore = bench.term("'_'")
      let head = bench.reader.cursor.makeTuple(
        bench.reader.cursor.makeTuple(fun, underscore), underscore)
      let clause = bench.reader.cursor.makeTuple(head, .nil, bench.term("['$_']"))
      let specification = try MatchSpecification(
        compiling: bench.reader.cursor.makeCons(clause, .nil), atoms: bench.system.atoms,
        environment: bench.system.heaps, funs: names)
      var list = try table.select(
        specification, by: bench.owner, on: &bench.process.heap)
      var count = 0
      while list.isCons {
        #expect(list.cons[0].tupleElements[1] == .small(place))
        count += 1
        list = list.cons[1]
      }
      #expect(count == 20)
    }
  }
}

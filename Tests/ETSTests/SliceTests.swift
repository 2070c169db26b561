import ETS
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Long pieces of work in slices, and traversals that give objects.
@Suite struct SliceTests {
  static let all = "[{'_',[],['$_']}]"
  static let yes = "[{'_',[],[true]}]"
  static let even = "[{{'$1','_'},[{'==',{'rem','$1',2},0}],[true]}]"

  /// A table of so many objects, whose second elements count them.
  private static func fill(
    _ bench: borrowing TableBench, _ type: TableType, objects: Int
  ) throws -> Table {
    let table = try bench.table(TableOptions(type: type, protection: .public))
    for number in 0..<objects {
      // Several for a key where the type allows that.
      let key = type.isBag ? number / 5 : number
      try table.insert(
        bench.reader.cursor.makeTuple(.small(key), .small(number)), by: bench.owner)
    }
    return table
  }

  private static func specification(
    _ text: String, _ bench: borrowing TableBench
  ) throws -> MatchSpecification {
    try MatchSpecification(
      compiling: bench.term(text), atoms: bench.system.atoms, environment: bench.system.heaps)
  }

  private static func numbers(_ list: Term) -> [Int] {
    var (numbers, rest) = ([Int](), list)
    while rest.isCons {
      numbers.append(rest.cons[0].tupleElements[1].smallValue)
      rest = rest.cons[1]
    }
    return numbers
  }

  /// Slices of any size give every object once, in the order of the whole.
  @Test(arguments: TableType.allCases)
  func slicesMakeTheWhole(type: TableType) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 700)
    let all = try Self.specification(Self.all, bench)
    let whole = Self.numbers(
      try table.select(all, by: bench.owner, on: &bench.process.heap))
    var random = SeededGenerator(seed: 20_261)
    for _ in 0..<30 {
      var (given, next): ([Int], Term?) = ([], nil)
      var slices = 0
      repeat {
        let limit = Int.random(in: 1...90, using: &random)
        let steps = Int.random(in: 1...90, using: &random)
        let slice = try table.select(
          all, limit: limit, steps: steps, after: next, by: bench.owner, on: &bench.process.heap)
        let numbers = Self.numbers(slice.results)
        #expect(numbers.count <= limit)
        given += numbers
        next = slice.continuation
        slices += 1
      } while next != nil
      #expect(given == whole, "\(type) in \(slices) slices")
      #expect(slices > 7)
      try bench.sweep()
    }
  }

  /// What stays in a fixed table is met once, whatever goes between two slices.
  @Test(arguments: TableType.allCases, [1, 2, 3])
  func whatStaysIsMetOnce(type: TableType, seed: UInt64) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 600)
    let all = try Self.specification(Self.all, bench)
    var random = SeededGenerator(seed: seed)
    var deleted: Set<Int> = []
    var met: [Int: Int] = [:]
    try table.fix(by: bench.owner)
    var next: Term?
    repeat {
      let slice = try table.select(
        all, limit: Int.random(in: 1...20, using: &random), after: next, by: bench.owner,
        on: &bench.process.heap)
      for number in Self.numbers(slice.results) { met[number, default: 0] += 1 }
      next = slice.continuation
      for _ in 0..<8 {
        let number = Int.random(in: 0..<600, using: &random)
        let key = type.isBag ? number / 5 : number
        try table.deleteObject(
          bench.reader.cursor.makeTuple(.small(key), .small(number)), by: bench.owner)
        deleted.insert(number)
      }
    } while next != nil
    try table.release(by: bench.owner)
    #expect(deleted.count > 100)
    for number in 0..<600 {
      let times = met[number, default: 0]
      #expect(
        deleted.contains(number) ? times <= 1 : times == 1, "\(type): \(number), seed \(seed)")
    }
  }

  @Test(arguments: TableType.allCases, [1, 7, 100, 5000])
  func countsInSlicesAddUp(type: TableType, steps: Int) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 2500)
    let even = try Self.specification(Self.even, bench)
    let whole = try table.selectCount(even, by: bench.owner)
    var (count, slices, next): (Int, Int, Term?) = (0, 0, nil)
    repeat {
      let slice = try table.selectCount(
        even, steps: steps, after: next, by: bench.owner, on: &bench.process.heap)
      (count, slices, next) = (count + slice.count, slices + 1, slice.continuation)
    } while next != nil
    #expect(count == whole && whole == 1250)
    #expect(slices >= 2500 / (steps + 5))
  }

  @Test(arguments: TableType.allCases, [1, 7, 100, 5000])
  func deletionsInSlicesAddUp(type: TableType, steps: Int) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 2500)
    let even = try Self.specification(Self.even, bench)
    try table.fix(by: bench.owner)
    var (count, next): (Int, Term?) = (0, nil)
    repeat {
      let slice = try table.selectDelete(
        even, steps: steps, after: next, by: bench.owner, on: &bench.process.heap)
      (count, next) = (count + slice.count, slice.continuation)
      #expect(try table.objectCount() == 2500 - count)
    } while next != nil
    try table.release(by: bench.owner)
    #expect(count == 1250)
    #expect(try table.selectCount(even, by: bench.owner) == 0)
    #expect(try table.selectDelete(Self.specification(Self.yes, bench), by: bench.owner) == 1250)
  }

  @Test(arguments: [TableType.set, .orderedSet, .duplicateBag], [1, 7, 100, 5000])
  func replacementsInSlicesAddUp(type: TableType, steps: Int) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 2500)
    let negate = try Self.specification("[{{'$1','$2'},[],[{{'$1',{'-','$2'}}}]}]", bench)
    var (count, next): (Int, Term?) = (0, nil)
    try table.fix(by: bench.owner)
    repeat {
      let slice = try table.selectReplace(
        negate, steps: steps, after: next, by: bench.owner, on: &bench.process.heap)
      (count, next) = (count + slice.count, slice.continuation)
    } while next != nil
    try table.release(by: bench.owner)
    #expect(count == 2500)
    let numbers = Self.numbers(try table.list(by: bench.owner, on: &bench.process.heap))
    #expect(numbers.sorted() == (0..<2500).map { -$0 }.sorted())
  }

  /// Keys of many words outlive the lock and the object they are of.
  @Test(arguments: [TableProtection.public, .private])
  func deletionsInOrderGoOnBehindBoxedKeys(protection: TableProtection) throws {
    let bench = try TableBench(words: 1 << 18)
    let table = try bench.table(TableOptions(type: .orderedSet, protection: protection))
    for number in 0..<5000 {
      let key = bench.reader.cursor.makeTuple(.ok, .small(number))
      try table.insert(bench.reader.cursor.makeTuple(key, .small(number)), by: bench.owner)
    }
    let before = try table.information().words
    let yes = try Self.specification(Self.yes, bench)
    #expect(try table.selectDelete(yes, by: bench.owner) == 5000)
    #expect(try table.objectCount() == 0)
    #expect(try table.information().words < before / 20)
  }

  @Test func continuationsOfOthersAreRefused() throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, .set, objects: 100)
    let other = try bench.table(TableOptions(type: .set, protection: .public))
    let ordered = try bench.table(TableOptions(type: .orderedSet, protection: .public))
    let all = try Self.specification(Self.all, bench)
    let bound = try Self.specification("[{{3,'_'},[],['$_']}]", bench)
    let owner = bench.owner
    let slice = try table.select(all, limit: 3, by: owner, on: &bench.process.heap)
    let next = try #require(slice.continuation)
    func refuses(_ table: Table, _ specification: MatchSpecification, _ term: Term) {
      #expect(throws: TableError.invalidContinuation) {
        try table.select(specification, limit: 3, after: term, by: owner, on: &bench.process.heap)
      }
    }
    refuses(other, all, next)
    refuses(table, bound, next)
    for text in ["x", "{}", "[]", "{1,2,3,4,5}", "{1,0,0,0,x}", "{1,-1,-1,0,[]}", "{1,0,0,-1,[]}"] {
      refuses(table, all, bench.term(text))
      refuses(ordered, all, bench.term(text))
    }
    #expect(throws: TableError.invalidOption("a slice of nothing")) {
      try table.select(all, limit: 0, by: owner, on: &bench.process.heap)
    }
    // Beyond what is there: the end, as after a table became smaller.
    let words = next.boxed
    let far = bench.reader.cursor.makeTuple(
      Term(bits: words[1]), .small(Term.smallMaximum), .small(Term.smallMaximum),
      .small(Term.smallMaximum), .nil)
    let end = try table.select(all, limit: 3, after: far, by: owner, on: &bench.process.heap)
    #expect(end.results.isNil && end.continuation == nil)
  }

  @Test(arguments: TableType.allCases)
  func traversalsGiveObjects(type: TableType) throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, type, objects: 200)
    var found: [Int] = []
    var step = try table.firstLookup(by: bench.owner, on: &bench.process.heap)
    while let objects = step {
      for number in Self.numbers(objects.objects) {
        #expect(objects.key == .small(type.isBag ? number / 5 : number))
        found.append(number)
      }
      step = try table.nextLookup(after: objects.key, by: bench.owner, on: &bench.process.heap)
    }
    #expect(type == .orderedSet ? found == Array(0..<200) : found.sorted() == Array(0..<200))
    found = []
    step = try table.lastLookup(by: bench.owner, on: &bench.process.heap)
    while let objects = step {
      found += Self.numbers(objects.objects)
      step = try table.previousLookup(
        before: objects.key, by: bench.owner, on: &bench.process.heap)
    }
    #expect(type == .orderedSet ? found == (0..<200).reversed() : found.sorted() == Array(0..<200))
    let empty = try bench.table(TableOptions(type: type))
    #expect(try empty.firstLookup(by: bench.owner, on: &bench.process.heap) == nil)
    #expect(try empty.lastLookup(by: bench.owner, on: &bench.process.heap) == nil)
  }

  @Test(arguments: TableType.allCases, [WriteConcurrency.off, .on])
  func slotsHoldAllObjects(type: TableType, concurrency: WriteConcurrency) throws {
    var bench = try TableBench(words: 1 << 18)
    var options = TableOptions(type: type, protection: .public)
    options.writeConcurrency = concurrency
    let table = try bench.table(options)
    for number in 0..<300 {
      try table.insert(
        bench.reader.cursor.makeTuple(.small(number / 3), .small(number)), by: bench.owner)
    }
    var (found, slot) = ([Int](), 0)
    while let list = try table.objects(
      atSlot: slot, by: bench.owner, on: &bench.process.heap)
    {
      found += Self.numbers(list)
      slot += 1
    }
    let all = Self.numbers(try table.list(by: bench.owner, on: &bench.process.heap))
    #expect(found == all)
    #expect(try table.objectCount() == all.count)
    for wrong in [slot + 1, -1] {
      #expect(throws: TableError.invalidPosition(wrong)) {
        try table.objects(atSlot: wrong, by: bench.owner, on: &bench.process.heap)
      }
    }
  }

  @Test func theIndexTellsHowItIsFilled() throws {
    let bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, .set, objects: 5000)
    let statistics = try table.indexStatistics()
    #expect(statistics.keyCount == 5000 && statistics.deletedKeyCount == 0)
    #expect((1.7...4.6).contains(statistics.meanKeys))
    // A good hash deviates as chance does.
    let ratio = statistics.keyDeviation / statistics.expectedDeviation
    #expect((0.8...1.25).contains(ratio), "\(ratio)")
    #expect(statistics.fewestKeys < 3 && statistics.mostKeys > 6)
    try table.fix(by: bench.owner)
    for key in 0..<10 { try table.delete(.small(key), by: bench.owner) }
    #expect(try table.indexStatistics().deletedKeyCount == 10)
    try table.release(by: bench.owner)
    #expect(try table.indexStatistics().deletedKeyCount == 0)
  }

  @Test func replacingAllTakesLists() throws {
    let bench = try TableBench(words: 1 << 18)
    let table = try Self.fill(bench, .set, objects: 100)
    var lists = ["[{1,1},{2,2}]", "[{3,3}]", "[]"].map { bench.term($0) }
    try table.replaceAll(by: bench.owner) { lists.isEmpty ? nil : lists.removeFirst() }
    #expect(try table.objectCount() == 3)
    struct Stop: Error {}
    #expect(throws: WalkError<Stop>.self) {
      try table.replaceAll(by: bench.owner) { () throws(Stop) in throw Stop() }
    }
    #expect(try table.objectCount() == 0)
  }

  @Test func allTablesAreListed() throws {
    let bench = try TableBench(words: 1 << 10)
    let set = try bench.table(TableOptions(type: .set))
    _ = try bench.registry.makeTable(
      named: bench.term("'A name'"), options: TableOptions(type: .orderedSet), owner: .pid(7))
    try set.insert(bench.term("{1,2}"), by: bench.owner)
    let lines = try bench.registry.listing().split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    #expect(lines.count == 3)
    #expect(lines[0] == ["id", "name", "type", "size", "words", "owner"])
    #expect(Array(lines[1].prefix(4)) == ["\(set.number)", "t", "set", "1"])
    #expect(lines[1][4] == "\(try set.information().words)")
    #expect(lines[2][1...].joined(separator: " ").hasPrefix("'A name' ordered_set 0 "))
    #expect(lines[2].last == "<0.7.0>")
  }
}

import Carriers
import ETS
import Foundation
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Random operations on a table and on its model. `TENURE_MODEL_STEPS` says how many.
@Suite struct TableModelTests {
  static let keys = [
    "1", "2", "3", "-7", "1000000000000000000000000", "1.5", "a", "b", "'A b'", "[]", "{}", "{a}",
    "{a,1}", "{b,[1,2,3]}", "[1]", "[1|2]", "<<>>", "<<1,2,3>>", "#{}", "#{a => 1}", "\"text\"",
    "{{{deep}}}", "[[[1]]]", "576460752303423487", "576460752303423488",
  ]
  static let values = [
    "0", "v", "{v,1}", "[1,2]", "<<5,6>>", "2.5", "[]", "-1180591620717411303424",
  ]

  @Test(arguments: TableType.allCases, [TableProtection.public, .private])
  func randomOperationsAgree(type: TableType, protection: TableProtection) throws {
    try run(type: type, protection: protection, seed: 4711, keyCount: 40, steps: steps)
    try run(type: type, protection: protection, seed: 4712, keyCount: 3000, steps: steps)
  }

  @Test func manyPartsAgree() throws {
    try run(
      type: .set, protection: .public, seed: 4713, keyCount: 3000, steps: steps, parallel: true)
  }

  private var steps: Int { Self.environmentSteps ?? 12_000 }

  /// The steps that the environment asks for.
  static let environmentSteps = ProcessInfo.processInfo.environment["TENURE_MODEL_STEPS"]
    .flatMap(Int.init)

  private func run(
    type: TableType, protection: TableProtection, seed: UInt64, keyCount: Int, steps: Int,
    parallel: Bool = false
  ) throws {
    var bench = try TableBench(words: 1 << 20)
    var options = TableOptions(type: type, protection: protection)
    if parallel { options.writeConcurrency = .on }
    let table = try bench.table(options)
    var model = TableModel(type: type)
    var random = SeededGenerator(seed: seed)
    let bench2 = bench.reader
    let keys = (0..<keyCount).map { number in
      bench2.read(number < Self.keys.count ? Self.keys[number] : "\(number * 7919)")
    }
    let values = Self.values.map { bench2.read($0) }
    let objects = keys.map { key in
      values.map { value in bench2.cursor.makeTuple(key, value) }
    }
    func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    let owner = bench.owner
    for step in 0..<steps {
      let (key, value) = (number(keyCount), number(values.count))
      switch number(100) {
      case 0..<40:
        try table.insert(objects[key][value], by: owner)
        model.insert(key, value)
      case 40..<50:
        let isNew = try table.insertNew(objects[key][value], by: owner)
        #expect(isNew == model.insertNew(key, value), "step \(step) of seed \(seed)")
      case 50..<62:
        try table.delete(keys[key], by: owner)
        model.delete(key)
      case 62..<72:
        try table.deleteObject(objects[key][value], by: owner)
        model.delete(key, value)
      case 72..<76:
        let list = try table.take(keys[key], by: owner, on: &bench.process.heap)
        let expected = (model.values[key] ?? []).map { objects[key][$0] }
        try expect(list, expected, bench2, bench, "take, step \(step) of seed \(seed)")
        model.delete(key)
      case 76..<78:
        let chosen = (0..<number(6)).map { _ in
          (key: number(keyCount), value: number(values.count))
        }
        let list = bench2.cursor.makeList(chosen.map { objects[$0.key][$0.value] })
        try table.insert(contentsOf: list, by: owner)
        model.insert(contentsOf: chosen)
      case 78 where number(200) == 0:
        try table.deleteAllObjects(by: owner)
        model.removeAll()
      default:
        let list = try table.lookup(keys[key], by: owner, on: &bench.process.heap)
        let expected = (model.values[key] ?? []).map { objects[key][$0] }
        try expect(list, expected, bench2, bench, "lookup, step \(step) of seed \(seed)")
        let isThere = try table.contains(keys[key], by: owner)
        #expect(isThere == (model.values[key] != nil))
      }
      if step % 97 == 0 {
        #expect(try table.objectCount() == model.objectCount, "step \(step) of seed \(seed)")
        try bench.sweep()
      }
    }
    let all = try table.list(by: owner, on: &bench.process.heap)
    var texts: [String] = []
    var rest = all
    while rest.isCons {
      texts.append(try bench.text(rest.cons[0]))
      rest = rest.cons[1]
    }
    var expected: [String] = []
    for (key, values) in model.values {
      for value in values { expected.append(try bench.text(objects[key][value])) }
    }
    #expect(texts.sorted() == expected.sorted(), "seed \(seed)")
    if type != .orderedSet {
      let statistics = try table.indexStatistics()
      #expect(statistics.keyCount == model.values.count)
      #expect(statistics.mostMoved <= 64)
    }
    try table.delete(by: owner)
    #expect(throws: TableError.noTable) { try table.contains(keys[0], by: owner) }
  }

  private func expect(
    _ list: Term, _ expected: [Term], _ reader: TermReader, _ bench: borrowing TableBench,
    _ place: String
  ) throws {
    var rest = list
    for object in expected {
      guard rest.isCons else {
        Issue.record("\(place): \(try bench.text(list)) is too short")
        return
      }
      let isEqual = try TermEquality.isExactlyEqual(
        rest.cons[0], object, scratch: bench.system.heaps.scratch)
      if !isEqual {
        Issue.record("\(place): \(try bench.text(rest.cons[0])), not \(try bench.text(object))")
      }
      rest = rest.cons[1]
    }
    if !rest.isNil { Issue.record("\(place): \(try bench.text(list)) is too long") }
  }
}

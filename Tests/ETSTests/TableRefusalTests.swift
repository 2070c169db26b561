import Carriers
import ETS
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Each request to the system for memory is refused once: what was asked then has not happened, and
/// what was there before is there.
@Suite struct TableRefusalTests {
  @Test(arguments: TableType.allCases, [false, true])
  func aRefusalLeavesTheTableAsItWas(type: TableType, parallel: Bool) throws {
    var refusals = 0
    for request in 1...80 {
      let memory = MemoryConfiguration(failingRequest: request, usesTinyCarriers: true)
      var options = TableOptions(type: type, protection: .public)
      if parallel { options.writeConcurrency = .on }
      options.isCompressed = request % 2 == 0
      refusals += try run(options, memory, request)
    }
    #expect(refusals > 10, "only \(refusals) of 80 requests came")
  }

  /// - Returns: how many operations were refused.
  private func run(
    _ options: TableOptions, _ memory: MemoryConfiguration, _ request: Int
  ) throws -> Int {
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    let registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    let reader = TermReader(words: 1 << 16, atoms: system.atoms)
    let owner = Term.pid(1)
    var refusals = 0
    func attempt<Result>(_ body: () throws(TableError) -> Result) throws -> Result? {
      do {
        return try body()
      } catch .outOfMemory, .scratchExhausted, .heap {
        refusals += 1
        return nil
      } catch {
        throw error
      }
    }
    var made = try attempt { () throws(TableError) in
      try registry.makeTable(named: .ok, options: options, owner: owner)
    }
    if made == nil {
      made = try attempt { () throws(TableError) in
        try registry.makeTable(named: .ok, options: options, owner: owner)
      }
    }
    let table = try #require(made, "refused twice, of request \(request)")
    var model = TableModel(type: options.type)
    let values = (0..<4).map { reader.read("[\($0),[text],a,b,c,d,e]") }
    for step in 0..<1200 {
      let (key, value) = (step * 7 % 300, step % 4)
      let object = reader.cursor.makeTuple(.small(key), values[value])
      switch step % 8 {
      case 0..<5:
        if try attempt({ () throws(TableError) in try table.insert(object, by: owner) }) != nil {
          model.insert(key, value)
        }
      case 5:
        let other = reader.cursor.makeTuple(.small(key + 1), values[value])
        let list = reader.cursor.makeList([object, other, object])
        let isDone: Void? = try attempt { () throws(TableError) in
          try table.insert(contentsOf: list, by: owner)
        }
        if isDone != nil {
          model.insert(key, value)
          model.insert(key + 1, value)
          model.insert(key, value)
        }
      case 6:
        if try attempt({ () throws(TableError) in try table.delete(.small(key), by: owner) }) != nil
        {
          model.delete(key)
        }
      default:
        let isDone: Void? = try attempt { () throws(TableError) in
          try table.deleteObject(object, by: owner)
        }
        if isDone != nil { model.delete(key, value) }
      }
      let count = try table.objectCount()
      #expect(count == model.objectCount, "request \(request), step \(step)")
    }
    var counts: [Int: Int] = [:]
    try table.forEachObject(by: owner) { object in
      counts[object.tupleElements[0].smallValue, default: 0] += 1
    }
    #expect(counts == model.values.mapValues { $0.count }, "request \(request)")
    registry.end(owner: owner)
    return refusals
  }
}

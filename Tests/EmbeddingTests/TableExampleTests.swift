import Tenure
import Testing

/// The examples of the articles on tables and on match specifications.
@Suite struct TableExampleTests {
  @Test func objectsComeAndGo() throws {
    let system = MemorySystem()
    var process = try system.makeProcess()
    let pid = process.pid
    let name = try system.atoms.atom("results")
    let key = Term.small(1)

    let table = try system.tables.makeTable(
      named: name, options: TableOptions(type: .set, protection: .public), owner: pid)
    var roots = NoRoots()
    try process.ensureFree(words: 3, roots: &roots)
    let object = process.heap.build { $0.makeTuple(key, .ok) }
    try table.insert(object, by: pid)
    let objects = try table.lookup(key, by: pid, on: &process.heap)

    #expect(unsafe objects.cons[0].tupleElements[1] == .ok)
    system.tables.end(owner: pid)
    #expect(!table.isAlive)
  }

  @Test func patternsMatchObjects() throws {
    let system = MemorySystem()
    var process = try system.makeProcess()
    let pid = process.pid
    let anything = try system.atoms.atom("_")
    let whole = try system.atoms.atom("$_")
    var roots = NoRoots()
    try process.ensureFree(words: 32, roots: &roots)
    // [{{'_', ok}, [], ['$_']}]
    let (term, objects) = process.heap.build { cursor in
      let head = cursor.makeTuple(anything, .ok)
      let clause = cursor.makeTuple(head, .nil, cursor.makeList([whole]))
      let objects = [cursor.makeTuple(.small(1), .ok), cursor.makeTuple(.small(2), .error)]
      return (cursor.makeList([clause]), objects)
    }

    let specification = try MatchSpecification(
      compiling: term, atoms: system.atoms, environment: system.heaps)
    var machine = try MatchMachine(for: specification, self: pid)
    var matched: [Term] = []
    for object in objects {
      guard let result = try machine.run(on: object) else { continue }
      matched.append(result)
    }
    #expect(matched == [objects[0]])
  }
}

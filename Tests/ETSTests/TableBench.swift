import Carriers
import ETS
import Heaps
import Processes
import Terms
import TestKit

/// A system, a registry and a heap for tests of tables, with terms made of text.
struct TableBench: ~Copyable {
  let system: MemorySystem
  let registry: TableRegistry
  let reader: TermReader
  var process: Process
  let owner: Term

  init(memory: MemoryConfiguration = MemoryConfiguration(), words: Int = 1 << 16) throws {
    system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    reader = TermReader(words: words, atoms: system.atoms)
    process = try system.makeProcess()
    owner = process.pid
  }

  /// The term of a text.
  func term(_ text: String) -> Term { reader.read(text) }

  func table(_ options: TableOptions) throws(TableError) -> Table {
    try registry.makeTable(named: reader.read("t"), options: options, owner: owner)
  }

  /// The text of a term.
  func text(_ term: Term) throws -> String {
    try TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch).text(of: term)
  }

  /// Drops what the process's heap holds.
  mutating func sweep() throws {
    var roots = NoRoots()
    try process.collectGarbage(roots: &roots)
  }
}

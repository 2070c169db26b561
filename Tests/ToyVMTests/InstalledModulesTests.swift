import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Every module of an installed Erlang's stdlib, compiler, kernel and erts, and of an installed Elixir,
/// is valid and loaded whole.
@Suite struct InstalledModulesTests {
  @Test func noInstructionIsMissing() throws {
    let files = BeamFixtures.installedModules(["stdlib", "compiler", "kernel", "erts"])
    guard !files.isEmpty else {
      print("left out: no Erlang is installed whose modules could be loaded")
      return
    }
    try Self.loadAll(files)
  }

  @Test func noInstructionOfElixirIsMissing() throws {
    let files = InstalledElixir.folders.flatMap(BeamFixtures.modules)
    guard !files.isEmpty else {
      print("left out: no Elixir is installed whose modules could be loaded")
      return
    }
    try Self.loadAll(files)
  }

  private static func loadAll(_ files: [URL]) throws {
    let machine = Machine(system: MemorySystem())
    var missing: [String: Set<String>] = [:]
    var checkCount = 0
    for file in files {
      do {
        let name = try machine.load([UInt8](try Data(contentsOf: file)))
        let atom = try machine.system.atoms.atom(name)
        checkCount += machine.code.checkCount(of: atom)
        for reason in machine.code.missingNames(of: atom) {
          missing[reason, default: []].insert(name)
        }
      } catch {
        missing["\(error)", default: []].insert(file.lastPathComponent)
      }
    }
    for (reason, modules) in missing.sorted(by: { $0.key < $1.key }) {
      Issue.record("\(reason): \(modules.count) modules, among them \(modules.sorted().prefix(3))")
    }
    print("\(files.count) modules loaded, \(checkCount) operands left to check as they run")
  }
}

import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Every module of an installed Erlang's stdlib, compiler and kernel, and of an installed Elixir, is
/// loaded whole.
@Suite struct InstalledModulesTests {
  @Test func noInstructionIsMissing() throws {
    let files = BeamFixtures.installedModules(["stdlib", "compiler", "kernel"])
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
    for file in files {
      do {
        let name = try machine.load([UInt8](try Data(contentsOf: file)))
        for reason in machine.code.missingNames(of: try machine.system.atoms.atom(name)) {
          missing[reason, default: []].insert(name)
        }
      } catch {
        missing["\(error)", default: []].insert(file.lastPathComponent)
      }
    }
    for (reason, modules) in missing.sorted(by: { $0.key < $1.key }) {
      Issue.record("\(reason): \(modules.count) modules, among them \(modules.sorted().prefix(3))")
    }
    print("\(files.count) modules loaded")
  }
}

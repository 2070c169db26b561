import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Every module of an installed Erlang's stdlib, compiler and kernel is loaded whole.
@Suite struct InstalledModulesTests {
  /// Instructions of messages, which a machine of one process does not have: they are loaded, and
  /// raise an error that names them.
  private static let ofMessages: Set<String> = [
    "send", "loop_rec", "loop_rec_end", "remove_message", "wait", "wait_timeout", "timeout",
  ]

  @Test func noInstructionIsMissing() throws {
    let files = BeamFixtures.installedModules(["stdlib", "compiler", "kernel"])
    guard !files.isEmpty else {
      print("left out: no Erlang is installed whose modules could be loaded")
      return
    }
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
      if Self.ofMessages.contains(reason) { continue }
      Issue.record("\(reason): \(modules.count) modules, among them \(modules.sorted().prefix(3))")
    }
    print("\(files.count) modules loaded")
  }
}

import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Which of the natives that OTP's own modules import are there.
///
/// `Fixtures/erts_natives.txt` lists the natives of OTP 25. To see what is missing:
/// `TENURE_LIST_NATIVES=1 swift test --filter NativeCoverageTests`.
@Suite struct NativeCoverageTests {
  private struct Name: Hashable, CustomStringConvertible {
    let module: String
    let function: String
    let arity: Int
    var description: String { "\(module):\(function)/\(arity)" }
  }

  private static func names(in file: String) throws -> [Name] {
    let url = BeamFixtures.directory.appendingPathComponent(file)
    let lines = String(decoding: try Data(contentsOf: url), as: UTF8.self).split(separator: "\n")
    return lines.filter { !$0.hasPrefix("%") }.compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 3, let arity = Int(parts[2]) else { return nil }
      return Name(module: String(parts[0]), function: String(parts[1]), arity: arity)
    }
  }

  @Test func nativesOfStdlibAndCompiler() throws {
    let files = BeamFixtures.installedModules(["stdlib", "compiler"])
    guard !files.isEmpty else {
      print("left out: no Erlang is installed whose modules could be looked at")
      return
    }
    try Self.expectNatives(of: files, "stdlib and compiler", but: "missing_natives.txt")
  }

  @Test func nativesOfElixir() throws {
    let files = InstalledElixir.folders.flatMap(BeamFixtures.modules)
    guard !files.isEmpty else {
      print("left out: no Elixir is installed whose modules could be looked at")
      return
    }
    try Self.expectNatives(of: files, "Elixir", but: "missing_elixir_natives.txt")
  }

  /// Expects that the natives that modules import are there, but those that a file lists.
  private static func expectNatives(
    of files: [URL], _ source: String, but exceptions: String
  ) throws {
    let natives = Set(try Self.names(in: "erts_natives.txt"))
    #expect(natives.count > 500)
    var users: [Name: Int] = [:]
    for file in files {
      let module = try BeamFile(bytes: [UInt8](try Data(contentsOf: file)))
      var found = Set<Name>()
      for imported in module.imports {
        found.insert(
          Name(
            module: module.atoms[imported.module], function: module.atoms[imported.function],
            arity: imported.arity))
      }
      // What a module exports of itself may be native too.
      for export in module.exports {
        found.insert(
          Name(
            module: module.atoms[1], function: module.atoms[export.name], arity: export.arity))
      }
      for name in found where natives.contains(name) { users[name, default: 0] += 1 }
    }
    let machine = Machine(system: MemorySystem())
    let missing = try users.filter { name, _ in
      let function = FunctionName(
        module: try machine.system.atoms.atom(name.module),
        function: try machine.system.atoms.atom(name.function), arity: name.arity)
      return machine.code.natives.place(of: function) == nil
    }
    print("natives imported by \(source): \(users.count), missing: \(missing.count)")
    if ProcessInfo.processInfo.environment["TENURE_LIST_NATIVES"] != nil {
      for (name, count) in missing.sorted(by: {
        ($1.value, $0.key.description) < ($0.value, $1.key.description)
      }) {
        print("  \(count) \(name)")
      }
    }
    let known = Set(try Self.names(in: exceptions))
    let unknown = missing.keys.filter { !known.contains($0) }
    #expect(unknown.isEmpty, "natives that went missing")
  }
}

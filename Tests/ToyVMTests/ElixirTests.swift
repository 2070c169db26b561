import Foundation
import Tenure
import Testing

@testable import ToyVM

/// A module in Elixir, compiled by the installed Elixir, answers on the machine what it answers under
/// the installed Erlang, both with Elixir's own modules.
///
/// `Fixtures/Elixir/elixir_use.ex` calls the library by sections; one of them alone:
/// `TENURE_ELIXIR_SECTION=strings swift test --filter ElixirTests`.
@Suite struct ElixirTests {
  private static let section = ProcessInfo.processInfo.environment["TENURE_ELIXIR_SECTION"]

  @Test(arguments: [0, 1000])
  func answersAsErlang(zeal: Int) throws {
    guard InstalledErlang.isThere, InstalledElixir.isThere else {
      print("left out: no Elixir with Erlang of release 25 is installed to compare with")
      return
    }
    let compiled = FileManager.default.temporaryDirectory
      .appendingPathComponent("tenure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: compiled, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: compiled) }
    let source = BeamFixtures.directory.appendingPathComponent("Elixir/elixir_use.ex")
    _ = try InstalledErlang.output("elixirc", ["-o", compiled.path, source.path])
    let elixir = InstalledElixir.folders.map(\.path)
    let names = Self.section.map { [$0] } ?? []
    let list = names.map { "\"\($0)\"" }.joined(separator: ",")
    let expected = try InstalledErlang.evaluate(
      "io:format(\"~w\", ['Elixir.ElixirUse':main([\(list)])])",
      directories: elixir + [compiled.path])
    try #require(expected.hasPrefix("[{"), "\(expected.prefix(300))")

    let levers = HeapLevers(zeal: zeal, verifies: zeal > 0)
    let machine = Machine(
      system: MemorySystem(configuration: SystemConfiguration(levers: levers)),
      directories: InstalledErlang.directories + elixir + [compiled.path])
    let module = compiled.appendingPathComponent("Elixir.ElixirUse.beam")
    try machine.load([UInt8](try Data(contentsOf: module)))
    var options = RunOptions()
    options.schedulers = zeal == 0 ? 2 : 1
    let outcome = try machine.run(
      "Elixir.ElixirUse", "main", [.strings(names)], options: options)
    InstalledErlang.expect(outcome, toReturn: expected, "zeal \(zeal)")
  }
}

/// The Elixir that is installed.
enum InstalledElixir {
  /// The folders with the modules of its applications, the language's own first; empty where there is
  /// none.
  static let folders: [URL] = {
    let command = "IO.write(:code.lib_dir(:elixir))"
    guard let root = try? InstalledErlang.output("elixir", ["--eval", command]), !root.isEmpty
    else {
      return []
    }
    let own = URL(fileURLWithPath: root)
    let libraries = own.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    let others = names.filter { $0 != own.lastPathComponent }.sorted()
    return ([own.lastPathComponent] + others)
      .map { libraries.appendingPathComponent($0).appendingPathComponent("ebin") }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }()

  static let isThere = !folders.isEmpty
}

import Foundation
import Tenure
import Testing

@testable import ToyVM

/// OTP's compiler, on the machine, makes the same modules as it makes under the installed Erlang.
///
/// `TENURE_COMPILE=queue,lists swift test --filter CompilerTests` compiles others; `all` stands for
/// every module of the standard library that carries its abstract code.
@Suite struct CompilerTests {
  private static let environment = ProcessInfo.processInfo.environment

  private static func modules() throws -> [String] {
    guard let names = environment["TENURE_COMPILE"] else {
      return ["error_logger_file_h", "ordsets"]
    }
    if names != "all" { return names.split(separator: ",").map(String.init) }
    return try InstalledErlang.evaluate("[io:format(\"~s \", [M]) || M <- compiling:carriers()]")
      .split(separator: " ").map(String.init)
  }

  @Test func modulesAreTheSame() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tenure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for module in try Self.modules() {
      let path = folder.path
      let expected = try InstalledErlang.evaluate(
        "compiling:write_forms('\(module)', \"\(path)\"), code:add_patha(\"\(path)\"), "
          + "io:format(\"~w\", [compiling:chunks(\"\(module)\")])")
      try #require(expected.hasPrefix("{\(module),[{"), "\(module): \(expected.prefix(300))")
      let machine = Machine(
        system: MemorySystem(), directories: [path] + InstalledErlang.directories)
      try machine.load(try BeamFixtures.bytes("compiling"))
      let outcome = try machine.run("compiling", "run", [.strings([module])])
      guard case .returned(let text) = outcome else {
        Issue.record("\(module): \(outcome)")
        continue
      }
      let same = zip(text, expected).prefix { $0 == $1 }.count
      #expect(
        text == expected,
        "\(module), from character \(same): \(text.dropFirst(same).prefix(200))")
    }
  }
}

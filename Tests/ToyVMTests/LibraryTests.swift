import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Random calls of the pure functions of OTP's own library, on the machine and on the installed
/// Erlang: both must answer the same text.
///
/// `Fixtures/library.erl` makes the calls of a seed. More, with another seed:
/// `TENURE_LIBRARY_SEED=7 TENURE_LIBRARY_CALLS=2000 swift test --filter LibraryTests`; with
/// `TENURE_LIBRARY_ZEAL=N` at every N-th ensure there is a collection.
@Suite struct LibraryTests {
  static let environment = ProcessInfo.processInfo.environment
  static let seed = environment["TENURE_LIBRARY_SEED"].flatMap(Int.init) ?? 25
  static let count = environment["TENURE_LIBRARY_CALLS"].flatMap(Int.init) ?? 300
  static let zeal = environment["TENURE_LIBRARY_ZEAL"].flatMap(Int.init) ?? 0

  static let modules = [
    "lists", "maps", "gb_trees", "gb_sets", "dict", "orddict", "ordsets", "queue", "array", "sets",
    "proplists", "string", "binary", "base64", "unicode", "digraph", "sofs", "rand", "io_lib",
  ]

  @Test(arguments: modules)
  func answersAsErlang(_ module: String) throws {
    // A graph is a long program of its own.
    let count = module == "digraph" ? Self.count / 10 : Self.count
    guard InstalledErlang.isThere else {
      print("left out: \(module), no Erlang of release 25 is installed to compare with")
      return
    }
    let expected = try InstalledErlang.evaluate(
      "io:format(\"~w\", [library:main(\(module), \(Self.seed), \(count))])")
    try #require(expected.utf8.count > 100)
    try InstalledErlang.expect(
      "library", "run", [module, "\(Self.seed)", "\(count)"], toReturn: expected, zeal: Self.zeal,
      "\(module), seed \(Self.seed)")
  }
}

/// The Erlang that is installed, if it is one of release 25.
enum InstalledErlang {
  /// Where the machine finds its modules, those that need no loading in Erlang included.
  static let directories: [String] = {
    let root = "/usr/lib/erlang/lib"
    let applications = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return ["stdlib-", "compiler-", "kernel-", "erts-"].compactMap { prefix in
      applications.first { $0.hasPrefix(prefix) }.map { "\(root)/\($0)/ebin" }
    }.filter { FileManager.default.fileExists(atPath: $0) }
  }()

  static let isThere: Bool =
    directories.count == 4
    && (try? evaluate("io:format(\"~s\", [erlang:system_info(otp_release)])")) == "25"

  /// What an expression prints.
  static func evaluate(
    _ expression: String, directories: [String] = [BeamFixtures.directory.path]
  ) throws -> String {
    // A report of an error would stand in what is printed.
    try output(
      "erl",
      ["-noshell", "-boot", "start_clean", "-kernel", "logger_level", "emergency"]
        + directories.flatMap { ["-pa", $0] } + ["-eval", expression + ", halt()."])
  }

  /// What a program of the installation prints.
  static func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}

import Foundation
import Tenure
import Testing

@testable import ToyVM

/// OTP's compiler, on the machine, makes the same modules as it makes under the installed Erlang: of
/// the abstract code that a module's file carries, and of a source.
///
/// `TENURE_COMPILE=queue,lists swift test --filter CompilerTests` compiles others; `all` stands for
/// every module of the standard library that carries its abstract code. `Tests/compare-compiler` does
/// the same with a program that was built for release.
@Suite struct CompilerTests {
  private static func files() throws -> [String] {
    let library = InstalledErlang.directories.first ?? ""
    func paths(_ names: [String]) -> [String] { names.map { "\(library)/\($0).beam" } }
    guard let names = ProcessInfo.processInfo.environment["TENURE_COMPILE"] else {
      let source = BeamFixtures.directory.appendingPathComponent("compiling.erl").path
      return paths(["error_logger_file_h", "ordsets"]) + [source]
    }
    if names != "all" { return paths(names.split(separator: ",").map(String.init)) }
    return try InstalledErlang.evaluate("[io:format(\"~s \", [F]) || F <- compiling:carriers()]")
      .split(separator: " ").map(String.init)
  }

  @Test func modulesAreTheSame() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    for file in try Self.files() {
      let expected = try InstalledErlang.evaluate(
        "io:format(\"~w\", [compiling:main([\"\(file)\"])])")
      try #require(expected.contains("'Code'"), "\(file): \(expected.prefix(300))")
      try InstalledErlang.expect("compiling", "main", [file], toReturn: expected, file)
    }
  }
}

import Foundation
import Glibc

/// One run of the built tool as a process of its own.
struct ToolProcess {
  let exitCode: Int32
  /// Whether it died by a signal, whose number is then the exit code.
  let diedBySignal: Bool
  let output: String
  let errors: String

  /// Runs the tool to its end.
  init(_ arguments: [String], standardOutput path: String? = nil) throws {
    let folder = try TemporaryFolder()
    let outputURL = URL(fileURLWithPath: path ?? folder.path("stdout"))
    let errorURL = URL(fileURLWithPath: folder.path("stderr"))
    for url in [outputURL, errorURL] where !FileManager.default.fileExists(atPath: url.path) {
      try Data().write(to: url)
    }
    let process = Foundation.Process()
    process.executableURL = try Self.executable()
    process.arguments = arguments
    let outputFile = try FileHandle(forWritingTo: outputURL)
    let errorFile = try FileHandle(forWritingTo: errorURL)
    process.standardOutput = outputFile
    process.standardError = errorFile
    try process.run()
    process.waitUntilExit()
    try outputFile.close()
    try errorFile.close()
    exitCode = process.terminationStatus
    diedBySignal = process.terminationReason == .uncaughtSignal
    output = path == nil ? String(decoding: try Data(contentsOf: outputURL), as: UTF8.self) : ""
    errors = String(decoding: try Data(contentsOf: errorURL), as: UTF8.self)
  }

  /// The lines on the error stream.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  /// The tool stands beside the program that runs these tests.
  private static func executable() throws -> URL {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let url = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("tenure")
    guard FileManager.default.isExecutableFile(atPath: url.path) else {
      throw MissingTool(path: url.path)
    }
    return url
  }

  struct MissingTool: Error { let path: String }
}

/// A folder that is gone with its owner.
final class TemporaryFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("tenure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.path }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: Data) throws -> String {
    try bytes.write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// Where the files of this repository lie that the tests read.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func program(_ name: String) -> String {
    root.appendingPathComponent("Benchmarks/Programs/\(name).beam").path
  }

  static func fixture(_ name: String) -> String {
    root.appendingPathComponent("Tests/ToolTests/Fixtures/\(name)").path
  }

  /// What real Erlang answered: program, size, value.
  static func expectations() throws -> [(program: String, size: String, value: String)] {
    let text = try String(
      contentsOf: root.appendingPathComponent("Benchmarks/Programs/expected.txt"), encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let fields = line.split(separator: " ", maxSplits: 2).map(String.init)
      return (fields[0], fields[1], fields[2])
    }
  }
}

import Foundation

/// The installed Erlang.
enum LiveErlang {
  /// Where the scripts are.
  static var scripts: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Recording")
  }

  /// Runs a script.
  /// - Returns: its exit code; nothing, after it said so, where there is no Erlang.
  static func run(_ script: String, _ arguments: [String]) throws -> Int32? {
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["escript", scripts.appending(path: script).path] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 127 { return process.terminationStatus }
    print("skipped: no escript on the search path")
    return nil
  }
}

import Foundation

/// A script of Benchmarks/Reference, run under the `erl` on the search path.
struct ErlangScript: Peer {
  let name = "erl"
  /// The script's module.
  let module: String
  let runtime: ErlangRuntime
  /// What the emulator is told besides.
  var flags: [String] = []

  /// Runs the script for one case and reads its row.
  ///
  /// The script prints `version WHO` and then `case-name unit median min check`.
  func measure(_ caseName: String, repetitions: Int) throws(PeerError) -> PeerRow {
    let output = try runtime.run(
      module: module, arguments: ["\(repetitions)", caseName], flags: flags)
    var version: String?
    for line in output.split(separator: "\n") {
      if line.hasPrefix("version ") {
        version = String(line.dropFirst("version ".count))
        continue
      }
      let fields = line.split(separator: " ", maxSplits: 4)
      guard fields.count == 5, fields[0] == caseName, let version,
        let median = Double(fields[2]), let minimum = Double(fields[3])
      else { continue }
      return PeerRow(
        version: version, median: median, minimum: minimum, check: String(fields[4]))
    }
    throw .failed("no row for \(caseName) in: \(output)")
  }
}

/// The installed Erlang, with the reference scripts compiled once for this run.
final class ErlangRuntime {
  private var compiledFolder: String?

  deinit {
    // A folder left behind in the temporary directory does no harm.
    if let compiledFolder { try? FileManager.default.removeItem(atPath: compiledFolder) }
  }

  /// What a script prints.
  func run(
    module: String, arguments: [String], flags: [String] = []
  ) throws(PeerError) -> String {
    let erl = try Self.find("erl")
    let folder = try compile()
    return try Self.output(
      of: erl,
      flags + [
        "-noshell", "-boot", "start_clean", "-pa", folder,
        "-pa", BenchmarkFolder.path("Programs"), "-run", module, "main",
      ] + arguments)
  }

  private func compile() throws(PeerError) -> String {
    if let compiledFolder { return compiledFolder }
    let compiler = try Self.find("erlc")
    let folder = NSTemporaryDirectory() + "/benchmarks-" + UUID().uuidString
    let sources: [String]
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      compiledFolder = folder
      sources = try FileManager.default.contentsOfDirectory(
        atPath: BenchmarkFolder.path("Reference"))
    } catch {
      throw .failed("cannot prepare the scripts: \(error)")
    }
    let scripts = sources.filter { $0.hasSuffix(".erl") }
    _ = try Self.output(
      of: compiler, ["-o", folder] + scripts.map { BenchmarkFolder.path("Reference/\($0)") })
    return folder
  }

  private static func find(_ command: String) throws(PeerError) -> String {
    let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in searchPath.split(separator: ":") {
      let path = "\(folder)/\(command)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw .missing(howToInstall: "install it with: apt-get install -y erlang-base")
  }

  /// What a command prints on stdout; its stderr goes to ours.
  private static func output(of path: String, _ arguments: [String]) throws(PeerError) -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    do {
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      guard process.terminationStatus == 0 else {
        throw PeerError.failed("\(path) ended with \(process.terminationStatus): \(text)")
      }
      return text
    } catch let error as PeerError {
      throw error
    } catch {
      throw .failed("\(path): \(error)")
    }
  }
}

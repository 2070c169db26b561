import Foundation
import Tenure

/// A process of its own for one server and trace: so that peak memory is that of the trace, and
/// another library can stand before the C library's `malloc`.
enum CarrierChild {
  /// The argument by which the program knows that it is one.
  private static let argument = "--carrier-child"
  /// Its exit code where the library that should stand before the C library is not there.
  private static let missingLibraryCode: Int32 = 3

  /// Does a child's work where the arguments are a child's.
  /// - Returns: the exit code; `nil` where they are not.
  static func run(arguments: [String]) -> Int32? {
    guard arguments.first == argument else { return nil }
    guard arguments.count == 5, let trace = Trace(rawValue: arguments[1]),
      let server = TraceServer(rawValue: arguments[2]), let repetitions = Int(arguments[3]),
      let scale = Int(arguments[4])
    else {
      complain("\(argument) TRACE SERVER REPETITIONS SCALE")
      return 2
    }
    if let library = ProcessInfo.processInfo.environment["LD_PRELOAD"],
      dlopen(library, RTLD_LAZY | RTLD_NOLOAD) == nil
    {
      return missingLibraryCode
    }
    let script: TraceScript?
    do {
      script = try trace.program.map { try TraceScript(recording: $0) }
    } catch {
      complain("\(error)")
      return 1
    }
    for _ in 0..<repetitions {
      let result = server.run(trace, scale: scale, script: script)
      print(result.nanoseconds, result.check)
    }
    print("peak", ResidentMemory.peakByteCount() ?? 0)
    return 0
  }

  /// What a child tells.
  struct Answer {
    var nanoseconds: [Double] = []
    var check = ""
    var peakByteCount = 0
  }

  /// Starts a child and reads its answer.
  /// - Parameter library: stands before the C library where it is given.
  /// - Returns: `nil` where there is no such library.
  static func measure(
    _ trace: Trace, _ server: TraceServer, repetitions: Int, scale: Int, library: String? = nil
  ) throws(PeerError) -> Answer? {
    let child = Foundation.Process()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = [argument, trace.rawValue, server.rawValue, "\(repetitions)", "\(scale)"]
    var environment = ProcessInfo.processInfo.environment
    environment["LD_PRELOAD"] = library
    child.environment = environment
    let pipe = Pipe()
    child.standardOutput = pipe
    // The loader complains of a library that is not there; so do we.
    if library != nil { child.standardError = FileHandle.nullDevice }
    do { try child.run() } catch { throw .failed("no child process: \(error)") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    child.waitUntilExit()
    if child.terminationStatus == missingLibraryCode { return nil }
    if child.terminationStatus != 0 { throw .failed("exit code \(child.terminationStatus)") }
    var answer = Answer()
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count == 2 else { throw .failed("the line \(line)") }
      if fields[0] == "peak" {
        answer.peakByteCount = Int(fields[1]) ?? 0
      } else {
        answer.nanoseconds.append(Double(fields[0]) ?? 0)
        answer.check = String(fields[1])
      }
    }
    return answer
  }
}

extension CarrierChild {
  /// What one of our own servers tells.
  static func measureOurs(
    _ trace: Trace, _ server: TraceServer, _ effort: Effort
  ) throws(PeerError) -> Answer {
    let answer = try measure(trace, server, repetitions: effort.repetitions, scale: 1)
    guard let answer else { throw .failed("a library before the C library's") }
    return answer
  }
}

/// A `malloc` that runs the same trace in a child of its own.
struct MallocPeer: Peer {
  let name: String
  /// The library's file, of those that the loader finds; `nil` for the C library's.
  let library: String?
  let howToInstall: String
  let trace: Trace
  /// Whether the peak is compared, and not the time.
  let measuresPeak: Bool

  static func all(_ trace: Trace, measuresPeak: Bool = false) -> [MallocPeer] {
    [
      MallocPeer(
        name: "glibc", library: nil, howToInstall: "", trace: trace, measuresPeak: measuresPeak),
      MallocPeer(
        name: "jemalloc", library: "libjemalloc.so.2",
        howToInstall: "install it with: apt-get install -y libjemalloc2", trace: trace,
        measuresPeak: measuresPeak),
      MallocPeer(
        name: "mimalloc", library: "libmimalloc.so.2",
        howToInstall: "install it with: apt-get install -y libmimalloc2.0", trace: trace,
        measuresPeak: measuresPeak),
    ]
  }

  func measure(_ caseName: String, repetitions: Int) throws(PeerError) -> PeerRow {
    let answer = try CarrierChild.measure(
      trace, .malloc, repetitions: repetitions, scale: 1, library: library)
    guard let answer else { throw .missing(howToInstall: howToInstall) }
    let samples =
      measuresPeak ? [Double(answer.peakByteCount) / Double(1 << 20)] : answer.nanoseconds
    return PeerRow(
      version: library ?? "libc", median: samples.median, minimum: samples.min() ?? 0,
      check: answer.check)
  }
}

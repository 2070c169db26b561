import Foundation

/// The command `benchmarks`: measures the cases asked for and prints a row for each.
@main
struct Benchmarks {
  static func main() {
    exit(command(arguments: Array(CommandLine.arguments.dropFirst())))
  }

  /// Runs the command and answers its exit code: 0, 1 if a case failed, 2 for bad usage.
  static func command(arguments: [String]) -> Int32 {
    if let code = CarrierChild.run(arguments: arguments) { return code }
    do {
      let options = try BenchmarkOptions(arguments: arguments)
      if options.showsHelp {
        print(BenchmarkOptions.help)
        return 0
      }
      let cases = try options.select(from: allCases())
      let output = try options.jsonPath.map(JSONFile.init)
      var runner = BenchmarkRunner(options: options)
      let results = runner.measure(cases)
      try output?.write(results)
      return runner.failures == 0 ? 0 : 1
    } catch {
      complain(error.description)
      return 2
    }
  }
}

/// Prints a line on stderr.
func complain(_ line: String) {
  FileHandle.standardError.write(Data("benchmarks: \(line)\n".utf8))
}

import Glibc

/// The command line.
@main
struct TenureTool {
  static func main() {
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func run(_ arguments: [String]) -> ExitCode {
    do {
      switch try Command(arguments: arguments) {
      case .run(let arguments): return RunCommand(arguments: arguments).run()
      case .etf(let arguments): return EtfCommand(arguments: arguments).run()
      case .stress(let arguments): return StressCommand(arguments: arguments).run()
      case .version: return show(HelpText.version)
      case .help: return show(HelpText.usage)
      }
    } catch {
      TextOutput.complain(error.description)
      return .usage
    }
  }

  private static func show(_ text: String) -> ExitCode {
    TextOutput.standard.writeLine(text) ? .success : .failure
  }
}

/// How the tool ends.
enum ExitCode: Int32 {
  /// The program returned.
  case success = 0
  /// An exception that nothing caught, memory that was refused, or a stress that found something.
  case failure = 1
  /// Bad usage, or a file that is no module or no term.
  case usage = 2
}

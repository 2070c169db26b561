import Glibc

/// The command line.
@main
struct TenureTool {
  static func main() {
    exit(run(Array(CommandLine.arguments.dropFirst())).status)
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
enum ExitCode: Equatable {
  /// The program returned: 0.
  case success
  /// An exception that nothing caught, memory that was refused, or a stress that found something: 1.
  case failure
  /// Bad usage, or a file that is no module or no term: 2.
  case usage
  /// What a program chose that ended the run itself.
  case chosen(Int32)

  /// The code for the system.
  var status: Int32 {
    switch self {
    case .success: 0
    case .failure: 1
    case .usage: 2
    case .chosen(let status): status
    }
  }
}

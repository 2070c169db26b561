import Tenure
import ToyVM

/// What the command line asks for.
enum Command: Equatable {
  case run(RunArguments)
  case etf(EtfArguments)
  case stress(StressArguments)
  case version
  case help
}

/// A command line that cannot be obeyed, in one line.
struct UsageError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ problem: String) { description = "\(problem); try 'tenure help'" }
}

extension Command {
  /// Reads a command line.
  /// - Parameter arguments: without the name of the program.
  init(arguments: [String]) throws(UsageError) {
    guard let name = arguments.first else { throw UsageError("no command given") }
    let rest = arguments.dropFirst()
    switch name {
    case "run":
      var reader = ArgumentReader(rest)
      self = try reader.readRun()
    case "etf":
      self = try EtfArguments.read(rest).map(Command.etf) ?? .help
    case "stress":
      self = try StressArguments.read(rest).map(Command.stress) ?? .help
    case "version", "--version":
      try Self.expectNothing(rest, after: name)
      self = .version
    case "help", "--help", "-h":
      self = .help
    case _ where name.hasPrefix("-"):
      throw UsageError("unknown option \(printable(name))")
    default:
      throw UsageError("unknown command \(printable(name))")
    }
  }

  private static func expectNothing(
    _ rest: ArraySlice<String>, after name: String
  ) throws(UsageError) {
    guard let first = rest.first else { return }
    throw UsageError("'\(name)' takes no \(printable(first))")
  }
}

/// Reads the options of `tenure run` from left to right, up to the program.
private struct ArgumentReader {
  private var rest: ArraySlice<String>
  private var run = RunArguments()

  init(_ arguments: ArraySlice<String>) { rest = arguments }

  /// Options first, then the program; everything behind it belongs to the program.
  mutating func readRun() throws(UsageError) -> Command {
    while let argument = rest.popFirst() {
      if argument == "--help" || argument == "-h" { return .help }
      if argument == "--" {
        guard let program = rest.popFirst() else { break }
        return try finish(program: program)
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        return try finish(program: argument)
      }
      try readOption(argument)
    }
    throw UsageError("'run' needs a PROGRAM.beam")
  }

  private mutating func finish(program: String) throws(UsageError) -> Command {
    if program.isEmpty { throw UsageError("the name of the program is empty") }
    run.program = program
    run.arguments = Array(rest)
    return .run(run)
  }

  /// Reads an option and, from behind `=` or the next argument, its value.
  private mutating func readOption(_ argument: String) throws(UsageError) {
    var name = argument
    var attached: String?
    if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
      name = String(argument[..<equals])
      attached = String(argument[argument.index(after: equals)...])
    }
    switch name {
    case "-f": run.function = try text(attached, of: name, "a function")
    case "--pa": run.directories.append(try text(attached, of: name, "a directory"))
    case "--print": run.prints = try flag(attached, of: name)
    case "--verify": run.verifies = try flag(attached, of: name)
    case "--move": run.movesBlocks = try flag(attached, of: name)
    case "--check": run.checksOperands = try flag(attached, of: name)
    case "--stats": run.statistics = try statisticsFormat(attached)
    case "--zeal":
      run.zeal =
        try attached.map { text throws(UsageError) in
          try Self.number(text, of: name)
        } ?? 1
    case "--flatten":
      run.flatteningLimitWords =
        try attached.map { text throws(UsageError) in
          try Self.number(text, of: name)
        } ?? MessageCopying.usualLimitWords
    case "--max-memory": run.budgetBytes = try Self.byteCount(try value(attached, of: name))
    case "--fail-mapping":
      run.failingRequest = try Self.number(try value(attached, of: name), of: name)
    case "--schedulers":
      run.schedulers = try Self.threadCount(try value(attached, of: name))
    default: throw UsageError("unknown option \(printable(name))")
    }
  }

  private mutating func value(
    _ attached: String?, of name: String
  ) throws(UsageError) -> String {
    guard let value = attached ?? rest.popFirst() else {
      throw UsageError("\(name) needs a value")
    }
    return value
  }

  private mutating func text(
    _ attached: String?, of name: String, _ what: String
  ) throws(UsageError) -> String {
    let text = try value(attached, of: name)
    if text.isEmpty { throw UsageError("\(name) needs \(what)") }
    return text
  }

  /// What an option says by being there.
  private func flag(_ attached: String?, of name: String) throws(UsageError) -> Bool {
    if attached != nil { throw UsageError("\(name) takes no value") }
    return true
  }

  private func statisticsFormat(
    _ attached: String?
  ) throws(UsageError) -> RunArguments.StatisticsFormat {
    switch attached {
    case nil: return .text
    case "json": return .json
    case let other?: throw UsageError("--stats=\(printable(other)) is not known, --stats=json is")
    }
  }

  private static func threadCount(_ text: String) throws(UsageError) -> Int {
    let count = try number(text, of: "--schedulers")
    guard count <= RunOptions.mostSchedulers else {
      throw UsageError(
        "--schedulers needs at most \(RunOptions.mostSchedulers) threads, not \(count)")
    }
    return count
  }

  private static func number(_ text: String, of name: String) throws(UsageError) -> Int {
    guard let number = decimal(text), number > 0 else {
      throw UsageError("\(name) needs a positive number, not \(printable(text))")
    }
    return number
  }

  /// Bytes, or with a letter behind kilobytes, megabytes or gigabytes of 1024.
  private static func byteCount(_ text: String) throws(UsageError) -> Int {
    var digits = Substring(text)
    var unit = 1
    switch digits.last {
    case "k", "K": unit = 1 << 10
    case "m", "M": unit = 1 << 20
    case "g", "G": unit = 1 << 30
    default: break
    }
    if unit > 1 { digits.removeLast() }
    guard let number = decimal(digits), number > 0,
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: unit), !overflow
    else {
      throw UsageError(
        "--max-memory needs a number of bytes such as 5000000 or 64M, not \(printable(text))")
    }
    return bytes
  }

  /// A number of digits alone: no sign.
  private static func decimal(_ text: some StringProtocol) -> Int? {
    guard let first = text.utf8.first, first >= 0x30, first <= 0x39 else { return nil }
    return Int(text)
  }
}

/// A word of the command line in quotes, with nothing that breaks a line or a terminal.
func printable(_ text: String) -> String {
  var quoted = "'"
  for scalar in text.unicodeScalars.prefix(200) {
    quoted +=
      scalar.properties.generalCategory == .control
      ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return quoted + "'"
}

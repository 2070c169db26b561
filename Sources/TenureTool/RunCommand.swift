import Tenure
import ToyVM

/// `tenure run`: loads a module, calls its function, tells how that ended.
struct RunCommand {
  private let arguments: RunArguments
  private let listener: RunListener
  private let system: MemorySystem
  private let machine: Machine

  init(arguments: RunArguments) {
    self.arguments = arguments
    listener = RunListener(measures: arguments.statistics != nil)
    system = MemorySystem(
      configuration: SystemConfiguration(
        memory: MemoryConfiguration(
          budgetBytes: arguments.budgetBytes, failingRequest: arguments.failingRequest),
        levers: HeapLevers(
          zeal: arguments.zeal, verifies: arguments.verifies,
          movesBlocks: arguments.movesBlocks),
        messageCopying: arguments.flatteningLimitWords.map { .flattening(limitWords: $0) }
          ?? MessageCopying(),
        listener: listener))
    machine = Machine(system: system, directories: arguments.directories)
  }

  /// Does it.
  func run() -> ExitCode {
    let module: String
    do {
      module = try machine.load(path: arguments.program)
    } catch {
      return fail(error, loading: printable(arguments.program))
    }
    let values: [Argument]
    do {
      values = try chooseArguments(of: module)
    } catch {
      TextOutput.complain(error.description)
      return .usage
    }
    do {
      let summary = try machine.runMeasured(
        module, arguments.function, values, options: options)
      return finish(summary.outcome, summary: summary)
    } catch {
      TextOutput.error.writeLine(Self.systemLimit("\(error)"))
      writeStatistics(of: nil)
      return .failure
    }
  }

  private var options: RunOptions {
    var options = RunOptions(
      checksOperands: arguments.checksOperands, rendersResult: arguments.prints)
    options.schedulers = arguments.schedulers ?? RunOptions.coreCount
    return options
  }

  /// The arguments of the one of FUNCTION/0 and FUNCTION/1 that is to be called.
  private func chooseArguments(of module: String) throws(EntryError) -> [Argument] {
    let function = arguments.function
    if arguments.arguments.isEmpty, machine.exports(module, function, arity: 0) { return [] }
    if machine.exports(module, function, arity: 1) { return [.strings(arguments.arguments)] }
    let arities = (0...255).filter { machine.exports(module, function, arity: $0) }
    throw EntryError(module: module, function: function, exportedArities: arities)
  }

  private func finish(_ outcome: RunOutcome, summary: RunSummary) -> ExitCode {
    switch outcome {
    case .returned(let result):
      if arguments.prints, !TextOutput.standard.writeLine(result) {
        TextOutput.complain("the result could not be written to standard output")
        writeStatistics(of: summary)
        return .failure
      }
      writeStatistics(of: summary)
      return .success
    case .exception(let report):
      TextOutput.error.writeLine(report.description)
      writeStatistics(of: summary)
      return .failure
    case .halted(let status):
      writeStatistics(of: summary)
      return .chosen(Int32(truncatingIfNeeded: status))
    case .loadFailed(let error):
      return fail(error, loading: "a module that the program called")
    case .malformedCode(let rule):
      TextOutput.complain("malformed code in \(arguments.program): \(rule)")
      return .usage
    case .deadlock:
      TextOutput.complain("all processes wait for messages, and nobody is left to send one")
      writeStatistics(of: summary)
      return .failure
    case .outOfSteps:
      TextOutput.complain("the steps that were allowed are used up")
      return .failure
    case .undefined:
      TextOutput.complain("\(arguments.function) is not exported")
      return .usage
    }
  }

  /// Tells why a module could not be loaded.
  private func fail(_ error: LoadError, loading module: String) -> ExitCode {
    switch error {
    case .outOfMemory:
      TextOutput.error.writeLine(Self.systemLimit("\(error)"))
      writeStatistics(of: nil)
      return .failure
    case .malformed(let reason):
      TextOutput.complain("\(module) cannot be loaded: \(reason)")
      return .usage
    case .invalid(let violation):
      TextOutput.complain("\(module) cannot be loaded: \(violation)")
      return .usage
    case .unreadable, .notPurged:
      TextOutput.complain(error.description)
      return .usage
    }
  }

  /// Memory that was refused outside of any process, told as a process would tell it.
  private static func systemLimit(_ reason: String) -> String {
    "** exception error: system_limit (\(reason))"
  }

  private func writeStatistics(of summary: RunSummary?) {
    guard let format = arguments.statistics else { return }
    let report = StatisticsReport(
      summary: summary, pauses: listener.pauses.pauses, allocator: system.allocator)
    switch format {
    case .text: TextOutput.error.writeLine(report.text)
    case .json: TextOutput.error.writeLine(report.json)
    }
  }
}

/// There is no function that a command line could call.
struct EntryError: Error, CustomStringConvertible {
  let module: String
  let function: String
  let exportedArities: [Int]

  var description: String {
    let name = "\(printable(module)) exports"
    if exportedArities.isEmpty { return "\(name) no function \(printable(function))" }
    if exportedArities.contains(0) {
      return "\(name) \(printable(function)) with no argument, but arguments were given"
    }
    let arities = exportedArities.map { "\(function)/\($0)" }.joined(separator: ", ")
    return "\(name) \(arities), but only \(function)/0 and \(function)/1 can be called"
  }
}

import Glibc
import Tenure

/// A toy virtual machine for compiled Erlang modules, on a memory system of its embedder.
///
/// Loads `.beam` files as `erlc` writes them and runs a function in a process of its own, and the
/// processes that it begins. Owner thread only; a run may use further threads until it returns. Of
/// the system's processes, only those of machines have a context.
public final class Machine {
  /// The memory that modules and processes live in.
  public let system: MemorySystem
  let code: CodeStore

  /// Makes a machine with no modules.
  ///
  /// - Parameters:
  ///   - system: where all memory comes from.
  ///   - directories: where `NAME.beam` of a module is looked for when it is first called.
  public init(system: MemorySystem, directories: [String] = []) {
    self.system = system
    system.listen(with: MachineListener())
    code = CodeStore(system: system, directories: directories)
    system.tables.nameFuns(by: MachineFuns(code))
    code.loadOnCall = { [unowned code] name throws(LoadError) in
      guard let path = code.path(ofModule: name) else { return false }
      try ModuleLoader(store: code).load(try FileBytes.read(path))
      return true
    }
  }

  /// Loads a module of the bytes of a `.beam` file, in place of one of the same name.
  ///
  /// Code that was replaced before goes where no process is there that could run it.
  /// - Returns: the module's name.
  /// - Throws: ``LoadError``; then nothing was loaded.
  @discardableResult
  public func load(_ bytes: [UInt8]) throws(LoadError) -> String {
    do {
      return system.atoms.name(of: try code.load(bytes))
    } catch .notPurged(let module) where system.processCount == 0 {
      if let name = try? system.atoms.atom(module), let old = code.oldVersion(of: name) {
        code.retireFuns(of: old)
        code.purge(old)
      }
      return system.atoms.name(of: try code.load(bytes))
    } catch {
      throw error
    }
  }

  /// Loads a module of a `.beam` file.
  ///
  /// - Returns: the module's name.
  /// - Throws: ``LoadError``; then nothing was loaded.
  @discardableResult
  public func load(path: String) throws(LoadError) -> String {
    try load(try FileBytes.read(path))
  }

  /// Whether a loaded module exports a function.
  public func exports(_ module: String, _ function: String, arity: Int) -> Bool {
    guard let module = try? system.atoms.atom(module),
      let function = try? system.atoms.atom(function)
    else { return false }
    let name = FunctionName(module: module, function: function, arity: arity)
    return code.export(name).pointee.address != nil
  }

  /// Runs an exported function in a process of its own until it returns or cannot go on; what
  /// other processes it began end with it.
  ///
  /// - Parameters:
  ///   - module: the name of a loaded module.
  ///   - function: the name of a function it exports.
  ///   - arguments: what it is called with.
  ///   - options: limits and checks of this run.
  /// - Throws: ``HeapError`` if there is no memory for the process or its arguments.
  public func run(
    _ module: String, _ function: String, _ arguments: [Argument] = [],
    options: RunOptions = RunOptions()
  ) throws(HeapError) -> RunOutcome {
    try runMeasured(module, function, arguments, options: options).outcome
  }

  /// Runs a function as ``run(_:_:_:options:)`` does, and tells what its process did with memory.
  public func runMeasured(
    _ module: String, _ function: String, _ arguments: [Argument] = [],
    options: RunOptions = RunOptions()
  ) throws(HeapError) -> RunSummary {
    let began = MonotonicTime.nanoseconds()
    guard let module = try? system.atoms.atom(module),
      let function = try? system.atoms.atom(function),
      let start = code.export(
        FunctionName(module: module, function: function, arity: arguments.count)
      ).pointee.address
    else { return RunSummary(outcome: .undefined) }
    let schedulers = Schedulers(system: system, code: code, options: options)
    let main = try schedulers.makeProcess(
      calling: FunctionName(module: module, function: function, arity: arguments.count),
      at: start, arguments, heap: options.heap)
    var summary = try schedulers.run(main: main)
    summary.nanoseconds = MonotonicTime.nanoseconds() - began
    return summary
  }
}

/// What a function is called with.
public enum Argument: Sendable {
  /// A small integer.
  case integer(Int)
  /// A list of strings, each a list of code points.
  case strings([String])
}

/// Limits and checks of one run.
public struct RunOptions: Sendable {
  /// The calls that are allowed, of all processes together; where operands are checked, the
  /// instructions. A millisecond of a wait with a timeout counts as 100.
  public var steps: Int
  /// Whether each operand is checked once more as it runs: a test of the validator.
  public var checksOperands: Bool
  /// Whether the result is written as text.
  public var rendersResult: Bool
  /// About how many bytes the text of a term may take; a longer one is not written.
  public var textByteLimit: Int
  /// What the first process's heap is made with; nothing leaves it to the system.
  public var heap: HeapOptions?
  /// The threads that run processes, one of them the calling one; at most ``mostSchedulers``.
  public var schedulers = 1
  /// Whether an error that ends another process than the first is told on standard error.
  public var reportsErrors = true

  /// Makes options of a run without limits.
  public init(
    steps: Int = .max, checksOperands: Bool = false, rendersResult: Bool = true,
    textByteLimit: Int = 1 << 28, heap: HeapOptions? = nil
  ) {
    self.steps = steps
    self.checksOperands = checksOperands
    self.rendersResult = rendersResult
    self.textByteLimit = textByteLimit
    self.heap = heap
  }
}

extension RunOptions {
  /// The most threads that run processes.
  public static var mostSchedulers: Int { 64 }
  /// The cores that are there for threads, at most ``mostSchedulers``.
  public static var coreCount: Int {
    min(mostSchedulers, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}

/// How a run ended.
public enum RunOutcome: Equatable, Sendable {
  /// The function returned; its result as `io:format("~w")` writes it, if that was asked for.
  case returned(String)
  /// An exception that nothing caught.
  case exception(ExceptionReport)
  /// A process ended the run (`erlang:halt/1`), with the status that it chose.
  case halted(Int)
  /// No loaded module exports the function.
  case undefined
  /// The steps that were allowed are used up.
  case outOfSteps
  /// All processes wait for messages, and no timer runs.
  case deadlock
  /// The code broke a rule that no compiler breaks.
  case malformedCode(String)
  /// A module that the program called is damaged.
  case loadFailed(LoadError)
}

/// How a run ended, and what it took.
public struct RunSummary: Sendable {
  /// How it ended.
  public var outcome: RunOutcome
  /// What the heap of its process counted.
  public var counters = HeapCounters()
  /// Nanoseconds from before the process was made to the end of its code, collections included.
  public var nanoseconds: UInt64 = 0
}

/// An exception as Erlang's shell tells it.
public struct ExceptionReport: Equatable, Sendable, CustomStringConvertible {
  /// `error`, `exit` or `throw`.
  public var kind: String
  /// The reason, as `~w` writes it.
  public var reason: String
  /// The function that was called and is not there, if that is the exception, with its arity.
  public var undefinedFunction: String?
  /// The calls it came through, the innermost first; not that of an undefined function.
  public var trace: [String]
  /// What memory was refused, if that is behind it.
  public var memoryRefusal: HeapError?

  /// The report in lines.
  public var description: String {
    let what = undefinedFunction.map { "undefined function \($0)" } ?? reason
    var lines = ["** exception \(kind): \(what)"]
    for (index, place) in trace.enumerated() {
      lines.append((index == 0 ? "     in function  " : "     in call from ") + place)
    }
    if let memoryRefusal { lines.append("     (\(memoryRefusal))") }
    return lines.joined(separator: "\n")
  }
}

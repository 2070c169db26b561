import Tenure
import ToyVM

/// Runs the programs on the toy VM: a program is loaded once, each run has a fresh process.
func loadProgram(_ path: String) throws -> () throws -> ProgramRun {
  let pauses = PauseStatistics()
  let machine = Machine(
    system: MemorySystem(configuration: SystemConfiguration(listener: pauses)))
  let module = try machine.load(path: path)
  return {
    let before = pauses.pauses.totalNanoseconds
    let summary = try machine.runMeasured(module, "main")
    let collecting = pauses.pauses.totalNanoseconds - before
    switch summary.outcome {
    case .returned(let value):
      return ProgramRun(
        answer: value, nanoseconds: summary.nanoseconds, collectorNanoseconds: collecting)
    case let other: throw ProgramFailure(program: module, outcome: "\(other)")
    }
  }
}

/// A program that did not return.
struct ProgramFailure: Error, CustomStringConvertible {
  let program: String
  let outcome: String
  var description: String { "\(program) did not return: \(outcome)" }
}

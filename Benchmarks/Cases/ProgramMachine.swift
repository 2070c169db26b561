import Tenure
import ToyVM

/// Runs the programs on the toy VM: a program is loaded once, each run has a fresh process.
func loadProgram(_ path: String) throws -> () throws -> String {
  let machine = Machine(system: MemorySystem())
  let module = try machine.load(path: path)
  return {
    switch try machine.run(module, "main") {
    case .returned(let value): value
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

import Foundation
import Tenure
import ToyVM

/// Runs the programs on the toy VM: a program is loaded once, each run has a fresh process.
func loadProgram(_ path: String) throws -> () throws -> ProgramRun {
  let pauses = PauseStatistics()
  let machine = Machine(
    system: MemorySystem(configuration: SystemConfiguration(listener: pauses)),
    directories: InstalledLibrary.directories)
  let module = try machine.load(path: path)
  return {
    let before = pauses.pauses.totalNanoseconds
    // As Erlang has it, a scheduler for each core.
    var options = RunOptions()
    options.schedulers = RunOptions.coreCount
    let summary = try machine.runMeasured(module, "main", options: options)
    let collecting = pauses.pauses.totalNanoseconds - before
    switch summary.outcome {
    case .returned(let value):
      return ProgramRun(
        answer: value, nanoseconds: summary.nanoseconds, collectorNanoseconds: collecting)
    case let other: throw ProgramFailure(program: module, outcome: "\(other)")
    }
  }
}

/// Where an installed Erlang keeps the modules of its library.
enum InstalledLibrary {
  static var directories: [String] {
    let root = "/usr/lib/erlang/lib"
    let applications = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return ["stdlib-", "compiler-", "kernel-", "erts-"].compactMap { prefix in
      applications.first { $0.hasPrefix(prefix) }.map { "\(root)/\($0)/ebin" }
    }
  }
}

/// A program that did not return.
struct ProgramFailure: Error, CustomStringConvertible {
  let program: String
  let outcome: String
  var description: String { "\(program) did not return: \(outcome)" }
}

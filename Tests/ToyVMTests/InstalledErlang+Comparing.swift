import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Runs of the machine on the installed Erlang's modules, held against what Erlang printed.
extension InstalledErlang {
  /// Runs a function of a fixture and expects it to return what Erlang printed.
  /// - Parameters:
  ///   - arguments: one list of strings.
  ///   - zeal: collects at every so many ensures and verifies the heap; 0 for neither.
  ///   - schedulers: the threads that run processes.
  ///   - note: what leads to the run again, told of a difference.
  static func expect(
    _ module: String, _ function: String, _ arguments: [String], toReturn expected: String,
    zeal: Int = 0, schedulers: Int = 1, _ note: String
  ) throws {
    let levers = HeapLevers(zeal: zeal, verifies: zeal > 0)
    let machine = Machine(
      system: MemorySystem(configuration: SystemConfiguration(levers: levers)),
      directories: directories)
    try machine.load(try BeamFixtures.bytes(module))
    var options = RunOptions()
    options.schedulers = schedulers
    let outcome = try machine.run(module, function, [.strings(arguments)], options: options)
    expect(outcome, toReturn: expected, note)
  }

  /// Expects that a function returned what Erlang printed.
  static func expect(_ outcome: RunOutcome, toReturn expected: String, _ note: String) {
    guard case .returned(let text) = outcome else {
      Issue.record("\(note): \(outcome)")
      return
    }
    if text == expected { return }
    let same = zip(text, expected).prefix { $0 == $1 }.count
    let start = max(0, same - 200)
    Issue.record(
      """
      \(note): \(text.dropFirst(start).prefix(400))
      where Erlang answers: \(expected.dropFirst(start).prefix(400))
      """)
  }
}

import Stress
import Tenure

/// `tenure stress`: breaks something on purpose, round after round, until the time is over.
struct StressCommand {
  private let arguments: StressArguments

  init(arguments: StressArguments) { self.arguments = arguments }

  /// Does it. Each round has a seed of its own, so that a failure is replayed by that round alone.
  func run() -> ExitCode {
    guard let stress = NamedStress.all.first(where: { $0.name == arguments.name }) else {
      preconditionFailure("no stress \(arguments.name), which the arguments know")
    }
    let threads = arguments.threads.map { " --threads \($0)" } ?? ""
    let first = arguments.seed ?? UInt64.random(in: 0..<1_000_000_000)
    let begin = MonotonicTime.nanoseconds()
    let nanoseconds = UInt64(arguments.seconds).multipliedReportingOverflow(by: 1_000_000_000)
    TextOutput.standard.writeLine(
      "stress \(stress.name): seed \(first); the same again: tenure stress \(stress.name) "
        + "--seed \(first) --seconds \(arguments.seconds)" + threads)
    var rounds: UInt64 = 0
    repeat {
      let seed = first &+ rounds
      let replay =
        "to replay: tenure stress \(stress.name) --seed \(seed) --seconds 0"
        + threads
      TrapReport.prepare("tenure: stress \(stress.name) trapped; \(replay)\n")
      if let failure = stress.round(seed, threads: arguments.threads) {
        TextOutput.complain("stress \(stress.name) failed with seed \(seed): \(failure)")
        TextOutput.complain(replay)
        return .failure
      }
      rounds += 1
    } while nanoseconds.overflow
      || MonotonicTime.nanoseconds() - begin < nanoseconds.partialValue
    let isWritten = TextOutput.standard.writeLine(
      "stress \(stress.name): \(rounds) rounds, seeds \(first) to \(first &+ rounds - 1), "
        + stress.verdict(rounds: rounds))
    return isWritten ? .success : .failure
  }
}

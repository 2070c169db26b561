import Carriers
import Heaps
import Synchronization
import Terms

/// Releases areas of literals that processes may use: one ``LiteralRound`` after the other, each with
/// all that was asked for by then.
final class LiteralReleaser: @unchecked Sendable {
  // Unchecked: what changes is atomic, or touched under the lock only.

  typealias Release = (areas: [LiteralArea], answer: @Sendable (Bool) -> Void)

  private let processes: ProcessTable
  /// Whether a process that begins now is to be asked too: who begins it may not have seen that the
  /// areas are in release.
  let asksSenders = Atomic<Bool>(false)
  private let state = Guarded(State())

  private struct State {
    var waiting: [Release] = []
    var round: LiteralRound?
  }

  init(processes: ProcessTable) { self.processes = processes }

  /// Releases areas in the next round, which begins at once where none is under way.
  func release(_ areas: [LiteralArea], _ answer: @escaping @Sendable (Bool) -> Void) {
    state.withLock { $0.waiting.append((areas, answer)) }
    begin()
  }

  private func begin() {
    let round: LiteralRound? = state.withLock { state in
      if state.round != nil || state.waiting.isEmpty { return nil }
      state.round = LiteralRound(state.waiting, of: self, processes)
      state.waiting = []
      return state.round
    }
    round?.begin()
  }

  /// Goes on after a round.
  func roundEnded() {
    state.withLock { $0.round = nil }
    begin()
  }

  /// Counts the answer of a process that has told others why it ends.
  func endWasTold() { state.withLock { $0.round }?.isAnswered() }

  /// Has the round under way ask a process that has just begun.
  /// - Throws: ``HeapError``; then it was not asked.
  func ask(_ pid: Term) throws(HeapError) {
    guard let round = state.withLock({ $0.round }) else { return }
    round.ask(pid, by: try round.makeQuestion())
  }
}

/// Areas of which a process is to copy what it uses.
struct LiteralRequest {
  let areas: [LiteralArea]
  let round: LiteralRound

  /// Says that the process does not refer to them any more.
  func answer() { round.isAnswered() }
}

import Carriers
import Heaps
import Synchronization
import Terms

/// The release of some areas of literals.
///
/// ```
///   mark the areas      who copies a term from here on takes along what is in them
///   ask the senders     each process that is not parked says that it has seen the mark: no copy is
///        |              under way any more that was begun without it
///   ask for copies      each process copies what it uses; all that was sent to it without the mark
///        |              is in its mailbox before the question
///   free the areas
/// ```
/// In the place of the first question ERTS waits until all its scheduler threads have passed a
/// barrier ("thread progress"); here nobody knows the threads.
///
/// A message for each process is made before the first is sent, and asks both questions: so nothing
/// is refused on the way.
final class LiteralRound: @unchecked Sendable {
  // Unchecked: what changes is touched under the lock only.

  private let releases: [LiteralReleaser.Release]
  private let areas: [LiteralArea]
  private let releaser: LiteralReleaser
  private let processes: ProcessTable
  private let state = Guarded(State())
  private var environment: HeapEnvironment { processes.environment }

  private enum Step { case senders, copies, over }

  private struct State {
    var step = Step.senders
    var asked: Set<Term> = []
    /// The messages of processes that have answered the first question.
    var messages: [Term: Message] = [:]
    /// The answers that are still to come, and one while questions are asked.
    var open = 1
  }

  init(
    _ releases: [LiteralReleaser.Release], of releaser: LiteralReleaser,
    _ processes: ProcessTable
  ) {
    self.releases = releases
    areas = releases.flatMap(\.areas)
    self.releaser = releaser
    self.processes = processes
  }

  /// Asks all processes; where there is no memory for that, the round is over.
  func begin() {
    environment.literals.beginRelease(of: areas)
    // Before the processes are looked up: who begins then is among them, or is asked as it begins.
    releaser.asksSenders.store(true, ordering: .sequentiallyConsistent)
    var questions: [(pid: Term, message: Message)] = []
    do {
      for pid in processes.pids { questions.append((pid, try makeQuestion())) }
    } catch {
      for question in questions { environment.free(question.message) }
      return giveUp()
    }
    for question in questions { ask(question.pid, by: question.message) }
    isAnswered()
  }

  /// Makes the message that asks a process.
  func makeQuestion() throws(HeapError) -> Message {
    do throws(MessageError) {
      return try environment.makeMessage(of: .nil)
    } catch .outOfMemory(let error) {
      throw .outOfMemory(error)
    } catch {
      preconditionFailure("a question that is too large: \(error)")
    }
  }

  /// Asks a process whether it has seen the mark, unless it was asked or that is over: no process
  /// that began since can use the areas.
  func ask(_ pid: Term, by message: Message) {
    let isNew = state.withLock { state in
      guard state.step == .senders, state.asked.insert(pid).inserted else { return false }
      state.open += 1
      return true
    }
    if !isNew { return environment.free(message) }
    if processes.reading(pid, { $0.pointee.isSeenParked() }) == true {
      hasSeen(pid, message)
    } else {
      send(.senders(self), by: message, to: pid)
    }
  }

  /// Sends a question, or takes the answer for given where there is no process any more.
  private func send(_ question: ProcessRequest.Question, by message: Message, to pid: Term) {
    message.carry(ProcessRequest(question))
    if processes.deliverSignal(message, to: pid) { return }
    _ = message.takeRequest()
    environment.free(message)
    isAnswered()
  }

  /// Counts a process that has seen the mark, and keeps its message.
  func hasSeen(_ pid: Term, _ message: Message) {
    let isKept = state.withLock { state in
      if state.step == .senders { state.messages[pid] = message }
      return state.step == .senders
    }
    if isKept { isAnswered() } else { environment.free(message) }
  }

  /// Counts an answer; the last one ends the step.
  func isAnswered() {
    let step: Step? = state.withLock { state in
      if state.step == .over { return nil }
      state.open -= 1
      return state.open == 0 ? state.step : nil
    }
    switch step {
    case .senders: askForCopies()
    case .copies: end()
    case .over, nil: break
    }
  }

  private func askForCopies() {
    let messages = state.withLock { state in
      defer { state.messages = [:] }
      state.step = .copies
      state.open = 1 + state.messages.count
      return state.messages
    }
    releaser.asksSenders.store(false, ordering: .sequentiallyConsistent)
    let request = LiteralRequest(areas: areas, round: self)
    for (pid, message) in messages { send(.literals(request), by: message, to: pid) }
    waitForEnds()
    isAnswered()
  }

  /// Waits for processes that are just telling others why they end: they read what their reasons
  /// refer to.
  private func waitForEnds() {
    var ended = 0
    // Else the records' memory could go where the last process ends meanwhile.
    let reader = processes.allocator.reader
    reader.enter()
    processes.forEachRecord { record in
      if record.pointee.ending.load(ordering: .sequentiallyConsistent) != 1 { return }
      state.withLock { $0.open += 1 }
      let isEnding = record.pointee.ending.compareExchange(
        expected: 1, desired: 2, ordering: .sequentiallyConsistent
      ).exchanged
      if !isEnding { ended += 1 }
    }
    reader.leave()
    for _ in 0..<ended { isAnswered() }
  }

  private func end() {
    state.withLock { $0.step = .over }
    for area in areas { environment.literals.release(area) }
    for release in releases { release.answer(true) }
    releaser.roundEnded()
  }

  /// Leaves the areas as they were.
  private func giveUp() {
    let messages = state.withLock { state in
      defer { state.messages = [:] }
      state.step = .over
      return state.messages
    }
    for message in messages.values { environment.free(message) }
    environment.literals.endRelease(of: areas)
    releaser.asksSenders.store(false, ordering: .sequentiallyConsistent)
    for release in releases { release.answer(false) }
    releaser.roundEnded()
  }
}

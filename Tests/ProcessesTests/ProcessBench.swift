import Heaps
import Processes
import Synchronization
import TestKit
import Terms

/// A process, by a name that Foundation has not for another thing.
typealias SystemProcess = Process

/// Hears what processes are told.
final class ProcessRecorder: ProcessListener {
  struct Heard: Sendable {
    var runnable: [Term] = []
    var ended: [Term] = []
    var messages: [MessageEvent] = []
    var longQueues: [Int] = []
  }
  private let state = Mutex(Heard())
  let wantsMessages: Bool
  let longQueueMessages: Int

  init(wantsMessages: Bool = false, longQueueMessages: Int = 0) {
    self.wantsMessages = wantsMessages
    self.longQueueMessages = longQueueMessages
  }

  var heard: Heard { state.withLock { $0 } }

  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    state.withLock { $0.runnable.append(pid) }
  }
  func processEnded(_ pid: Term) { state.withLock { $0.ended.append(pid) } }
  func messageWasSent(_ event: MessageEvent) { state.withLock { $0.messages.append(event) } }
  func queueIsLong(_ pid: Term, messages: Int) {
    state.withLock { $0.longQueues.append(messages) }
  }
}

/// A process that tests ask about, which they cannot a value that is not copied.
final class TestProcess {
  var process: Process
  let pid: Term

  init(
    _ system: MemorySystem, mailboxLimit: MailboxLimit? = nil, group: ProcessGroup? = nil
  ) throws {
    process = try system.makeProcess(mailboxLimit: mailboxLimit, group: group)
    pid = process.pid
  }

  var system: MemorySystem { process.system }
  var links: [Term] { process.links }
  var monitoredProcesses: [Term] { process.monitoredProcesses }
  var exitReason: Term? { process.exitReason }
  var hasRequests: Bool { process.hasRequests }

  func text(of term: Term) throws -> String {
    try TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch).text(of: term)
  }

  /// The text of the next message, which is taken out; nothing where there is none.
  func receiveText() throws -> String? {
    guard let message = try process.nextMessage() else { return nil }
    let text = try text(of: message)
    process.removeMessage()
    return text
  }

  func send(
    _ term: Term, to pid: Term, copying: MessageCopying? = nil
  ) throws(SendError) -> SendOutcome {
    try process.send(term, to: pid, copying: copying)
  }
  func send(_ number: Int, to pid: Term) throws(SendError) -> SendOutcome {
    try process.send(.small(number), to: pid)
  }
  func nextMessage() throws -> Term? { try process.nextMessage() }
  func handleSignals() throws -> Bool { try process.handleSignals() }
  func park() -> Bool { process.park() }
  func unpark() -> Bool { system.unpark(pid) }
  func takeBack() -> Bool { system.takeBack(pid) }
  func link(to other: Term) throws { try process.link(to: other) }
  func monitor(_ other: Term) throws -> Term { try process.monitor(other) }
  func demonitor(_ reference: Term) throws -> Bool { try process.demonitor(reference) }
  func makeAlias() throws -> Term { try process.makeAlias() }
  func removeAlias(_ alias: Term) -> Bool { process.removeAlias(alias) }
  func end(reason: Term) { process.end(reason: reason) }

  func ensureFree(words: Int) throws {
    var roots = NoRoots()
    try process.ensureFree(words: words, roots: &roots)
  }
  func collectGarbage(fully: Bool = true) throws {
    var roots = NoRoots()
    try process.collectGarbage(fully: fully, roots: &roots)
  }
  func answerRequests() throws {
    var roots = NoRoots()
    try process.answerRequests(roots: &roots)
  }
  func build(_ body: (inout WordCursor) -> Term) -> Term { process.heap.build(body) }
}

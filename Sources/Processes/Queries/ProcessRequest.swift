import Heaps
import Terms

/// What is asked of a process that another thread may run: it answers when it next looks at what was
/// sent to it, between two of its steps.
final class ProcessRequest {
  enum Question {
    case look(@Sendable (borrowing Process) -> Void, ifGone: @Sendable () -> Void)
    case collection(CollectionRequest)
    case senders(LiteralRound)
    case literals(LiteralRequest)
  }

  let question: Question

  init(_ question: Question) { self.question = question }

  /// The answer where there is no such process.
  func refuse() {
    switch question {
    case .look(_, let gone): gone()
    case .collection(let request): request.answer(false)
    case .senders(let round): round.isAnswered()
    case .literals(let request): request.answer()
    }
  }
}

/// A collection that was asked for.
struct CollectionRequest {
  let kind: CollectionEvent.Kind
  let answer: @Sendable (Bool) -> Void
}

extension MemorySystem {
  /// Asks what a process is made of, whoever runs it (`process_info/2`).
  ///
  /// The process answers when it next receives or handles signals; one that is parked becomes
  /// runnable for it. So the answer is that of one moment of it.
  /// - Parameter answer: called once: on the process's thread, or on this one with nothing where there is
  ///   no such process, or with nothing where it ends before. It must not use a process.
  /// - Throws: ``MessageError``; then it is not called.
  public func requestInformation(
    of pid: Term, _ answer: @escaping @Sendable (ProcessInformation?) -> Void
  ) throws(MessageError) {
    try inspect(pid, { answer($0.currentInformation) }, ifGone: { answer(nil) })
  }

  /// Looks at a process, whoever runs it: at its messages, its dictionary, its binaries, its stack
  /// (`process_info/2`).
  ///
  /// The process is shown when it next receives or handles signals; one that is parked becomes
  /// runnable for it. What is seen is of one moment of it.
  /// - Parameters:
  ///   - look: called once, on the process's thread. Its terms are valid meanwhile; they may be copied
  ///     out (``Process/prepare(_:copying:)``). It must not use another process.
  ///   - gone: called in its place, where there is no such process, or where it ended before.
  /// - Throws: ``MessageError``; then neither is called.
  public func inspect(
    _ pid: Term, _ look: @escaping @Sendable (borrowing Process) -> Void,
    ifGone gone: @escaping @Sendable () -> Void
  ) throws(MessageError) {
    try ask(pid, ProcessRequest(.look(look, ifGone: gone)))
  }

  /// Asks a process to collect (`garbage_collect/2` with `async`): it does at its next ensure.
  /// - Parameters:
  ///   - type: a minor collection, where one can run, or a full sweep.
  ///   - answer: called once: with `true` when it has collected, on its thread, or with `false`
  ///     where there is no such process, or where it ended before. It must not use a process.
  /// - Throws: ``MessageError``; then it is not called.
  public func garbageCollect(
    _ pid: Term, type: CollectionEvent.Kind = .fullSweep,
    async answer: @escaping @Sendable (Bool) -> Void
  ) throws(MessageError) {
    try ask(pid, ProcessRequest(.collection(CollectionRequest(kind: type, answer: answer))))
  }

  private func ask(_ pid: Term, _ request: ProcessRequest) throws(MessageError) {
    let message = try heaps.makeMessage(of: .nil)
    message.carry(request)
    if processes.deliverSignal(message, to: pid) { return }
    message.takeRequest().refuse()
    heaps.free(message)
  }
}

extension Message {
  /// Makes it one that carries a request.
  func carry(_ request: ProcessRequest) {
    signal = .request
    argument = UInt(bitPattern: Unmanaged.passRetained(request).toOpaque())
  }

  /// The request that it carries, which it does not have any more.
  func takeRequest() -> ProcessRequest {
    guard let pointer = UnsafeRawPointer(bitPattern: argument) else {
      preconditionFailure("a request without a question")
    }
    return Unmanaged<ProcessRequest>.fromOpaque(pointer).takeRetainedValue()
  }
}

extension Process {
  /// Does what a request asks for.
  mutating func answer(_ message: Message) {
    switch message.takeRequest().question {
    case .look(let look, _): look(self)
    case .collection(let request):
      heap.requestCollection(fully: request.kind == .fullSweep)
      let relations = relations
      relations.collectionRequests.append(request)
    case .senders(let round): return round.hasSeen(pid, message)
    case .literals(let request):
      let relations = relations
      relations.literalRequests.append(request)
      heap.requestRoots()
    }
    system.heaps.free(message)
  }

  /// Answers that there is no process any more; that it uses no literals, once it has told of its end.
  func refuse(_ message: Message) {
    let request = message.takeRequest()
    if case .literals(let literals) = request.question {
      relations.literalRequests.append(literals)
    } else {
      request.refuse()
    }
    system.heaps.free(message)
  }

  /// Tells who asked for a collection that there was one.
  func answerCollectionRequests(didCollect: Bool = true) {
    guard let relations = record.pointee.relations else { return }
    let requests = relations.collectionRequests
    relations.collectionRequests = []
    for request in requests { request.answer(didCollect) }
  }
}

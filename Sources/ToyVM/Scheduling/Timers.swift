import Synchronization
import Tenure

/// What happens at times to come, the earliest first. Any thread may set and cancel.
///
/// A heap of deadlines beside a dictionary of what is to be done: what is cancelled leaves the
/// dictionary at once, and the heap with the others when more of it is dead than alive.
final class Timers: @unchecked Sendable {
  // Unchecked: touched under the lock only, but for the atomic deadline.

  /// What a timer does.
  enum Action {
    /// Ends the wait of a receive.
    case wake(MachineProcess)
    /// Sends a message to a pid or a name.
    case send(TimedMessage, to: Term)

    /// The pid that it sends to, if it does.
    var receiver: Term? {
      if case .send(_, let receiver) = self, receiver.isLocalPid { return receiver }
      return nil
    }
  }

  private struct Deadline {
    let nanoseconds: UInt64
    let number: Int
  }

  private let lock = ThreadLock()
  private var deadlines: [Deadline] = []
  private var actions: [Int: (deadline: UInt64, action: Action)] = [:]
  /// The numbers of those that send to a pid.
  private var numbersByReceiver: [Term: Set<Int>] = [:]
  private let lastNumber = Atomic<Int>(0)
  private let earliest = Atomic<UInt64>(.max)

  /// The nanoseconds of the monotonic clock at which the next one runs down, or a time that never
  /// comes.
  var nextDeadline: UInt64 { earliest.load(ordering: .sequentiallyConsistent) }

  /// Takes all back.
  func removeAll() {
    let taken = lock.withLock {
      defer { actions = [:] }
      deadlines = []
      numbersByReceiver = [:]
      return actions
    }
    // Processes and messages go outside of the lock.
    _ = taken
  }

  /// A number for a timer that is to be set.
  func makeNumber() -> Int { lastNumber.add(1, ordering: .relaxed).newValue }

  /// Sets a timer.
  /// - Parameters:
  ///   - number: one that no timer had.
  ///   - deadline: nanoseconds of the monotonic clock.
  ///   - action: what happens then.
  /// - Returns: whether it is the earliest now.
  func set(_ number: Int, _ deadline: UInt64, _ action: Action) -> Bool {
    lock.withLock {
      actions[number] = (deadline, action)
      if let pid = action.receiver { numbersByReceiver[pid, default: []].insert(number) }
      append(Deadline(nanoseconds: deadline, number: number))
      let isEarliest = deadlines[0].number == number
      if isEarliest { earliest.store(deadline, ordering: .sequentiallyConsistent) }
      return isEarliest
    }
  }

  /// Takes a timer back.
  /// - Returns: its deadline, or nothing where it has run down or was taken back.
  func cancel(_ number: Int) -> UInt64? {
    lock.withLock {
      guard let timer = removeAction(number) else { return nil }
      forgetDeadlines()
      return timer.deadline
    }
  }

  /// Takes all timers back that send to a pid, as nobody has it any more.
  func cancelAll(to pid: Term) {
    let taken = lock.withLock {
      let numbers = numbersByReceiver.removeValue(forKey: pid) ?? []
      let taken = numbers.map { actions.removeValue(forKey: $0) }
      if !numbers.isEmpty { forgetDeadlines() }
      return taken
    }
    // Messages go outside of the lock.
    _ = taken
  }

  /// Takes out what a timer is to do.
  private func removeAction(_ number: Int) -> (deadline: UInt64, action: Action)? {
    guard let timer = actions.removeValue(forKey: number) else { return nil }
    if let pid = timer.action.receiver {
      numbersByReceiver[pid]?.remove(number)
      if numbersByReceiver[pid]?.isEmpty == true { numbersByReceiver[pid] = nil }
    }
    return timer
  }

  /// Drops the deadlines of timers that were taken back, where they are many or there are no others.
  private func forgetDeadlines() {
    if deadlines.count > 64 && deadlines.count > 4 * actions.count { rebuild() }
    if actions.isEmpty {
      deadlines.removeAll(keepingCapacity: true)
      earliest.store(.max, ordering: .sequentiallyConsistent)
    }
  }

  /// The deadline of a timer that has not run down.
  func deadline(of number: Int) -> UInt64? { lock.withLock { actions[number]?.deadline } }

  /// Does what is due. Under the lock, so that who took a timer back knows that it did nothing.
  func run(until now: UInt64, _ perform: (Action) -> Void) {
    lock.withLock {
      while let first = deadlines.first, first.nanoseconds <= now {
        removeFirst()
        if let timer = removeAction(first.number) { perform(timer.action) }
      }
      if actions.isEmpty { deadlines.removeAll(keepingCapacity: true) }
      earliest.store(deadlines.first?.nanoseconds ?? .max, ordering: .sequentiallyConsistent)
    }
  }

  // MARK: The heap of deadlines

  private func append(_ deadline: Deadline) {
    deadlines.append(deadline)
    var place = deadlines.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      if deadlines[parent].nanoseconds <= deadlines[place].nanoseconds { break }
      deadlines.swapAt(parent, place)
      place = parent
    }
  }

  private func removeFirst() {
    let last = deadlines.removeLast()
    if deadlines.isEmpty { return }
    deadlines[0] = last
    sink(0)
  }

  private func sink(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < deadlines.count {
        if deadlines[child].nanoseconds < deadlines[least].nanoseconds { least = child }
      }
      if least == place { return }
      deadlines.swapAt(least, place)
      place = least
    }
  }

  /// Leaves out what was taken back.
  private func rebuild() {
    deadlines.removeAll { actions[$0.number] == nil }
    for place in stride(from: deadlines.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }
}

/// A message that a timer will send.
final class TimedMessage: @unchecked Sendable {
  // Unchecked: who takes the message out has the timers' lock.
  private var message: PreparedMessage?

  init(_ message: consuming PreparedMessage) { self.message = consume message }

  /// Takes the message out.
  func take() -> PreparedMessage? { message.take() }
}

import Carriers
import Heaps
import Processes
import TestKit

/// Messages that were prepared and wait to be sent by anybody.
final class StressTimers: Sendable {
  private final class Timer: @unchecked Sendable {
    // Unchecked: who takes it out of the list is the only one who has it.
    var message: PreparedMessage?
    init(_ message: consuming PreparedMessage) { self.message = consume message }

    func count(in census: inout ReferenceCensus) {
      switch message {
      case .some(let message): census.count(message)
      case .none: break
      }
    }
  }

  private let timers = Guarded<[Timer]>([])

  func set(_ message: consuming PreparedMessage) {
    let timer = Timer(message)
    timers.withLock { $0.append(timer) }
  }

  /// Takes one out.
  func take(_ random: inout SeededGenerator) -> PreparedMessage? {
    let choice = random.next()
    return timers.withLock { timers in
      timers.isEmpty ? nil : timers.remove(at: Int(choice % UInt64(timers.count)))
    }?.message.take()
  }

  /// Counts the references to binaries that the messages hold.
  func count(in census: inout ReferenceCensus) {
    timers.withLock { timers in
      for timer in timers { timer.count(in: &census) }
    }
  }

  /// Lets go of all.
  func removeAll() { timers.withLock { $0 = [] } }
}

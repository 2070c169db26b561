import Synchronization

/// The processes that wait for a thread to run them, the more urgent ones first. Any thread may add
/// and take.
final class RunQueue: @unchecked Sendable {
  // Unchecked: the lists are touched under the lock only.
  private struct List {
    var first: Unmanaged<MachineProcess>?
    var last: Unmanaged<MachineProcess>?

    mutating func append(_ process: Unmanaged<MachineProcess>) {
      if let last {
        last.takeUnretainedValue().following = process
      } else {
        first = process
      }
      last = process
    }

    mutating func removeFirst() -> MachineProcess? {
      guard let process = first?.takeUnretainedValue() else { return nil }
      first = process.following
      process.following = nil
      if first == nil { last = nil }
      return process
    }
  }

  private let lock = ThreadLock()
  private var urgent = List()
  private var ordinary = List()
  private let length = Atomic<Int>(0)

  /// How many there are at the moment.
  var count: Int { length.load(ordering: .sequentiallyConsistent) }

  /// Adds a process at the end.
  /// - Returns: how many there are then.
  @discardableResult
  func append(_ process: MachineProcess) -> Int {
    lock.withLock {
      let reference = Unmanaged.passUnretained(process)
      if process.priority.rawValue > MachineProcess.Priority.normal.rawValue {
        urgent.append(reference)
      } else {
        ordinary.append(reference)
      }
      return length.add(1, ordering: .sequentiallyConsistent).newValue
    }
  }

  /// Takes the first one.
  func removeFirst() -> MachineProcess? {
    if count == 0 { return nil }
    return lock.withLock {
      guard let process = urgent.removeFirst() ?? ordinary.removeFirst() else { return nil }
      length.subtract(1, ordering: .sequentiallyConsistent)
      return process
    }
  }
}

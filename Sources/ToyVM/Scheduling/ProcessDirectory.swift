import Tenure

/// The processes of a run by their pids. It keeps them.
final class ProcessDirectory: @unchecked Sendable {
  // Unchecked: the list is touched under the lock only.
  private let lock = ThreadLock()
  /// By the number that a pid begins with.
  private var processes: [MachineProcess?] = []

  private func place(of pid: Term) -> Int {
    Int(LocalIdentifier.identifier(of: pid.identifierNumber))
  }

  func add(_ process: MachineProcess) {
    let place = place(of: process.pid)
    lock.withLock {
      while processes.count <= place { processes.append(nil) }
      processes[place] = process
    }
  }

  func remove(_ process: MachineProcess) {
    let place = place(of: process.pid)
    let removed = lock.withLock {
      defer { processes[place] = nil }
      return processes[place]
    }
    precondition(removed === process, "a process that another one stood in the place of")
  }

  /// The process of a pid, if it has not ended.
  func process(_ pid: Term) -> MachineProcess? {
    guard pid.isLocalPid else { return nil }
    let place = place(of: pid)
    return lock.withLock {
      guard processes.indices.contains(place), let process = processes[place],
        process.pid == pid
      else { return nil }
      return process
    }
  }

  /// Lets go of all.
  func removeAll() {
    // Each tells others of its end, so they go one after the other, outside of the lock.
    while let process = lock.withLock({ () -> MachineProcess? in
      while let last = processes.popLast() { if let last { return last } }
      return nil
    }) { _ = process }
  }
}

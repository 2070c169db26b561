import Terms

/// Parked processes, by their pids: once a process is parked a sender may wake it, and another thread run it
/// and end it, so who parked it, or kept it for a timer, has no ``Process`` any more that could be asked.
extension MemorySystem {
  /// Takes a process back that may be parked, to look at it while it waits, and waits for a sender that
  /// is just writing to it.
  ///
  /// Who looks parks it again where nothing came meanwhile, or else runs it, as the listener hears of
  /// nothing that comes until then.
  /// - Returns: whether it was parked; else it has ended, runs already or is to run, and where it was parked
  ///   before, the listener hears so, if it has not yet.
  public func takeBack(_ pid: Term) -> Bool {
    processes.reading(pid) { $0.pointee.takeBack() } ?? false
  }

  /// Says that a process runs again though nothing came, as at a timeout.
  /// - Returns: `false` where something came meanwhile: the listener heard of it, and the process may have
  ///   ended since.
  @discardableResult
  public func unpark(_ pid: Term) -> Bool {
    processes.reading(pid) { $0.pointee.unpark() } ?? false
  }
}

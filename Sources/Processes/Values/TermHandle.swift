import Terms

/// A term of a process kept from Swift: a collection finds it and follows it as it moves.
///
/// Made by the process (`Process.keep(_:)`) and read with it; let go with the last reference, on
/// whichever thread. What it is read with is looked at each time: where that is no process of its
/// own, or its process has ended, or its whole system, the answer is a ``HandleError``.
public final class TermHandle: Sendable, Hashable {
  let table: HandleTable
  let place: Int

  init(table: HandleTable, place: Int) {
    self.table = table
    self.place = place
  }

  deinit { table.giveBack(place) }

  /// Whether its process has not ended. Only the process's own thread can rely on `true`.
  public var isAlive: Bool { !table.hasEnded }

  /// Whether both are one handle; two handles of one term are not equal.
  public static func == (left: TermHandle, right: TermHandle) -> Bool { left === right }

  /// Hashes which handle it is.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Why there is no term of a handle.
public enum HandleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The process of this pid, whose term it was, has ended, or gave its heap away.
  case processEnded(Term)
  /// The system of its process is no more.
  case systemEnded
  /// It is a term of the process of this pid, which was not asked.
  case otherProcess(Term)
  /// It is a term of a process of another system.
  case otherSystem

  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .processEnded(let pid):
      "the process \(pid.identifierNumber) that a handle was of has ended"
    case .systemEnded: "the system that a handle was of is no more"
    case .otherProcess(let pid): "a handle is of another process, \(pid.identifierNumber)"
    case .otherSystem: "a handle is of another system"
    }
  }
}

import Terms

/// Which tables a process owns or has fixed: so that the end of a process looks at these alone, however many
/// there are. Under the registry's lock.
final class TableConcerns: @unchecked Sendable {
  // Unchecked: the registry's lock is held by whoever calls.
  private var numbers: [Term: Set<UInt64>] = [:]

  /// Looks again what a process has of a table, after that has changed.
  func settle(_ process: Term, _ table: Table) {
    let isConcerned =
      table.owner == process || table.claims.fixations.contains { $0.process == process }
    if isConcerned { add(table, to: process) } else { remove(table, from: process) }
  }

  /// A process owns a table, or has fixed it.
  func add(_ table: Table, to process: Term) { numbers[process, default: []].insert(table.number) }

  /// A process has nothing of a table any more.
  func remove(_ table: Table, from process: Term) {
    guard var left = numbers.removeValue(forKey: process) else { return }
    left.remove(table.number)
    if !left.isEmpty { numbers[process] = left }
  }

  /// The numbers of the tables that a process owns or has fixed.
  func numbers(of process: Term) -> Set<UInt64> { numbers[process] ?? [] }
}

import Terms

/// Which tables a process owns or has fixed: so that the end of a process looks at these alone, however many
/// there are. Under the registry's lock.
final class TableConcerns: @unchecked Sendable {
  // Unchecked: the registry's lock is held by whoever calls.
  /// Of each table since when, as a count.
  private var numbers: [Term: [UInt64: UInt64]] = [:]
  private var count: UInt64 = 0

  /// Looks again what a process has of a table, after that has changed.
  func settle(_ process: Term, _ table: Table) {
    let isConcerned =
      table.owner == process || table.claims.fixations.contains { $0.process == process }
    if !isConcerned { return remove(table, from: process) }
    if numbers[process]?[table.number] == nil { add(table, to: process) }
  }

  /// A process owns a table from now on, or has fixed it.
  func add(_ table: Table, to process: Term) {
    count += 1
    numbers[process, default: [:]][table.number] = count
  }

  /// A process has nothing of a table any more.
  func remove(_ table: Table, from process: Term) {
    guard var left = numbers.removeValue(forKey: process) else { return }
    left[table.number] = nil
    if !left.isEmpty { numbers[process] = left }
  }

  /// The numbers of the tables that a process owns or has fixed, in the order in which it got them.
  func numbers(of process: Term) -> [UInt64] {
    (numbers[process] ?? [:]).sorted { $0.value < $1.value }.map(\.key)
  }
}

// What a pattern says of its groups, looked for in all its parts.
extension RegexNode {
  /// The parts of a node.
  private var parts: [RegexNode] {
    switch self {
    case .sequence(let nodes), .alternation(let nodes): nodes
    case .capture(_, let node), .atomic(let node), .repeat(let node, _, _, _),
      .look(let node, _, _):
      [node]
    case .conditional(.look(let look), let then, let otherwise): [look, then, otherwise]
    case .conditional(_, let then, let otherwise): [then, otherwise]
    default: []
    }
  }

  /// Whether a back reference names a group.
  func refers(to number: Int) -> Bool {
    if case .backReference(let numbers, _) = self { return numbers.contains(number) }
    return parts.contains { $0.refers(to: number) }
  }

  /// Finds the groups that back references name.
  func collectReferences(into groups: inout Set<Int>) {
    if case .backReference(let numbers, _) = self { groups.formUnion(numbers) }
    for part in parts { part.collectReferences(into: &groups) }
  }

  /// Finds the first group of each number.
  func collectCaptures(into groups: inout [Int: RegexNode]) {
    if case .capture(let number, _) = self, groups[number] == nil { groups[number] = self }
    for part in parts { part.collectCaptures(into: &groups) }
  }

  /// Refuses a call that comes to itself again before any character was taken.
  func refuseEndlessCalls(_ groups: [Int: RegexNode]) throws(RegexError) {
    for (number, node) in groups {
      var seen: Set<Int> = []
      var pending = node.firstCalls
      while let (next, offset) = pending.popLast() {
        if next == number {
          throw RegexError(message: "recursive call could loop indefinitely", offset: offset)
        }
        if seen.insert(next).inserted { pending += groups[next]?.firstCalls ?? [] }
      }
    }
  }

  /// The calls that may be made before a character is taken.
  private var firstCalls: [(number: Int, offset: Int)] {
    switch self {
    case .call(let number, let offset): return [(number, offset)]
    case .sequence(let nodes):
      var calls: [(number: Int, offset: Int)] = []
      for node in nodes {
        calls += node.firstCalls
        if !node.mayBeEmpty { break }
        if case .call = node { break }
      }
      return calls
    default: return parts.flatMap(\.firstCalls)
    }
  }
}

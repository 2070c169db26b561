// What a pattern says of its groups, looked for in all its parts.
extension RegexNode {
  /// The parts of a node.
  private var parts: [RegexNode] {
    switch self {
    case .sequence(let nodes), .alternation(let nodes): nodes
    case .capture(_, let node), .atomic(let node), .behind(let node),
      .repeat(let node, _, _, _), .look(let node, _, _):
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
}

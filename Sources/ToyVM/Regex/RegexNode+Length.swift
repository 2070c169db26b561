/// How many characters a node takes.
enum RegexLength: Equatable {
  case fixed(Int)
  case varying
  /// The groups that are called have to be known.
  case unknown
}

extension RegexNode {
  /// How many characters it takes.
  ///
  /// - Parameters:
  ///   - groups: the groups, once all are known.
  ///   - enclosing: those that it stands in: it has no length if it calls one.
  func length(_ groups: [Int: RegexNode]? = nil, within enclosing: [Int] = []) -> RegexLength {
    var calls = enclosing
    return length(groups, &calls)
  }

  private func length(_ groups: [Int: RegexNode]?, _ calls: inout [Int]) -> RegexLength {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte: return .fixed(1)
    case .lineBreak, .backReference: return .varying
    case .empty, .fail, .look, .assertion, .wordBoundary, .keepOut, .behind: return .fixed(0)
    case .capture(let number, let node):
      calls.append(number)
      defer { calls.removeLast() }
      return node.length(groups, &calls)
    case .atomic(let node): return node.length(groups, &calls)
    case .sequence(let nodes):
      var sum = 0
      for node in nodes {
        let length = node.length(groups, &calls)
        guard case .fixed(let count) = length else { return length }
        sum += count
      }
      return .fixed(sum)
    case .alternation(let nodes): return Self.common(nodes, groups, &calls)
    // Where there is no other branch, its length is not asked for.
    case .conditional(_, let then, .empty): return then.length(groups, &calls)
    case .conditional(_, let then, let otherwise):
      return Self.common([then, otherwise], groups, &calls)
    case .repeat(let node, let least, let most, _):
      if most == 0 { return node.isLeftOut ? .fixed(0) : .varying }
      guard least == most else { return .varying }
      // As in PCRE, several breaks of a fixed number count as a character each.
      if case .lineBreak = node, least > 1 { return .fixed(least) }
      let length = node.length(groups, &calls)
      guard case .fixed(let count) = length else { return length }
      return .fixed(least * count)
    case .call(let number):
      guard let groups else { return .unknown }
      guard !calls.contains(number), let group = groups[number] else { return .varying }
      calls.append(number)
      defer { calls.removeLast() }
      return group.length(groups, &calls)
    }
  }

  /// Whether nothing is left of it where it is repeated no times at all.
  private var isLeftOut: Bool {
    switch self {
    case .lineBreak, .backReference: true
    default: isOneCharacter
    }
  }

  /// The length that all of some nodes have.
  private static func common(
    _ nodes: [RegexNode], _ groups: [Int: RegexNode]?, _ calls: inout [Int]
  ) -> RegexLength {
    let first = nodes[0].length(groups, &calls)
    guard case .fixed = first else { return first }
    for node in nodes.dropFirst() {
      let length = node.length(groups, &calls)
      guard case .fixed = length else { return length }
      if length != first { return .varying }
    }
    return first
  }
}

/// Finds out which bytes a match can begin with, to pass over the places where none can.
enum RegexFirstBytes {
  private struct Found {
    var bytes = [Bool](repeating: false, count: 256)
    /// Whether it may take nothing, so that what follows counts as well.
    var mayBeEmpty = true

    static var all: Found {
      Found(bytes: [Bool](repeating: true, count: 256), mayBeEmpty: false)
    }

    mutating func formUnion(_ other: Found) {
      for byte in 0..<256 where other.bytes[byte] { bytes[byte] = true }
    }
  }

  /// The bytes; nothing where a match may begin with any or be empty.
  static func of(_ node: RegexNode, _ options: RegexOptions) -> [Bool]? {
    let found = of(node, isUnicode: options.contains(.unicode))
    return found.mayBeEmpty || found.bytes.allSatisfy(\.self) ? nil : found.bytes
  }

  private static func of(_ node: RegexNode, isUnicode: Bool) -> Found {
    var found = Found()
    switch node {
    case .empty, .look, .assertion, .wordBoundary, .behind: return found
    case .literal(let character):
      found.mayBeEmpty = false
      found.bytes[Int(isUnicode ? RegexText.utf8(character)[0] : UInt8(character & 0xFF))] = true
    case .set(let set):
      found.mayBeEmpty = false
      for byte in 0..<(isUnicode ? 0x80 : 0x100) { found.bytes[byte] = set.containsLow(byte) }
      // What is longer than a byte can begin with any that such a character begins with.
      if isUnicode { for byte in 0xC2...0xF4 { found.bytes[byte] = true } }
    case .word(let isNegated):
      return of(
        .set(isNegated ? RegexClasses.word.inverted : RegexClasses.word), isUnicode: isUnicode)
    case .sequence(let nodes):
      for node in nodes where found.mayBeEmpty {
        let next = of(node, isUnicode: isUnicode)
        found.formUnion(next)
        found.mayBeEmpty = next.mayBeEmpty
      }
    case .alternation(let nodes):
      found.mayBeEmpty = false
      for node in nodes {
        let next = of(node, isUnicode: isUnicode)
        found.formUnion(next)
        if next.mayBeEmpty { found.mayBeEmpty = true }
      }
    case .capture(_, let node), .atomic(let node): return of(node, isUnicode: isUnicode)
    case .repeat(let node, let least, let most, _):
      if most == 0 { return found }
      found = of(node, isUnicode: isUnicode)
      if least == 0 { found.mayBeEmpty = true }
    default: return .all
    }
    return found
  }
}

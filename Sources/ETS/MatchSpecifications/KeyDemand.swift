import Terms

/// What the heads of a match specification demand of the key of an object.
public enum KeyDemand: Sendable {
  /// Any key may match.
  case anything
  /// No object matches, whatever its key.
  case never
  /// Only these keys match, no two of them equal; they live as long as the specification. Objects
  /// with them need not match.
  case keys([Term])
  /// Only keys in a range of the standard order match.
  case range(KeyRange)
}

/// A range of keys in standard order: from the least key that a head may match to the greatest.
///
/// Of a head `{{a, 7, '_', x}, '_'}` these are the keys `{a, 7, ...}` of four elements. What stands
/// behind the first variable, in the order in which terms are compared, is not looked at.
public struct KeyRange: Sendable {
  /// Where a key stands.
  public enum Place: Sendable {
    /// Before the range.
    case before
    /// In the range.
    case inside
    /// Behind the range.
    case after
  }

  /// Keeps the terms in the bounds alive.
  let specification: MatchSpecification
  /// Of each head, how to compare with its key as far as that is bound.
  let bounds: [[KeyBound]]

  /// Tells where a key stands.
  ///
  /// Of keys in standard order, those before come first, then those inside, then those behind; so
  /// both ends of the range are found by binary search.
  /// - Parameters:
  ///   - key: any term.
  ///   - order: the order of the keys.
  /// - Throws: ``ScratchExhausted`` where there is no working memory.
  /// - Complexity: O(heads), and what comparing takes.
  public func place(of key: Term, order: TermOrder) throws(ScratchExhausted) -> Place {
    var (isBefore, isAfter) = (true, true)
    for bound in bounds {
      switch try KeyBound.compare(bound, key, order: order) {
      case 1: isAfter = false
      case -1: isBefore = false
      default: return .inside
      }
    }
    return isBefore ? .before : isAfter ? .after : .inside
  }
}

/// A step of the way from a key to the first variable in it, in the order in which terms are
/// compared: what of a structure comes before.
struct KeyBound: Sendable {
  enum Step: Sendable {
    /// The whole term is bound, and is compared.
    case whole
    /// The way leads into the element with the index, from 0.
    case element(Int)
    /// The way leads into the head of the cell with the index, from 0.
    case head(Int)
    /// The way leads into the tail behind so many cells.
    case tail(Int)
  }

  /// The structure in the head.
  let pattern: Term
  let step: Step

  /// Compares the key of a head with another one.
  /// - Returns: -1, 1, or 0 where the key of the head may stand for it or goes on in both directions.
  static func compare(
    _ bound: [KeyBound], _ key: Term, order: TermOrder
  ) throws(ScratchExhausted) -> Int {
    var key = key
    for part in bound {
      switch part.step {
      case .whole: return try order.compare(part.pattern, key)
      case .element(let index):
        // Of another kind or arity: that decides.
        guard key.isTuple, key.header == part.pattern.header else {
          return try order.compare(part.pattern, key)
        }
        let (left, right) = (part.pattern.tupleElements, key.tupleElements)
        for place in 0..<index {
          let result = try order.compare(left[place], right[place])
          if result != 0 { return result }
        }
        key = right[index]
      case .head(let count), .tail(let count):
        var pattern = part.pattern
        for _ in 0..<count {
          guard key.isCons else { return try order.compare(pattern, key) }
          let result = try order.compare(pattern.cons[0], key.cons[0])
          if result != 0 { return result }
          (pattern, key) = (pattern.cons[1], key.cons[1])
        }
        if case .head = part.step {
          guard key.isCons else { return try order.compare(pattern, key) }
          key = key.cons[0]
        }
      }
    }
    return 0
  }
}

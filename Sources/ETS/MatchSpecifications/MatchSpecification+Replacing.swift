import Heaps
import Terms

extension MatchSpecification {
  /// Whether every clause makes an object of the same key as the one that it matched, as
  /// `ets:select_replace/2` asks before it begins.
  ///
  /// It is told by the form of the body alone: `'$_'`; a tuple in a tuple whose key is written as in
  /// the head, or is `{element, Position, '$_'}`; or a constant tuple with the key of the head.
  /// - Parameter position: of the key in each object, from 1.
  /// - Throws: ``ScratchExhausted`` where there is no working memory.
  /// - Complexity: O(words of the keys in heads and bodies).
  public func keepsKey(at position: Int) throws(ScratchExhausted) -> Bool {
    precondition(position > 0, "a key at position \(position)")
    var rest = clauses
    while rest.isCons {
      let clause = rest.cons[0].tupleElements
      if try !keepsKey(at: position, head: clause[0], body: clause[2]) { return false }
      rest = rest.cons[1]
    }
    return true
  }

  private func keepsKey(
    at position: Int, head: Term, body: Term
  ) throws(ScratchExhausted) -> Bool {
    guard body.cons[1].isNil else { return false }
    let result = body.cons[0]
    if isAtom(result, .object) { return true }
    guard result.isTuple, let key = Self.key(of: head, at: position) else { return false }
    let parts = result.tupleElements
    if parts.count == 1, let made = Self.key(of: parts[0], at: position) {
      return try writes(key, made, asConstant: false) || isOwnKey(made, position)
    }
    if isConstant(result), let made = Self.key(of: parts[1], at: position) {
      return try writes(key, made, asConstant: true)
    }
    return false
  }

  private static func key(of object: Term, at position: Int) -> Term? {
    guard object.isTuple, object.tupleElements.count >= position else { return nil }
    return object.tupleElements[position - 1]
  }

  private func isAtom(_ term: Term, _ meaning: MatchAtom) -> Bool {
    term.isAtom && MatchAtom(term, atoms: atoms) == meaning
  }

  /// Whether an expression is `{const, Term}`.
  private func isConstant(_ expression: Term) -> Bool {
    expression.isTuple(arity: 2) && expression.tupleElements[0].isAtom
      && atoms.name(of: expression.tupleElements[0]) == "const"
  }

  /// Whether an expression is `{element, Position, '$_'}`.
  private func isOwnKey(_ expression: Term, _ position: Int) -> Bool {
    guard expression.isTuple(arity: 3) else { return false }
    let parts = expression.tupleElements
    return parts[0].isAtom && atoms.name(of: parts[0]) == "element"
      && parts[1] == .small(position) && isAtom(parts[2], .object)
  }

  /// Whether an expression makes the term that a pattern matched, variable by variable.
  private func writes(
    _ pattern: Term, _ expression: Term, asConstant: Bool
  ) throws(ScratchExhausted) -> Bool {
    var pending = ScratchStack(provider: environment.scratch)
    var (pattern, expression, isConstant) = (pattern, expression, asConstant)
    while true {
      if expression.isCons {
        guard pattern.isCons else { return false }
        for place in 0..<2 {
          try pending.push(pattern.cons[place].bits)
          try pending.push(expression.cons[place].bits)
          try pending.push(isConstant ? 1 : 0)
        }
      } else if expression.isTuple && expression != .emptyTuple {
        if !isConstant {
          if expression.isTuple(arity: 1) && expression.tupleElements[0].isTuple {
            expression = expression.tupleElements[0]
          } else if self.isConstant(expression) {
            (expression, isConstant) = (expression.tupleElements[1], true)
            continue
          } else {
            return false
          }
        }
        let arity = expression.tupleElements.count
        guard pattern.isTuple(arity: arity) else { return false }
        for place in 0..<arity {
          try pending.push(pattern.tupleElements[place].bits)
          try pending.push(expression.tupleElements[place].bits)
          try pending.push(isConstant ? 1 : 0)
        }
      } else if try !writesLeaf(pattern, expression, isConstant: isConstant) {
        return false
      }
      guard let kind = pending.pop(), let made = pending.pop(), let matched = pending.pop() else {
        return true
      }
      (pattern, expression, isConstant) = (Term(bits: matched), Term(bits: made), kind == 1)
    }
  }

  private func writesLeaf(
    _ pattern: Term, _ expression: Term, isConstant: Bool
  ) throws(ScratchExhausted) -> Bool {
    if expression.isAtom {
      guard pattern == expression else { return false }
      switch MatchAtom(expression, atoms: atoms) {
      case .constant: return true
      case .variable: return !isConstant
      // As expressions these are not themselves, and in a head they match anything.
      case .anything, .object, .bindings: return false
      }
    }
    // Of a map in a head it is not known what it matched.
    if expression.isMap { return false }
    return try TermEquality.isExactlyEqual(pattern, expression, scratch: environment.scratch)
  }
}

import Heaps
import Terms

extension MatchSpecification {
  /// What the heads demand of an object's key, so that objects are found without a walk.
  ///
  /// - Parameters:
  ///   - position: of the key in each object, from 1.
  ///   - isOrdered: whether keys are the same where they are equal, `==`, as in ordered sets; else
  ///     where they are exactly equal. Of keys that are the same only one is told.
  /// - Returns: the demand; of several keys, in standard order. A range is of use in ordered sets
  ///   alone.
  /// - Throws: ``ScratchExhausted`` where there is no working memory.
  /// - Complexity: O(words of the keys in the heads), and their sorting.
  public func keyDemand(
    at position: Int, isOrdered: Bool = false
  ) throws(ScratchExhausted) -> KeyDemand {
    precondition(position > 0, "a key at position \(position)")
    var bounds: [[KeyBound]] = []
    var areBound = true
    var rest = clauses
    while rest.isCons {
      let head = rest.cons[0].tupleElements[0]
      rest = rest.cons[1]
      if head.matchesAnything(atoms) { return .anything }
      guard head.isTuple, head.tupleElements.count >= position else { continue }
      let path = try KeySearch(
        of: head.tupleElements[position - 1], atoms: atoms, scratch: environment.scratch)
      if path.bounds.isEmpty { return .anything }
      areBound = areBound && path.isBound
      bounds.append(path.bounds)
    }
    if bounds.isEmpty { return .never }
    if !areBound { return .range(KeyRange(specification: self, bounds: bounds)) }
    return .keys(try distinct(bounds.map { $0[0].pattern }, isOrdered: isOrdered))
  }

  private func distinct(_ keys: [Term], isOrdered: Bool) throws(ScratchExhausted) -> [Term] {
    if keys.count == 1 { return keys }
    var refused: ScratchExhausted?
    let sorted = keys.sorted { left, right in
      do throws(ScratchExhausted) {
        return try compare(left, right, isOrdered: isOrdered) < 0
      } catch {
        refused = error
        return false
      }
    }
    if let refused { throw refused }
    var distinct: [Term] = []
    for key in sorted {
      if let last = distinct.last, try compare(last, key, isOrdered: isOrdered) == 0 { continue }
      distinct.append(key)
    }
    return distinct
  }

  private func compare(
    _ left: Term, _ right: Term, isOrdered: Bool
  ) throws(ScratchExhausted) -> Int {
    isOrdered ? try order.compare(left, right) : try order.compareKeys(left, right)
  }
}

/// The search for the first variable in a key, in the order in which terms are compared.
struct KeySearch {
  /// The way to it; of a key without one, the whole key. Empty where the key is a variable itself.
  /// Where it is in a map, or behind one, the way to the map: that matches maps of more keys, which
  /// may stand anywhere among the maps. A key without variables is bound as OTP 25 has it, which
  /// looks up that key alone, be it a map.
  private(set) var bounds: [KeyBound] = []
  /// Whether there is no variable.
  private(set) var isBound = false

  /// A structure on the way and what of it was looked at last.
  private struct Part {
    let structure: Term
    /// What was looked at last.
    var step: KeyBound.Step
    /// The rest of a list.
    var rest: Term
    /// The elements or cells that were looked at.
    var count = 0
    var isDone = false
  }

  init(
    of key: Term, atoms: AtomTable, scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    var parts: [Part] = []
    var wayToMap: [KeyBound]?
    // Of maps, to be looked at when the rest was.
    var values: [Term] = []
    var next: Term? = key
    while let term = next {
      let isMap = term.isMap
      if isMap || term.matchesAnything(atoms) {
        let way = wayToMap ?? parts.map { KeyBound(pattern: $0.structure, step: $0.step) }
        if !isMap {
          bounds = way
          return
        }
        wayToMap = way
        var pairs = try MapPairs(of: term, scratch: scratch)
        while let pair = try pairs.next() { values.append(pair.value) }
      }
      if term.isCons || term.isTuple {
        parts.append(Part(structure: term, step: .whole, rest: term))
      }
      next = nil
      while next == nil, !parts.isEmpty {
        next = Self.advance(&parts[parts.count - 1])
        if next == nil { parts.removeLast() }
      }
      if next == nil { next = values.popLast() }
    }
    bounds = [KeyBound(pattern: key, step: .whole)]
    isBound = true
  }

  /// The next term in a structure, or nothing at its end.
  private static func advance(_ part: inout Part) -> Term? {
    defer { part.count += 1 }
    if part.structure.isTuple {
      let elements = part.structure.tupleElements
      if part.count == elements.count { return nil }
      part.step = .element(part.count)
      return elements[part.count]
    }
    if part.isDone { return nil }
    if part.rest.isCons {
      part.step = .head(part.count)
      defer { part.rest = part.rest.cons[1] }
      return part.rest.cons[0]
    }
    part.isDone = true
    part.step = .tail(part.count)
    return part.rest
  }
}

import Tenure

extension Interpreter {
  /// The value of a key in a map, or nothing.
  func value(of key: Term, in map: Term) -> Term? {
    let size = FlatMap.size(at: map.boxed)
    let keys = FlatMap.keys(at: map.boxed)
    if size == 0 { return nil }
    let elements = keys.tupleElements
    for index in 0..<size where elements[index] == key {
      return Term(bits: FlatMap.values(at: map.boxed)[index])
    }
    if key.isImmediate { return nil }
    for index in 0..<size {
      let isEqual = try? TermEquality.isExactlyEqual(elements[index], key, scratch: scratch)
      if isEqual == true { return Term(bits: FlatMap.values(at: map.boxed)[index]) }
    }
    return nil
  }

  /// Fetches values of a map into registers; returns the slots to go on by.
  func getMapElements<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Int {
    let map = f.value(w.fieldA)
    if Checks.isOn && !map.isMap {
      f.fail("the elements of no map")
      return 0
    }
    for pair in 0..<w.count {
      guard let found = value(of: f.source(f.code[2 + 2 * pair]), in: map) else {
        return f.code[1].jump
      }
      f.store(found, f.code[3 + 2 * pair])
    }
    return 2 + 2 * w.count
  }

  /// Whether a map has all keys; returns the slots to go on by.
  func hasMapFields<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Int {
    let map = f.value(w.fieldA)
    if Checks.isOn && !map.isMap {
      f.fail("the fields of no map")
      return 0
    }
    for index in 0..<w.count where value(of: f.source(f.code[2 + index]), in: map) == nil {
      return f.code[1].jump
    }
    return 2 + w.count
  }

  /// The guards' natives of maps.
  func mapNative(_ native: GuardNative, _ a: Term, _ b: Term, isGuard: Bool) -> Term {
    let map = native == .mapSize ? a : b
    guard map.isMap else {
      if isGuard { return badArgument() }
      raiseError(.badMap, map)
      return .none
    }
    switch native {
    case .mapSize: return .small(FlatMap.size(at: map.boxed))
    case .isMapKey: return .boolean(value(of: a, in: map) != nil)
    default:
      if let value = value(of: a, in: map) { return value }
      if isGuard { return badArgument() }
      raiseError(.badKey, a)
      return .none
    }
  }
}

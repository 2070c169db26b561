import Tenure

extension Interpreter {
  /// Fetches values of a map into registers.
  ///
  /// - Returns: the slots to go on by, or nothing after an exception was made pending.
  func getMapElements<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Int? {
    let map = f.value(w.fieldA)
    if Checks.isOn && !map.isMap {
      f.fail("the elements of no map")
      return 0
    }
    for pair in 0..<w.count {
      guard let found = lookUp(f.source(f.code[2 + 2 * pair]), in: map) else {
        return f.code[1].jump
      }
      if found.isNone {
        f.save()
        return nil
      }
      f.store(found, f.code[3 + 2 * pair])
    }
    return 2 + 2 * w.count
  }

  /// Whether a map has all keys.
  ///
  /// - Returns: the slots to go on by, or nothing after an exception was made pending.
  func hasMapFields<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Int? {
    let map = f.value(w.fieldA)
    if Checks.isOn && !map.isMap {
      f.fail("the fields of no map")
      return 0
    }
    for index in 0..<w.count {
      guard let found = lookUp(f.source(f.code[2 + index]), in: map) else {
        return f.code[1].jump
      }
      if found.isNone {
        f.save()
        return nil
      }
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
    case .mapSize: return .small(map.mapSize)
    case .isMapKey:
      guard let value = lookUp(a, in: map) else { return .false }
      return value.isNone ? .none : .true
    default:
      if let value = lookUp(a, in: map) { return value }
      if isGuard { return badArgument() }
      raiseError(.badKey, a)
      return .none
    }
  }
}

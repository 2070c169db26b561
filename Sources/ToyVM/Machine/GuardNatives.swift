import Tenure

/// Natives that guards may call, and what else the compiler calls by `bif` and `gc_bif`.
enum GuardNative: UInt8, CaseIterable {
  case negate, plus, complement, absolute, float, round, truncate, floor, ceiling
  case length, head, tail, element, tupleSize, mapSize, mapGet, isMapKey
  case size, byteSize, bitSize
  case exactlyEqual, notExactlyEqual, equal, notEqual, less, notGreater, greater, notLess
  case and, or, xor, not
  case isAtom, isInteger, isFloat, isNumber, isList, isTuple, isMap, isBinary, isFunction
  case isFunctionOfArity, isPid, isPort, isReference, isBoolean, isBitstring
  case selfPid, minimum, maximum
  case get, node, nodeOf

  /// The Erlang name and arity.
  var name: (String, Int) {
    switch self {
    case .negate: ("-", 1)
    case .plus: ("+", 1)
    case .complement: ("bnot", 1)
    case .absolute: ("abs", 1)
    case .float: ("float", 1)
    case .round: ("round", 1)
    case .truncate: ("trunc", 1)
    case .floor: ("floor", 1)
    case .ceiling: ("ceil", 1)
    case .length: ("length", 1)
    case .head: ("hd", 1)
    case .tail: ("tl", 1)
    case .element: ("element", 2)
    case .tupleSize: ("tuple_size", 1)
    case .mapSize: ("map_size", 1)
    case .mapGet: ("map_get", 2)
    case .isMapKey: ("is_map_key", 2)
    case .size: ("size", 1)
    case .byteSize: ("byte_size", 1)
    case .bitSize: ("bit_size", 1)
    case .exactlyEqual: ("=:=", 2)
    case .notExactlyEqual: ("=/=", 2)
    case .equal: ("==", 2)
    case .notEqual: ("/=", 2)
    case .less: ("<", 2)
    case .notGreater: ("=<", 2)
    case .greater: (">", 2)
    case .notLess: (">=", 2)
    case .and: ("and", 2)
    case .or: ("or", 2)
    case .xor: ("xor", 2)
    case .not: ("not", 1)
    case .isAtom: ("is_atom", 1)
    case .isInteger: ("is_integer", 1)
    case .isFloat: ("is_float", 1)
    case .isNumber: ("is_number", 1)
    case .isList: ("is_list", 1)
    case .isTuple: ("is_tuple", 1)
    case .isMap: ("is_map", 1)
    case .isBinary: ("is_binary", 1)
    case .isFunction: ("is_function", 1)
    case .isFunctionOfArity: ("is_function", 2)
    case .isPid: ("is_pid", 1)
    case .isPort: ("is_port", 1)
    case .isReference: ("is_reference", 1)
    case .isBoolean: ("is_boolean", 1)
    case .isBitstring: ("is_bitstring", 1)
    case .selfPid: ("self", 0)
    case .minimum: ("min", 2)
    case .maximum: ("max", 2)
    case .get: ("get", 1)
    case .node: ("node", 0)
    case .nodeOf: ("node", 1)
    }
  }
}

extension Interpreter {
  /// Runs a guard's native.
  ///
  /// - Parameters:
  ///   - live: the X registers that hold terms, where it may build.
  ///   - isGuard: whether a failure goes on elsewhere, so that no reason may be built.
  /// - Returns: the result, or no value after an exception was made pending.
  @inline(never)
  func guardNative(
    _ native: GuardNative, _ a: Term, _ b: Term, live: Int, isGuard: Bool = false
  ) -> Term {
    switch native {
    case .negate, .plus, .complement, .absolute, .float, .round, .truncate, .floor, .ceiling:
      return numberNative(native, a, live: live)
    case .exactlyEqual, .notExactlyEqual, .equal, .notEqual, .less, .notGreater, .greater,
      .notLess, .minimum, .maximum:
      return comparisonNative(native, a, b)
    case .and, .or, .xor, .not: return booleanNative(native, a, b)
    case .selfPid: return pid
    case .node: return code.natives.nodeName
    case .nodeOf:
      if a.isLocalPid || a.isLocalPort || a.isBoxed(.reference) { return code.natives.nodeName }
      guard a.isPid || a.isPort || a.isReference else { return badArgument() }
      return ExternalIdentifier.node(at: a.boxed).name
    case .get: return dictionaryValue(a)
    case .mapGet, .isMapKey, .mapSize: return mapNative(native, a, b, isGuard: isGuard)
    case .length, .head, .tail, .element, .tupleSize, .size, .byteSize, .bitSize:
      return partNative(native, a, b)
    default: return .boolean(isKind(native, a, b))
    }
  }

  private func isKind(_ native: GuardNative, _ a: Term, _ b: Term) -> Bool {
    switch native {
    case .isAtom: a.isAtom
    case .isInteger: a.isInteger
    case .isFloat: a.isFloat
    case .isNumber: a.isNumber
    case .isList: a.isList
    case .isTuple: a.isTuple
    case .isMap: a.isMap
    case .isBinary: a.isBinary
    case .isBitstring: a.isBitString
    case .isFunction: a.isFun
    case .isFunctionOfArity:
      a.isFun && b.isSmall && Fun.arity(at: a.boxed) == b.smallValue
    case .isPid: a.isPid
    case .isPort: a.isPort
    case .isReference: a.isReference
    case .isBoolean: a == .true || a == .false
    default: preconditionFailure("\(native) is no test of a kind")
    }
  }

  private func partNative(_ native: GuardNative, _ a: Term, _ b: Term) -> Term {
    switch native {
    case .length:
      if let length = listLength(a) { return .small(length) }
    case .head where a.isCons: return a.cons[0]
    case .tail where a.isCons: return a.cons[1]
    case .element where a.isSmall && b.isTuple:
      let elements = b.tupleElements
      let index = a.smallValue
      if index >= 1 && index <= elements.count { return elements[index - 1] }
    case .tupleSize where a.isTuple, .size where a.isTuple: return .small(a.tupleElements.count)
    // Whole bytes only, where `byte_size` counts a byte that is begun.
    case .size where a.isBitString: return .small(a.bitRange.bitCount >> 3)
    case .byteSize where a.isBitString: return .small(a.bitRange.byteCount)
    case .bitSize where a.isBitString: return .small(a.bitRange.bitCount)
    default: break
    }
    return badArgument()
  }

  /// The elements of a proper list, or nothing for what is none.
  func listLength(_ list: Term) -> Int? {
    var rest = list
    var count = 0
    while rest.isCons {
      rest = rest.cons[1]
      count += 1
    }
    return rest.isNil ? count : nil
  }

  func badArgument() -> Term {
    raise(.error, .badArgument)
    return .none
  }

  private func booleanNative(_ native: GuardNative, _ a: Term, _ b: Term) -> Term {
    func isBoolean(_ term: Term) -> Bool { term == .true || term == .false }
    guard isBoolean(a) else { return badArgument() }
    if native == .not { return .boolean(a == .false) }
    guard isBoolean(b) else { return badArgument() }
    switch native {
    case .and: return .boolean(a == .true && b == .true)
    case .or: return .boolean(a == .true || b == .true)
    default: return .boolean(a != b)
    }
  }

  private func comparisonNative(_ native: GuardNative, _ a: Term, _ b: Term) -> Term {
    switch native {
    case .exactlyEqual, .notExactlyEqual, .equal, .notEqual:
      let isExact = native == .exactlyEqual || native == .notExactlyEqual
      guard let equal = isEqual(a, b, exactly: isExact) else { return .none }
      return .boolean(equal == (native == .exactlyEqual || native == .equal))
    default: break
    }
    guard let order = compare(a, b) else { return .none }
    switch native {
    case .less: return .boolean(order < 0)
    case .notGreater: return .boolean(order <= 0)
    case .greater: return .boolean(order > 0)
    case .notLess: return .boolean(order >= 0)
    case .minimum: return order <= 0 ? a : b
    default: return order >= 0 ? a : b
    }
  }

  private func numberNative(_ native: GuardNative, _ a: Term, live: Int) -> Term {
    switch native {
    case .plus: return a.isNumber ? a : badArithmetic()
    case .negate:
      if a.isFloat { return makeFloat(-a.floatValue, live: live) }
      return a.isInteger ? arithmetic(.subtract, .small(0), a, live: live) : badArithmetic()
    case .absolute:
      if a.isFloat { return makeFloat(a.floatValue.magnitude, live: live) }
      guard a.isInteger else { return badArgument() }
      let isNegative = IntegerArithmetic.compare(a, .small(0)) < 0
      return isNegative ? arithmetic(.subtract, .small(0), a, live: live) : a
    case .complement:
      guard a.isInteger else { return badArithmetic() }
      return arithmetic(.subtract, .small(-1), a, live: live)
    case .float:
      if a.isFloat { return a }
      guard let value = double(a) else { return badArgument() }
      return makeFloat(value, live: live)
    default: return rounded(a, native, live: live)
    }
  }

  private func rounded(_ a: Term, _ native: GuardNative, live: Int) -> Term {
    if a.isInteger { return a }
    guard a.isFloat else { return badArgument() }
    let rounding: FloatRounding =
      switch native {
      case .round: .nearest
      case .floor: .floor
      case .ceiling: .ceiling
      default: .truncate
      }
    let float = a.floatValue
    let words = IntegerArithmetic.wordsFromDouble(float, rounding: rounding)
    guard ensure(words, live: live) else { return .none }
    return build { IntegerArithmetic.fromDouble(float, rounding: rounding, into: &$0) }
  }
}

extension Term {
  /// The atom of a truth value.
  @inline(__always)
  static func boolean(_ value: Bool) -> Term { value ? .true : .false }
}

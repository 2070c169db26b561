import Terms

/// What guards and bodies may call in tables: in OTP 25, and `ceil` and `floor` of OTP 27.
enum MatchFunction: UInt8 {
  // Tests of kinds, each of one argument.
  case isAtom, isFloat, isInteger, isList, isNumber, isPid, isPort, isReference, isTuple, isMap
  case isBinary, isFunction
  // Comparisons.
  case less, notGreater, greater, notLess, equal, notEqual, exactlyEqual, exactlyNotEqual
  // Truth.
  case and, or, xor, not
  // Arithmetic.
  case add, subtract, multiply, floatDivide, divide, remainder
  case bitAnd, bitOr, bitXor, shiftLeft, shiftRight
  case plus, negate, complement, absolute, float, round, truncate, ceiling, floor
  // Parts of terms.
  case element, head, tail, length, size, byteSize, bitSize, binaryPart, binaryPartOfTwo
  case mapSize, mapGet, isMapKey, isRecord, node

  /// The names with their arities: of the function, and of the arguments that it is called with.
  private static let names: [Key: MatchFunction] = {
    let names: [(String, Int, MatchFunction)] = [
      ("is_atom", 1, .isAtom), ("is_float", 1, .isFloat), ("is_integer", 1, .isInteger),
      ("is_list", 1, .isList), ("is_number", 1, .isNumber), ("is_pid", 1, .isPid),
      ("is_port", 1, .isPort), ("is_reference", 1, .isReference), ("is_tuple", 1, .isTuple),
      ("is_map", 1, .isMap), ("is_binary", 1, .isBinary), ("is_function", 1, .isFunction),
      ("<", 2, .less), ("=<", 2, .notGreater), (">", 2, .greater), (">=", 2, .notLess),
      ("==", 2, .equal), ("/=", 2, .notEqual), ("=:=", 2, .exactlyEqual),
      ("=/=", 2, .exactlyNotEqual),
      ("xor", 2, .xor), ("not", 1, .not),
      ("+", 2, .add), ("-", 2, .subtract), ("*", 2, .multiply), ("/", 2, .floatDivide),
      ("div", 2, .divide), ("rem", 2, .remainder), ("band", 2, .bitAnd), ("bor", 2, .bitOr),
      ("bxor", 2, .bitXor), ("bsl", 2, .shiftLeft), ("bsr", 2, .shiftRight),
      ("+", 1, .plus), ("-", 1, .negate), ("bnot", 1, .complement), ("abs", 1, .absolute),
      ("float", 1, .float), ("round", 1, .round), ("trunc", 1, .truncate),
      ("ceil", 1, .ceiling), ("floor", 1, .floor),
      ("element", 2, .element), ("hd", 1, .head), ("tl", 1, .tail), ("length", 1, .length),
      ("size", 1, .size), ("byte_size", 1, .byteSize), ("bit_size", 1, .bitSize),
      ("binary_part", 3, .binaryPart), ("binary_part", 2, .binaryPartOfTwo),
      ("map_size", 1, .mapSize), ("map_get", 2, .mapGet), ("is_map_key", 2, .isMapKey),
      ("is_record", 3, .isRecord), ("node", 1, .node),
    ]
    return Dictionary(uniqueKeysWithValues: names.map { (Key(name: $0.0, arity: $0.1), $0.2) })
  }()

  private struct Key: Hashable {
    let name: String
    let arity: Int
  }

  /// The function of a name and arity, if there is one.
  init?(name: String, arity: Int) {
    guard let function = Self.names[Key(name: name, arity: arity)] else { return nil }
    self = function
  }

  /// Whether it tests the kind of its argument and never fails.
  var isKindTest: Bool { rawValue <= MatchFunction.isFunction.rawValue }

  /// The instruction that fails unless the comparison holds, and whether it takes the operands the
  /// other way round.
  var requirement: (opcode: MatchOpcode, isSwapped: Bool)? {
    switch self {
    case .less: (.requireLess, false)
    case .greater: (.requireLess, true)
    case .notGreater: (.requireNotGreater, false)
    case .notLess: (.requireNotGreater, true)
    case .equal: (.requireEqual, false)
    case .notEqual: (.requireNotEqual, false)
    case .exactlyEqual: (.requireExactlyEqual, false)
    case .exactlyNotEqual: (.requireExactlyNotEqual, false)
    default: nil
    }
  }
}

/// The forms that are no functions, since they look at their arguments in ways of their own.
enum MatchForm {
  case const, selfPid, localNode, and, or, andAlso, orElse

  init?(name: String, arity: Int) {
    switch name {
    case "const": self = .const
    case "self": self = .selfPid
    case "node" where arity == 0: self = .localNode
    case "and": self = .and
    case "or": self = .or
    case "andalso", "andthen": self = .andAlso
    case "orelse": self = .orElse
    default: return nil
    }
  }
}

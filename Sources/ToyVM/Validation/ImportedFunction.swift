import Tenure

/// What a function of another module is to the instructions that name it.
struct ImportedFunction {
  /// What an instruction of guards and arithmetic does.
  enum Operation {
    case arithmetic(Opcode, BinaryArithmetic)
    case native(GuardNative)
  }

  let name: FunctionName
  /// Nothing where no such instruction may name it.
  let operation: Operation?
  /// Whether it is a native that never returns.
  let neverReturns: Bool
  /// Whether it is `setelement/3`, whose result is a new tuple as large as the one it is given.
  let setsElement: Bool

  init(_ entry: UnsafeMutablePointer<ExportEntry>, in atoms: AtomTable) {
    name = entry.pointee.name
    guard name.module == .erlang else {
      operation = nil
      neverReturns = false
      setsElement = false
      return
    }
    if let (opcode, operation) = BinaryArithmetic.named(name, in: atoms) {
      self.operation = .arithmetic(opcode, operation)
    } else {
      operation = GuardNative.named(name, in: atoms).map { .native($0) }
    }
    let isNative = entry.pointee.native >= 0
    let text = atoms.name(of: name.function)
    neverReturns =
      isNative
      && (text == "error" && name.arity <= 3
        || (text == "exit" || text == "throw") && name.arity == 1)
    setsElement = isNative && text == "setelement" && name.arity == 3
  }
}

extension ImportedFunction.Operation {
  /// Whether it may raise an exception for what it is given.
  var mayFail: Bool {
    guard case .native(let native) = self else { return true }
    switch native {
    case .exactlyEqual, .notExactlyEqual, .equal, .notEqual, .less, .notGreater, .greater,
      .notLess, .minimum, .maximum, .isAtom, .isInteger, .isFloat, .isNumber, .isList, .isTuple,
      .isMap, .isBinary, .isFunction, .isPid, .isPort, .isReference, .isBoolean, .isBitstring,
      .selfPid, .node, .get:
      return false
    default: return true
    }
  }

  /// Whether it may make room for its result, and so needs to know what is live.
  var mayBuild: Bool {
    switch self {
    case .arithmetic: true
    case .native(let native):
      switch native {
      case .negate, .plus, .complement, .absolute, .float, .round, .truncate, .floor, .ceiling: true
      default: false
      }
    }
  }
}

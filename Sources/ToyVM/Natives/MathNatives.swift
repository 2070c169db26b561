import Glibc
import Tenure

/// Natives of module `math`.
var mathNatives: [Native] {
  let ofOne: [(String, @Sendable (Double) -> Double)] = [
    ("acos", acos), ("acosh", acosh), ("asin", asin), ("asinh", asinh), ("atan", atan),
    ("atanh", atanh), ("ceil", ceil), ("cos", cos), ("cosh", cosh), ("erf", erf),
    ("erfc", erfc), ("exp", exp), ("floor", floor), ("log", log), ("log10", log10),
    ("log2", log2), ("sin", sin), ("sinh", sinh), ("sqrt", sqrt), ("tan", tan), ("tanh", tanh),
  ]
  let ofTwo: [(String, @Sendable (Double, Double) -> Double)] = [
    ("atan2", atan2), ("fmod", fmod), ("pow", pow),
  ]
  return ofOne.map { name, function in
    Native("math", name, 1) { interpreter, x in
      guard let value = interpreter.operand(x[0]) else { return .none }
      return interpreter.makeFloat(function(value), live: 0)
    }
  }
    + ofTwo.map { name, function in
      Native("math", name, 2) { interpreter, x in
        guard let first = interpreter.operand(x[0]), let second = interpreter.operand(x[1]) else {
          return .none
        }
        return interpreter.makeFloat(function(first, second), live: 0)
      }
    }
    + [
      Native("math", "pi", 0) { interpreter, _ in interpreter.makeFloat(Double.pi, live: 0) }
    ]
}

extension Interpreter {
  /// The value of an operand as a double, or nothing after an exception was made pending:
  /// `badarg` for what is no number, `badarith` for an integer beyond the doubles.
  fileprivate func operand(_ term: Term) -> Double? {
    if let value = double(term), value.isFinite { return value }
    raise(.error, term.isNumber ? .badArithmetic : .badArgument)
    return nil
  }
}

import Tenure

/// The operators of two operands as functions of module `erlang`. The comparisons and the
/// operators of one operand are among the guards' natives.
var operatorNatives: [Native] {
  let operators: [(String, BinaryArithmetic)] = [
    ("+", .add), ("-", .subtract), ("*", .multiply), ("/", .floatDivide), ("div", .divide),
    ("rem", .remainder), ("band", .and), ("bor", .or), ("bxor", .xor), ("bsl", .shiftLeft),
    ("bsr", .shiftRight),
  ]
  return operators.map { name, operation in
    Native("erlang", name, 2) { interpreter, x in
      interpreter.arithmetic(operation, x[0], x[1], live: 2)
    }
  }
}

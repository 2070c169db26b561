import Tenure
enum ArithmeticError: Error { case badArgument, systemLimit, scratch(ScratchExhausted) }
enum IntegerOperation { case add, subtract, multiply, divide, remainder, and, or, xor, shiftLeft, shiftRight }
enum IntegerArithmetic {
  static func words(_ op: IntegerOperation, _ a: Term, _ b: Term) throws(ArithmeticError) -> Int { throw .badArgument }
  static func compute(_ op: IntegerOperation, _ a: Term, _ b: Term, into cursor: inout WordCursor, scratch: any ScratchProvider) throws(ArithmeticError) -> Term { throw .badArgument }
  static func toDouble(_ a: Term) -> Double? { nil }
  static func compare(_ a: Term, _ b: Term) -> Int { 0 }
  static func wordsFromDouble(_ a: Double) -> Int { 0 }
  static func fromDouble(_ a: Double, into: inout WordCursor) -> Term { .small(Int(a)) }
  static func makeInteger(magnitude: UnsafePointer<UInt>, count: Int, isNegative: Bool, into cursor: inout WordCursor) throws(ArithmeticError) -> Term { .small(0) }
}
let erlangTermNatives: [Native] = [], erlangListNatives: [Native] = [], erlangNumberNatives: [Native] = [], erlangTextNatives: [Native] = [], erlangProcessNatives: [Native] = [], operatorNatives: [Native] = [], listsNatives: [Native] = [], mathNatives: [Native] = [], mapsNatives: [Native] = []
extension Interpreter {

  func putMap<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Term { .nil }
}

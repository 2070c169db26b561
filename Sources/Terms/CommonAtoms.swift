/// The atoms that every system has at the same indexes, so that they are constants of the code.
///
/// The list is the one source of the indexes; the constants of `Term` below repeat them.
public enum CommonAtoms {
  /// The names in the order of their indexes, from 0.
  public static let names: [String] = [
    "false", "true", "undefined", "ok", "error", "exit", "throw",
    "badarg", "badarith", "badmatch", "case_clause", "if_clause", "function_clause", "try_clause",
    "undef", "badfun", "badarity", "badmap", "badkey", "badrecord", "system_limit", "nocatch",
    "noproc", "not_implemented", "out_of_memory", "timeout_value",
    "normal", "kill", "killed", "EXIT", "infinity",
    "module", "function", "arity", "file", "line", "argument", "error_info", "cause",
    "erlang", "lists", "maps", "math", "main", "start", "value", "none",
    "+", "-", "*", "/", "div", "rem", "band", "bor", "bxor", "bnot", "bsl", "bsr", "and", "or",
    "xor", "not", "==", "/=", "=:=", "=/=", "<", ">", "=<", ">=", "++", "--",
    "DOWN", "process", "ETS-TRANSFER",
  ]
}

// MARK: - Truth, results and classes of exceptions

extension Term {
  /// The atom `false`.
  @inlinable public static var `false`: Term { .atom(0) }
  /// The atom `true`.
  @inlinable public static var `true`: Term { .atom(1) }
  /// The atom `undefined`.
  @inlinable public static var undefined: Term { .atom(2) }
  /// The atom `ok`.
  @inlinable public static var ok: Term { .atom(3) }
  /// The atom `error`.
  @inlinable public static var error: Term { .atom(4) }
  /// The atom `exit`.
  @inlinable public static var exit: Term { .atom(5) }
  /// The atom `throw`.
  @inlinable public static var `throw`: Term { .atom(6) }
}

// MARK: - Reasons of exceptions

extension Term {
  /// The atom `badarg`.
  @inlinable public static var badArgument: Term { .atom(7) }
  /// The atom `badarith`.
  @inlinable public static var badArithmetic: Term { .atom(8) }
  /// The atom `badmatch`.
  @inlinable public static var badMatch: Term { .atom(9) }
  /// The atom `case_clause`.
  @inlinable public static var caseClause: Term { .atom(10) }
  /// The atom `if_clause`.
  @inlinable public static var ifClause: Term { .atom(11) }
  /// The atom `function_clause`.
  @inlinable public static var functionClause: Term { .atom(12) }
  /// The atom `try_clause`.
  @inlinable public static var tryClause: Term { .atom(13) }
  /// The atom `undef`.
  @inlinable public static var undef: Term { .atom(14) }
  /// The atom `badfun`.
  @inlinable public static var badFun: Term { .atom(15) }
  /// The atom `badarity`.
  @inlinable public static var badArity: Term { .atom(16) }
  /// The atom `badmap`.
  @inlinable public static var badMap: Term { .atom(17) }
  /// The atom `badkey`.
  @inlinable public static var badKey: Term { .atom(18) }
  /// The atom `badrecord`.
  @inlinable public static var badRecord: Term { .atom(19) }
  /// The atom `system_limit`.
  @inlinable public static var systemLimit: Term { .atom(20) }
  /// The atom `nocatch`.
  @inlinable public static var noCatch: Term { .atom(21) }
  /// The atom `noproc`.
  @inlinable public static var noProcess: Term { .atom(22) }
  /// The atom `not_implemented`.
  @inlinable public static var notImplemented: Term { .atom(23) }
  /// The atom `out_of_memory`.
  @inlinable public static var outOfMemory: Term { .atom(24) }
  /// The atom `timeout_value`.
  @inlinable public static var timeoutValue: Term { .atom(25) }
}

// MARK: - Reasons of exits

extension Term {
  /// The atom `normal`.
  @inlinable public static var normal: Term { .atom(26) }
  /// The atom `kill`.
  @inlinable public static var kill: Term { .atom(27) }
  /// The atom `killed`.
  @inlinable public static var killed: Term { .atom(28) }
  /// The atom `'EXIT'`.
  @inlinable public static var exitSignal: Term { .atom(29) }
  /// The atom `infinity`.
  @inlinable public static var infinity: Term { .atom(30) }
}

// MARK: - Stack traces

extension Term {
  /// The atom `module`.
  @inlinable public static var module: Term { .atom(31) }
  /// The atom `function`.
  @inlinable public static var function: Term { .atom(32) }
  /// The atom `arity`.
  @inlinable public static var arity: Term { .atom(33) }
  /// The atom `file`.
  @inlinable public static var file: Term { .atom(34) }
  /// The atom `line`.
  @inlinable public static var line: Term { .atom(35) }
  /// The atom `argument`.
  @inlinable public static var argument: Term { .atom(36) }
  /// The atom `error_info`.
  @inlinable public static var errorInfo: Term { .atom(37) }
  /// The atom `cause`.
  @inlinable public static var cause: Term { .atom(38) }
}

// MARK: - Modules and functions

extension Term {
  /// The atom `erlang`.
  @inlinable public static var erlang: Term { .atom(39) }
  /// The atom `lists`.
  @inlinable public static var lists: Term { .atom(40) }
  /// The atom `maps`.
  @inlinable public static var maps: Term { .atom(41) }
  /// The atom `math`.
  @inlinable public static var math: Term { .atom(42) }
  /// The atom `main`.
  @inlinable public static var main: Term { .atom(43) }
  /// The atom `start`.
  @inlinable public static var start: Term { .atom(44) }
  /// The atom `value`.
  @inlinable public static var value: Term { .atom(45) }
  /// The atom `none`.
  @inlinable public static var noneAtom: Term { .atom(46) }
}

// MARK: - Operators, named in stack traces

extension Term {
  /// The atom `'+'`.
  @inlinable public static var plus: Term { .atom(47) }
  /// The atom `'-'`.
  @inlinable public static var minus: Term { .atom(48) }
  /// The atom `'*'`.
  @inlinable public static var times: Term { .atom(49) }
  /// The atom `'/'`.
  @inlinable public static var divide: Term { .atom(50) }
  /// The atom `'div'`.
  @inlinable public static var div: Term { .atom(51) }
  /// The atom `'rem'`.
  @inlinable public static var rem: Term { .atom(52) }
  /// The atom `'band'`.
  @inlinable public static var bitAnd: Term { .atom(53) }
  /// The atom `'bor'`.
  @inlinable public static var bitOr: Term { .atom(54) }
  /// The atom `'bxor'`.
  @inlinable public static var bitXor: Term { .atom(55) }
  /// The atom `'bnot'`.
  @inlinable public static var bitNot: Term { .atom(56) }
  /// The atom `'bsl'`.
  @inlinable public static var shiftLeft: Term { .atom(57) }
  /// The atom `'bsr'`.
  @inlinable public static var shiftRight: Term { .atom(58) }
  /// The atom `'and'`.
  @inlinable public static var and: Term { .atom(59) }
  /// The atom `'or'`.
  @inlinable public static var or: Term { .atom(60) }
  /// The atom `'xor'`.
  @inlinable public static var xor: Term { .atom(61) }
  /// The atom `'not'`.
  @inlinable public static var not: Term { .atom(62) }
  /// The atom `'=='`.
  @inlinable public static var equal: Term { .atom(63) }
  /// The atom `'/='`.
  @inlinable public static var notEqual: Term { .atom(64) }
  /// The atom `'=:='`.
  @inlinable public static var exactlyEqual: Term { .atom(65) }
  /// The atom `'=/='`.
  @inlinable public static var exactlyNotEqual: Term { .atom(66) }
  /// The atom `'<'`.
  @inlinable public static var less: Term { .atom(67) }
  /// The atom `'>'`.
  @inlinable public static var greater: Term { .atom(68) }
  /// The atom `'=<'`.
  @inlinable public static var lessOrEqual: Term { .atom(69) }
  /// The atom `'>='`.
  @inlinable public static var greaterOrEqual: Term { .atom(70) }
  /// The atom `'++'`.
  @inlinable public static var append: Term { .atom(71) }
  /// The atom `'--'`.
  @inlinable public static var subtract: Term { .atom(72) }
}

// MARK: - Messages that processes are sent by the system

extension Term {
  /// The atom `'DOWN'`.
  @inlinable public static var down: Term { .atom(73) }
  /// The atom `process`.
  @inlinable public static var process: Term { .atom(74) }
  /// The atom `'ETS-TRANSFER'`.
  @inlinable public static var tableTransfer: Term { .atom(75) }
}

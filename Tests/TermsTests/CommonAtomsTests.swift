import Terms
import Testing

@Suite struct CommonAtomsTests {
  /// Each constant beside the name it stands for.
  private static let constants: [(Term, String)] = [
    (.false, "false"), (.true, "true"), (.undefined, "undefined"), (.ok, "ok"), (.error, "error"),
    (.exit, "exit"), (.throw, "throw"), (.badArgument, "badarg"), (.badArithmetic, "badarith"),
    (.badMatch, "badmatch"), (.caseClause, "case_clause"), (.ifClause, "if_clause"),
    (.functionClause, "function_clause"), (.tryClause, "try_clause"), (.undef, "undef"),
    (.badFun, "badfun"), (.badArity, "badarity"), (.badMap, "badmap"), (.badKey, "badkey"),
    (.badRecord, "badrecord"), (.systemLimit, "system_limit"), (.noCatch, "nocatch"),
    (.noProcess, "noproc"), (.notImplemented, "not_implemented"), (.outOfMemory, "out_of_memory"),
    (.timeoutValue, "timeout_value"), (.normal, "normal"), (.kill, "kill"), (.killed, "killed"),
    (.exitSignal, "EXIT"), (.infinity, "infinity"), (.module, "module"), (.function, "function"),
    (.arity, "arity"), (.file, "file"), (.line, "line"), (.argument, "argument"),
    (.errorInfo, "error_info"), (.cause, "cause"), (.erlang, "erlang"), (.lists, "lists"),
    (.maps, "maps"), (.math, "math"), (.main, "main"), (.start, "start"), (.value, "value"),
    (.noneAtom, "none"), (.plus, "+"), (.minus, "-"), (.times, "*"), (.divide, "/"),
    (.div, "div"), (.rem, "rem"), (.bitAnd, "band"), (.bitOr, "bor"), (.bitXor, "bxor"),
    (.bitNot, "bnot"), (.shiftLeft, "bsl"), (.shiftRight, "bsr"), (.and, "and"), (.or, "or"),
    (.xor, "xor"), (.not, "not"), (.equal, "=="), (.notEqual, "/="), (.exactlyEqual, "=:="),
    (.exactlyNotEqual, "=/="), (.less, "<"), (.greater, ">"), (.lessOrEqual, "=<"),
    (.greaterOrEqual, ">="), (.append, "++"), (.subtract, "--"), (.down, "DOWN"),
    (.process, "process"), (.tableTransfer, "ETS-TRANSFER"),
  ]

  @Test func theConstantsStandForTheNamesOfTheList() throws {
    let table = AtomTable()
    #expect(Self.constants.count == CommonAtoms.names.count)
    for (index, (term, name)) in Self.constants.enumerated() {
      #expect(term == .atom(index))
      #expect(table.name(of: term) == name)
      #expect(try table.atom(name) == term)
    }
    #expect(table.count == CommonAtoms.names.count)
  }
}

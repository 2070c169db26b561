import Tenure

/// What natives have in common that take a list of options.
extension Interpreter {
  /// Hands over each `{Name, Value}` of a list, in its order.
  /// - Parameter take: whether it is an option.
  /// - Returns: whether the list is a proper one of nothing but options.
  func takeOptions(_ list: Term, _ take: (_ name: Term, _ value: Term) -> Bool) -> Bool {
    var rest = list
    while rest.isCons {
      let option = rest.cons[0]
      guard option.isTuple(arity: 2), take(option.tupleElements[0], option.tupleElements[1]) else {
        return false
      }
      rest = rest.cons[1]
    }
    return rest.isNil
  }

  /// Gives the answer of a native, or sends it to the process itself where the option
  /// `{async, Identifier}` says so: `{Name, Identifier, Answer}`, and the result is `async`.
  func answer(_ name: String, to identifier: Term?, _ ask: () -> Term) -> Term {
    guard let identifier else { return ask() }
    kept[0] = identifier
    defer { kept[0] = .nil }
    let answer = ask()
    guard !answer.isNone, ensure(4, live: 0), let name = atom(name) else { return .none }
    let message = build { $0.makeTuple(name, kept[0], answer) }
    guard sends(message, to: pid) else { return .none }
    return atom("async") ?? .none
  }
}

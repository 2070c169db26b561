import Synchronization

/// Gives entry words to funs of modules that nobody has loaded, and keeps their names, so that
/// they can be decoded, printed, compared and encoded again.
///
/// Any thread may call anything. An entry word is an index; equal names have equal words.
public final class FunTable: FunResolver, FunNaming, Sendable {
  private struct Local: Hashable {
    let name: LocalFunName
    let arity: Int
  }
  private struct External: Hashable {
    let module: Term
    let function: Term
    let arity: Int
  }
  private struct State {
    var locals: [Local] = []
    var localEntries: [Local: UInt] = [:]
    var externals: [External] = []
    var externalEntries: [External: UInt] = [:]
  }

  private let state = Mutex(State())

  /// Makes an empty table.
  public init() {}

  /// The word of an exported function, new where it was not asked for before.
  public func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
    let fun = External(module: module, function: function, arity: arity)
    return state.withLock { state in
      if let entry = state.externalEntries[fun] { return entry }
      let entry = UInt(state.externals.count)
      state.externals.append(fun)
      state.externalEntries[fun] = entry
      return entry
    }
  }

  /// Whether the table has an exported function.
  public func isKnown(module: Term, function: Term, arity: Int) -> Bool {
    let fun = External(module: module, function: function, arity: arity)
    return state.withLock { $0.externalEntries[fun] != nil }
  }

  /// The word of a local fun, new where it was not asked for before.
  public func localFunEntry(_ name: LocalFunName, arity: Int) -> UInt? {
    let fun = Local(name: name, arity: arity)
    return state.withLock { state in
      if let entry = state.localEntries[fun] { return entry }
      let entry = UInt(state.locals.count)
      state.locals.append(fun)
      state.localEntries[fun] = entry
      return entry
    }
  }

  /// The name of a local fun that this table has given a word.
  public func localFunName(entry: UInt) -> LocalFunName? {
    state.withLock { state in
      entry < UInt(state.locals.count) ? state.locals[Int(entry)].name : nil
    }
  }

  /// The name of an exported function that this table has given a word.
  public func externalFunName(entry: UInt) -> ExternalFunName? {
    state.withLock { state in
      guard entry < UInt(state.externals.count) else { return nil }
      let fun = state.externals[Int(entry)]
      return ExternalFunName(module: fun.module, function: fun.function)
    }
  }
}

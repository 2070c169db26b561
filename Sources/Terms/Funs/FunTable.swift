import Synchronization

/// Gives entry words to funs of modules that nobody has loaded, and keeps their names, so that
/// they can be decoded, printed, compared and encoded again.
///
/// Any thread may call anything. Entry words and variants are indexes.
public final class FunTable: FunResolver, FunNaming, Sendable {
  private struct Local: Hashable {
    let name: LocalFunName
    let arity: Int
  }
  /// What equal local funs have in common.
  private struct Identity: Hashable {
    let module: Term
    let index: Int
    let oldUnique: Int
  }
  private struct External: Hashable {
    let module: Term
    let function: Term
    let arity: Int
  }
  private struct State {
    /// By entry and variant.
    var locals: [[Local]] = []
    var localEntries: [Identity: Int] = [:]
    var localVariants: [Local: UInt32] = [:]
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

  /// The words of a local fun, new where it was not asked for before.
  public func localFunEntry(
    _ name: LocalFunName, arity: Int, freeCount _: Int
  ) -> (entry: UInt, variant: UInt32)? {
    let fun = Local(name: name, arity: arity)
    let identity = Identity(module: name.module, index: name.index, oldUnique: name.oldUnique)
    return state.withLock { state in
      let entry = state.localEntries[identity] ?? state.locals.count
      if let variant = state.localVariants[fun] { return (UInt(entry), variant) }
      if entry == state.locals.count {
        state.locals.append([])
        state.localEntries[identity] = entry
      }
      guard let variant = UInt32(exactly: state.locals[entry].count) else { return nil }
      state.locals[entry].append(fun)
      state.localVariants[fun] = variant
      return (UInt(entry), variant)
    }
  }

  /// The name of a local fun that this table has given words.
  public func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? {
    state.withLock { state in
      guard entry < UInt(state.locals.count) else { return nil }
      let variants = state.locals[Int(entry)]
      return variant < variants.count ? variants[Int(variant)].name : nil
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

/// Funs: those that name an exported function, and closures.
extension ExternalTraversal where Sink: ~Copyable {
  @inline(never)
  mutating func fun(_ fun: Words) throws(ExternalEncodeError) -> Term? {
    let entry = Fun.entry(at: fun)
    if Fun.isExternal(at: fun) {
      guard let name = encoder.funs?.externalFunName(entry: entry) else {
        throw .unnamedFun(entry: entry)
      }
      sink.byte(ExternalTag.export)
      atom(name.module)
      atom(name.function)
      immediate(.small(Fun.externalArity(at: fun)))
      return nil
    }
    guard let name = encoder.funs?.localFunName(entry: entry, variant: Fun.variant(at: fun)) else {
      throw .unnamedFun(entry: entry)
    }
    sink.byte(ExternalTag.newFun)
    // The size counts itself and all that follows it, and is known at the end.
    try pending.push(.size(mark: sink.mark, position: sink.position))
    sink.number(UInt32(0))
    sink.byte(UInt8(truncatingIfNeeded: Fun.arity(at: fun)))
    sink.number(name.moduleDigest.upper)
    sink.number(name.moduleDigest.lower)
    let free = Fun.freeCount(at: fun)
    sink.number(UInt32(truncatingIfNeeded: name.index))
    sink.number(UInt32(free))
    atom(name.module)
    immediate(.small(name.oldIndex))
    immediate(.small(name.oldUnique))
    let terms = Fun.terms(at: fun)
    try creator(Term(bits: terms[0]))
    if free > 0 { try pending.push(.elements(terms + 1, count: free)) }
    return nil
  }

  /// Encodes who made a fun; where it says nobody, the pid with the number 0.
  private mutating func creator(_ creator: Term) throws(ExternalEncodeError) {
    let isPid = creator.isLocalPid || creator.isBoxed(.externalPid)
    let isDone = try leaf(isPid ? creator : .pid(0))
    assert(isDone, "a pid holds no terms")
  }
}

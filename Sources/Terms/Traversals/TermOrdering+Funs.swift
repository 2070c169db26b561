extension TermOrder {
  /// Compares two funs as far as their names, and makes their free variables pending.
  func orderFuns(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    _ pending: inout PendingRuns
  ) throws(ScratchExhausted) -> Int {
    let (leftExternal, rightExternal) = (Fun.isExternal(at: left), Fun.isExternal(at: right))
    if leftExternal != rightExternal { return leftExternal ? 1 : -1 }
    let (leftEntry, rightEntry) = (Fun.entry(at: left), Fun.entry(at: right))
    if leftEntry != rightEntry {
      let named = leftExternal ? orderExternal(left, right) : orderLocal(left, right)
      return named != 0 ? named : three(leftEntry, rightEntry)
    }
    if leftExternal { return 0 }
    let (leftCount, rightCount) = (Fun.freeCount(at: left), Fun.freeCount(at: right))
    if leftCount != rightCount { return three(leftCount, rightCount) }
    try pending.push(left + 5, right + 5, count: leftCount, mode)
    return 0
  }

  private func orderExternal(_ left: PendingRuns.Words, _ right: PendingRuns.Words) -> Int {
    guard let leftName = funs?.externalFunName(entry: Fun.entry(at: left)),
      let rightName = funs?.externalFunName(entry: Fun.entry(at: right))
    else { return 0 }
    let modules = orderAtoms(leftName.module, rightName.module)
    if modules != 0 { return modules }
    let functions = orderAtoms(leftName.function, rightName.function)
    return functions != 0
      ? functions : three(Fun.externalArity(at: left), Fun.externalArity(at: right))
  }

  private func orderLocal(_ left: PendingRuns.Words, _ right: PendingRuns.Words) -> Int {
    guard let leftName = localName(left), let rightName = localName(right) else { return 0 }
    let modules = orderAtoms(leftName.module, rightName.module)
    if modules != 0 { return modules }
    let indexes = orderWrapped(leftName.index, rightName.index)
    return indexes != 0 ? indexes : orderWrapped(leftName.oldUnique, rightName.oldUnique)
  }

  private func localName(_ fun: PendingRuns.Words) -> LocalFunName? {
    funs?.localFunName(entry: Fun.entry(at: fun), variant: Fun.variant(at: fun))
  }

  /// The order of two numbers of 32 bits as their difference in as many has it, as in ERTS.
  private func orderWrapped(_ left: Int, _ right: Int) -> Int {
    three(Int32(truncatingIfNeeded: left &- right), 0)
  }
}

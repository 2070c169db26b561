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
      let named = leftExternal ? orderExternal(left, right) : orderLocal(leftEntry, rightEntry)
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
    return functions != 0 ? functions : three(Fun.arity(at: left), Fun.arity(at: right))
  }

  private func orderLocal(_ leftEntry: UInt, _ rightEntry: UInt) -> Int {
    guard let leftName = funs?.localFunName(entry: leftEntry),
      let rightName = funs?.localFunName(entry: rightEntry)
    else { return 0 }
    let modules = orderAtoms(leftName.module, rightName.module)
    if modules != 0 { return modules }
    let indexes = three(leftName.index, rightName.index)
    return indexes != 0 ? indexes : three(leftName.oldUnique, rightName.oldUnique)
  }
}

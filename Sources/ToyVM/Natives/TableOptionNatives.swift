import Tenure

/// `ets:new(Name, Options)`.
func newTable(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onTable { () throws(TableError) in
    var options = TableOptions()
    var heir: TableHeir?
    // As in ERTS each option decides by those before it.
    var countsApart = false
    var rest = x[1]
    while rest.isCons {
      guard
        interpreter.read(
          rest.cons[0], into: &options, countsApart: &countsApart, heir: &heir)
      else { return nil }
      rest = rest.cons[1]
    }
    options.decentralizedCounters = options.decentralizedCounters ?? countsApart
    guard rest.isNil, x[0].isAtom else { return nil }
    let table = try interpreter.system.tables.makeTable(
      named: x[0], options: options, owner: interpreter.pid)
    return try interpreter.identifier(ofNew: table) { table throws(TableError) in
      if let heir { try table.setOptions(heir: heir, by: interpreter.pid) }
    }
  }
}

extension Interpreter {
  /// What a program knows a table by that it has just made: its name, or a reference to it.
  /// - Parameter prepare: what is done with the table before.
  /// - Throws: ``TableError``; then the table has ended.
  func identifier(
    ofNew table: Table, prepare: (Table) throws(TableError) -> Void = { _ in }
  ) throws(TableError) -> Term {
    do {
      try prepare(table)
      return table.isNamed ? table.name : try reference(to: table)
    } catch {
      try? table.delete(by: pid)
      throw error
    }
  }

  /// What the options of `ets:setopts/2` change; nothing where one is another option, or there twice.
  func changes(_ options: Term) -> (heir: TableHeir?, protection: TableProtection?)? {
    var heir: TableHeir?
    var protection: TableProtection?
    func take(_ option: Term) -> Bool {
      guard option.isTuple, let key = option.tupleElements.first else { return false }
      let elements = option.tupleElements
      if isAtom(key, "heir"), heir == nil {
        heir = self.heir(elements)
        return heir != nil
      }
      guard isAtom(key, "protection"), protection == nil, elements.count == 2, elements[1].isAtom
      else { return false }
      protection = TableProtection(rawValue: atoms.name(of: elements[1]))
      return protection != nil
    }
    var rest = options
    if rest.isTuple { return take(rest) ? (heir, protection) : nil }
    while rest.isCons {
      guard take(rest.cons[0]) else { return nil }
      rest = rest.cons[1]
    }
    return rest.isNil ? (heir, protection) : nil
  }

  /// The heir of `{heir, none}` or `{heir, Pid, Data}`.
  private func heir(_ elements: UnsafeMutableBufferPointer<Term>) -> TableHeir? {
    if elements.count == 2, isAtom(elements[1], "none") { return TableHeir.none }
    guard elements.count == 3, elements[1].isLocalPid else { return nil }
    return .process(elements[1], data: elements[2])
  }

  /// Takes one option of `ets:new/2`; `false` where it is none.
  /// - Parameter countsApart: what options imply of `decentralized_counters`.
  fileprivate func read(
    _ option: Term, into options: inout TableOptions, countsApart: inout Bool,
    heir: inout TableHeir?
  ) -> Bool {
    if option.isAtom {
      let name = atoms.name(of: option)
      // Of several the last one holds, but for what a table is without any.
      if let type = TableType(rawValue: name) {
        if type != .set { options.type = type }
        if type == .orderedSet { countsApart = true }
      } else if let protection = TableProtection(rawValue: name) {
        if protection != .protected { options.protection = protection }
      } else if name == "named_table" {
        options.isNamed = true
      } else if name == "compressed" {
        options.isCompressed = true
      } else {
        return false
      }
      return true
    }
    guard option.isTuple, let key = option.tupleElements.first, key.isAtom else { return false }
    let elements = option.tupleElements
    if isAtom(key, "heir") {
      heir = self.heir(elements)
      return heir != nil
    }
    guard elements.count == 2 else { return false }
    let value = elements[1]
    switch atoms.name(of: key) {
    case "keypos":
      guard value.isSmall, value.smallValue > 0 else { return false }
      options.keyPosition = value.smallValue
    case "write_concurrency":
      guard value.isAtom, let choice = WriteConcurrency(rawValue: atoms.name(of: value)) else {
        return false
      }
      options.writeConcurrency = choice
      countsApart = choice == .auto || options.type == .orderedSet
    case "read_concurrency":
      options.readConcurrency = value == .true
      return value == .true || value == .false
    case "decentralized_counters":
      options.decentralizedCounters = value == .true
      return value == .true || value == .false
    default:
      return false
    }
    return true
  }
}

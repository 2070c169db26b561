import ETS
import Processes
import Terms

/// Who owns the table, may use it and has fixed it, and what it tells of itself.
extension TableReplay {
  mutating func ownership(_ name: String, _ arguments: [Term]) throws -> Answer? {
    switch name {
    case "rename":
      try table.rename(to: arguments[0], by: caller)
      return .value(table.name)
    case "give_away":
      try table.giveAway(to: try pid(arguments[0]), data: .nil, by: caller)
      return .value(.true)
    case "safe_fixtable":
      if arguments[0] == .true {
        try table.fix(by: caller)
      } else {
        try table.release(by: caller)
      }
      return .value(.true)
    case "setopts":
      try setOptions(arguments[0])
      return .value(.true)
    case "info": return .value(try item(try text(of: arguments[0])))
    default: return nil
    }
  }

  /// The process of a letter; the letter where there is none.
  private func pid(_ letter: Term) throws -> Term {
    switch try text(of: letter) {
    case "a": pids[0]
    case "b": pids[1]
    default: letter
    }
  }

  private func setOptions(_ option: Term) throws {
    guard option.isTuple else { return try table.setOptions(by: caller) }
    let elements = option.tupleElements
    if try text(of: elements[0]) == "protection" {
      let protection = TableProtection(rawValue: try text(of: elements[1]))
      return try table.setOptions(protection: protection, by: caller)
    }
    let heir =
      elements.count == 2 ? TableHeir.none : .process(try pid(elements[1]), data: elements[2])
    try table.setOptions(heir: heir, by: caller)
  }

  private func item(_ name: String) throws -> Term {
    let information = try table.information()
    func letter(_ pid: Term) throws -> Term { try system.atoms.atom(pid == pids[0] ? "a" : "b") }
    switch name {
    case "protection": return try system.atoms.atom(information.options.protection.rawValue)
    case "fixed": return information.isFixed ? .true : .false
    case "heir": return try information.heir.map(letter) ?? system.atoms.atom("none")
    case "owner": return try letter(information.owner)
    case "name": return information.name
    case "type": return try system.atoms.atom(information.options.type.rawValue)
    default: return .small(information.objectCount)
    }
  }
}

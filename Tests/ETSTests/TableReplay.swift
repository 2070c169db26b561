import Carriers
import ETS
import Heaps
import Processes
import Terms
import TestKit

/// A table on which recorded operations are done again.
struct TableReplay: ~Copyable {
  /// What an operation answers.
  enum Answer {
    /// With the cause that Erlang tells.
    case badArgument(String)
    case value(Term)
    /// A list whose order means something only in an ordered table.
    case list([Term])
    /// Such lists, one a slice.
    case slices([[Term]])
  }

  let table: Table
  let system: MemorySystem
  private let endOfTable: Term
  let pids = [Term.pid(1), Term.pid(2)]
  /// Who does the operation at hand.
  private(set) var caller = Term.pid(1)
  private var process: Process
  private let registry: TableRegistry

  init(_ system: MemorySystem, _ options: TableOptions, name: Term) throws {
    var options = options
    options.isNamed = true
    let process = try system.makeProcess()
    let endOfTable = try system.atoms.atom("$end_of_table")
    let registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    table = try registry.makeTable(named: name, options: options, owner: .pid(1))
    self.registry = registry
    self.system = system
    self.process = process
    self.endOfTable = endOfTable
  }

  /// Makes room for the next operation; what was answered is no more.
  mutating func sweep() throws {
    var roots = NoRoots()
    try process.heap.ensureFree(words: 1000, roots: &roots)
  }

  func end() throws { try table.delete(by: table.owner) }

  mutating func lookup(_ key: Term) throws -> Term {
    try table.lookup(key, by: caller, on: &process.heap)
  }

  /// The objects of a key, for the owner.
  mutating func kept(_ key: Term) throws -> Term {
    try table.lookup(key, by: table.owner, on: &process.heap)
  }

  /// Does an operation: an atom, or a tuple that begins with one; `{as, b, Operation}` for the second
  /// process.
  mutating func answer(_ operation: Term) throws -> Answer {
    if operation.isTuple(arity: 3), try text(of: operation.tupleElements[0]) == "as" {
      caller = pids[1]
      return try answerCaller(operation.tupleElements[2])
    }
    caller = pids[0]
    return try answerCaller(operation)
  }

  func text(of term: Term) throws -> String {
    try TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch).text(of: term)
  }

  private mutating func answerCaller(_ operation: Term) throws -> Answer {
    let elements = operation.isTuple ? Array(operation.tupleElements) : [operation]
    let name = try text(of: elements[0])
    do {
      let arguments = Array(elements.dropFirst())
      if let answer = try object(name, arguments) { return answer }
      if let answer = try traversal(name, arguments) { return answer }
      if let answer = try ownership(name, arguments) { return answer }
      return try match(name, arguments)
    } catch let error as TableError {
      switch error {
      case .noTable, .outOfMemory, .scratchExhausted, .heap, .full: throw error
      default: return .badArgument(error.cause(of: name))
      }
    } catch let error as MatchSpecificationError {
      switch TableError(error) {
      case .invalidSpecification: return .badArgument("none")
      case let other: throw other
      }
    }
  }
}

// MARK: Single objects

extension TableReplay {
  private static func bool(_ value: Bool) -> Answer { .value(value ? .true : .false) }

  private mutating func object(_ name: String, _ arguments: [Term]) throws -> Answer? {
    switch name {
    case "insert":
      if arguments[0].isList {
        try table.insert(contentsOf: arguments[0], by: caller)
      } else {
        try table.insert(arguments[0], by: caller)
      }
      return .value(.true)
    case "insert_new":
      return Self.bool(
        arguments[0].isList
          ? try table.insertNew(contentsOf: arguments[0], by: caller)
          : try table.insertNew(arguments[0], by: caller))
    case "lookup": return .value(try lookup(arguments[0]))
    case "lookup_element":
      return .value(
        try table.lookupElement(
          arguments[0], arguments[1].smallValue, by: caller, on: &process.heap))
    case "member": return Self.bool(try table.contains(arguments[0], by: caller))
    case "take": return .value(try table.take(arguments[0], by: caller, on: &process.heap))
    case "delete":
      try table.delete(arguments[0], by: caller)
      return .value(.true)
    case "delete_object":
      try table.deleteObject(arguments[0], by: caller)
      return .value(.true)
    case "update_element":
      let updates = Self.terms(arguments[1]).map { update in
        let elements = update.tupleElements
        return ElementUpdate(position: elements[0].smallValue, value: elements[1])
      }
      return Self.bool(try table.updateElements(arguments[0], updates, by: caller))
    case "update_counter": return .value(try count(arguments))
    default: return nil
    }
  }

  private mutating func count(_ arguments: [Term]) throws -> Term {
    let other = arguments.count > 2 ? arguments[2] : nil
    if arguments[1].isList {
      let steps = Self.terms(arguments[1]).map { step($0) }
      return try table.updateCounter(
        arguments[0], steps: steps, default: other, by: caller, on: &process.heap)
    }
    return try table.updateCounter(
      arguments[0], step: step(arguments[1]), default: other, by: caller, on: &process.heap)
  }

  /// `{Position, Increment}`, `{Position, Increment, Threshold, SetValue}`, or the increment of the
  /// element behind the key.
  private func step(_ term: Term) -> CounterStep {
    guard term.isTuple else {
      return CounterStep(position: table.keyPosition + 1, increment: term)
    }
    let elements = term.tupleElements
    return CounterStep(
      position: elements[0].smallValue, increment: elements[1],
      bound: elements.count == 4 ? (elements[2], elements[3]) : nil)
  }

  /// The elements of a list, or a term alone.
  static func terms(_ term: Term) -> [Term] {
    if !term.isList { return [term] }
    var (terms, rest) = ([Term](), term)
    while rest.isCons {
      terms.append(rest.cons[0])
      rest = rest.cons[1]
    }
    return terms
  }
}

// MARK: Many objects

extension TableReplay {
  private mutating func traversal(_ name: String, _ arguments: [Term]) throws -> Answer? {
    switch name {
    case "first": return .value(try firstKey(false) ?? endOfTable)
    case "last": return .value(try firstKey(true) ?? endOfTable)
    case "next": return .value(try key(behind: arguments[0], false) ?? endOfTable)
    case "prev": return .value(try key(behind: arguments[0], true) ?? endOfTable)
    case "walk", "walk_back":
      let isBackward = name == "walk_back"
      var keys: [Term] = []
      var next = try firstKey(isBackward)
      while let key = next {
        keys.append(key)
        next = try self.key(behind: key, isBackward)
      }
      return .list(keys)
    case "delete_all_objects":
      try table.deleteAllObjects(by: caller)
      return .value(.true)
    case "tab2list": return .list(Self.terms(try table.list(by: caller, on: &process.heap)))
    case "size": return .value(.small(try table.objectCount()))
    default: return nil
    }
  }

  private mutating func firstKey(_ isBackward: Bool) throws -> Term? {
    try isBackward
      ? table.lastKey(by: caller, on: &process.heap)
      : table.firstKey(by: caller, on: &process.heap)
  }

  private mutating func key(behind key: Term, _ isBackward: Bool) throws -> Term? {
    try isBackward
      ? table.previousKey(before: key, by: caller, on: &process.heap)
      : table.nextKey(after: key, by: caller, on: &process.heap)
  }

  private mutating func match(_ name: String, _ arguments: [Term]) throws -> Answer {
    let use: TableUse =
      switch name {
      case "match_delete", "select_delete": .writing
      case "select_replace": .replacing
      default: .reading
      }
    try table.check(use, by: caller)
    let specification = try specification(name, arguments[0])
    switch name {
    case "match_delete":
      _ = try table.selectDelete(specification, by: caller)
      return .value(.true)
    case "select_count":
      return .value(.small(try table.selectCount(specification, by: caller)))
    case "select_delete":
      return .value(.small(try table.selectDelete(specification, by: caller)))
    case "select_replace":
      return .value(.small(try table.selectReplace(specification, by: caller)))
    default: break
    }
    let isBackward = name == "select_reverse"
    if arguments.count == 1 {
      return .list(
        Self.terms(
          isBackward
            ? try table.selectReversed(specification, by: caller, on: &process.heap)
            : try table.select(specification, by: caller, on: &process.heap)))
    }
    return .slices(try slices(specification, limit: arguments[1].smallValue, isBackward))
  }

  private mutating func slices(
    _ specification: MatchSpecification, limit: Int, _ isBackward: Bool
  ) throws -> [[Term]] {
    var slices: [[Term]] = []
    var next: Term?
    repeat {
      let slice =
        isBackward
        ? try table.selectReversed(
          specification, limit: limit, after: next, by: caller, on: &process.heap)
        : try table.select(
          specification, limit: limit, after: next, by: caller, on: &process.heap)
      if !slice.results.isNil { slices.append(Self.terms(slice.results)) }
      next = slice.continuation
    } while next != nil
    return slices
  }

  private func specification(_ name: String, _ term: Term) throws -> MatchSpecification {
    let result: PatternResult
    switch name {
    case "match": result = .bindings
    case "match_object": result = .object
    case "match_delete": result = .true
    default:
      return try MatchSpecification(
        compiling: term, atoms: system.atoms, environment: system.heaps)
    }
    return try MatchSpecification(
      pattern: term, result: result, atoms: system.atoms, environment: system.heaps)
  }
}

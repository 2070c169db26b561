import Heaps
import Terms

extension Table {
  /// The results of a match specification for all objects that it matches, as `ets:select/2`; in the
  /// order of the keys where the table is ordered.
  ///
  /// Where the specification binds the keys only those are looked at, and where it binds the
  /// beginning of a compound key in an ordered table, only that range.
  /// - Throws: ``TableError``; the heap may then hold a part of the result.
  public func select(
    _ specification: MatchSpecification, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try select(specification, isBackward: false, by: caller, on: &heap)
  }

  /// As ``select(_:by:on:)``, from the last key to the first of an ordered table, as
  /// `ets:select_reverse/2`.
  public func selectReversed(
    _ specification: MatchSpecification, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try select(specification, isBackward: isOrdered, by: caller, on: &heap)
  }

  private func select(
    _ specification: MatchSpecification, isBackward: Bool, by caller: Term,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try walking(by: caller) { storage throws(TableError) in
      let walk = try MatchWalk(
        specification, keyPosition: keyPosition, of: storage, isBackward: isBackward)
      var matches = MatchSource(
        walk, try Self.machine(for: specification, caller), of: storage)
      return try ListBuilder.list(of: &matches, on: &heap)
    }
  }

  /// How many objects there are for which the result is `true`, as `ets:select_count/2`.
  public func selectCount(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    var machine = try Self.machine(for: specification, caller)
    return try walking(by: caller) { storage throws(TableError) in
      var walk = try MatchWalk(specification, keyPosition: keyPosition, of: storage)
      var count = 0
      while true {
        let entry = try walk.next(of: storage)
        if entry.isNone { return count }
        if try Self.run(&machine, on: entry) == .true { count += 1 }
      }
    }
  }

  /// Takes out the objects for which the result is `true`, as `ets:select_delete/2`: each at once,
  /// not all together.
  /// - Returns: how many.
  public func selectDelete(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    try checkWriter(caller)
    var machine = try Self.machine(for: specification, caller)
    var count = 0
    for index in 0..<(try partCount()) {
      try withPart(index) { part throws(TableError) in
        count += try part.removeObjects { entry throws(TableError) in
          try Self.run(&machine, on: entry) == .true
        }
      }
    }
    return count
  }

  /// Replaces the objects that match by the results, as `ets:select_replace/2`: each at once.
  /// - Returns: how many.
  /// - Throws: ``TableError/invalidSpecification(_:)`` where it cannot be told that each result has
  ///   the key of its object.
  public func selectReplace(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    if record.pointee.options.type == .bag { throw .unsupported(type: .bag) }
    try checkWriter(caller)
    do {
      guard try specification.keepsKey(at: keyPosition) else {
        throw TableError.invalidSpecification("a result may have another key than its object")
      }
    } catch let error as ScratchExhausted {
      throw TableError(error)
    } catch {
      throw .invalidSpecification("a result may have another key than its object")
    }
    var machine = try Self.machine(for: specification, caller)
    var count = 0
    for index in 0..<(try partCount()) {
      try withPart(index) { part throws(TableError) in
        count += try part.replaceObjects { entry throws(TableError) in
          guard let result = try Self.run(&machine, on: entry) else { return .none }
          return try part.store(result)
        }
      }
    }
    return count
  }

  static func machine(
    for specification: MatchSpecification, _ caller: Term
  ) throws(TableError) -> MatchMachine {
    do {
      return try MatchMachine(for: specification, self: caller)
    } catch {
      throw TableError(error)
    }
  }

  @inline(__always)
  static func run(
    _ machine: inout MatchMachine, on entry: TableEntry
  ) throws(TableError) -> Term? {
    do {
      return try machine.run(on: entry.object)
    } catch {
      throw TableError(error)
    }
  }
}

extension TableError {
  /// The error of a run without memory.
  init(_ error: MatchRunError) {
    switch error {
    case .outOfMemory(let refusal): self = .outOfMemory(refusal)
    case .scratchExhausted(let bytes): self = .scratchExhausted(requestedBytes: bytes)
    }
  }

  /// The error of a term that is no match specification.
  public init(_ error: MatchSpecificationError) {
    switch error {
    case .outOfMemory(let refusal): self = .outOfMemory(refusal)
    case .scratchExhausted(let bytes): self = .scratchExhausted(requestedBytes: bytes)
    default: self = .invalidSpecification(error.description)
    }
  }
}

/// The results of a match specification for the objects of a walk.
private struct MatchSource: ~Copyable, ListSource {
  private let storage: TableStorage
  private var walk: MatchWalk
  private var machine: MatchMachine
  private var entry = TableEntry.none
  private var result = Term.none
  private(set) var words = 0

  init(_ walk: MatchWalk, _ machine: consuming MatchMachine, of storage: TableStorage) {
    self.storage = storage
    self.walk = walk
    self.machine = machine
  }

  mutating func advance() throws(TableError) -> Bool {
    while true {
      entry = try walk.next(of: storage)
      if entry.isNone { return false }
      guard let result = try Table.run(&machine, on: entry) else { continue }
      self.result = result
      if result == entry.object {
        words = StoredObject.words(of: entry)
        return true
      }
      do {
        words = try TermSize.flatWords(of: result, scratch: machine.scratch)
      } catch {
        throw TableError(error)
      }
      return true
    }
  }

  func copy(into cursor: inout WordCursor, list: inout OffHeapList) -> Term {
    if result == entry.object { return StoredObject.copy(entry, into: &cursor, list: &list) }
    return TermCopy.copy(result, words: words, into: &cursor, list: &list)
  }
}

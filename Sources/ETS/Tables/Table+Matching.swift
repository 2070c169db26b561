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
        walk, try ObjectMatcher(for: specification, caller), of: storage)
      return try ListBuilder.list(of: &matches, on: &heap)
    }
  }
}

extension TableError {
  /// The error of a run without memory.
  public init(_ error: MatchRunError) {
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

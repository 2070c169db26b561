import Terms

/// Runs a match specification on stored objects, one after the other.
struct ObjectMatcher: ~Copyable {
  private var machine: MatchMachine
  private var unpacked: UnpackedObject
  /// The object at hand as a term, valid until the next one.
  private(set) var object = Term.none

  /// Makes a matcher.
  /// - Parameter caller: who `self()` is.
  init(for specification: MatchSpecification, _ caller: Term) throws(TableError) {
    do {
      machine = try MatchMachine(for: specification, self: caller)
    } catch {
      throw TableError(error)
    }
    unpacked = UnpackedObject(scratch: machine.scratch)
  }

  /// Where working memory comes from.
  var scratch: any ScratchProvider { machine.scratch }

  /// The result for an object: of the table's memory or the matcher's, valid until the next one;
  /// nothing where it does not match.
  @inline(__always)
  mutating func run(on entry: TableEntry) throws(TableError) -> Term? {
    object = try unpacked.term(of: entry)
    do {
      return try machine.run(on: object)
    } catch {
      throw TableError(error)
    }
  }
}

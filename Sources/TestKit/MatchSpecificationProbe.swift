import Carriers
import ETS
import Heaps
import Terms

/// What any bytes must hold to, taken for a match specification in the external term format: they
/// are refused, or the specification runs on any object, twice with the same result, and the keys of
/// what it matches are those that it demands. Of `{Specification, Object}` the object is one more.
public final class MatchSpecificationProbe {
  private let allocator = BlockAllocator(configuration: MemoryConfiguration())
  private let environment: HeapEnvironment
  private let atoms = AtomTable()
  private let funs = FunTable()
  private let objects: [Term]
  private let reader: TermReader

  /// Makes a probe with objects of its own.
  public init() {
    environment = HeapEnvironment(allocator: allocator)
    reader = TermReader(words: 10_000, atoms: atoms)
    let map = (1...40).map { "\($0) => \($0)" }.joined(separator: ",")
    objects = [
      "{}", "{a}", "{1,2}", "{a,7,2.5,[x,y]}", "{{a,b},[c|d],#{a => 1}}", "{<<1,2,3>>,[],'$1'}",
      "{-0.0,0.0,123456789012345678901234567890}", "{#{\(map)},[[[]]],{{}}}", "foo", "[1,2]",
    ].map { [reader] in reader.read($0) }
  }

  /// Tries bytes.
  /// - Returns: the rule that is broken, if one is.
  public func flaw(of bytes: UnsafeRawBufferPointer) -> String? {
    let blocks = allocator.allocatedBlockCount
    let flaw: String?
    do {
      flaw = try tryAll(bytes)
    } catch {
      flaw = "refused though memory is there: \(error)"
    }
    if flaw == nil && allocator.allocatedBlockCount != blocks { return "memory leaks" }
    return flaw
  }

  private func tryAll(_ bytes: UnsafeRawBufferPointer) throws -> String? {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: environment.scratch, funs: funs, naming: funs,
      binaries: environment.binaries)
    guard let decoded = try? DecodedExternalTerm(bytes, by: decoder) else { return nil }
    defer { withExtendedLifetime(decoded) {} }
    var (term, objects) = (decoded.term, objects)
    if term.isTuple(arity: 2) {
      objects.append(term.tupleElements[1])
      term = term.tupleElements[0]
    }
    for object in objects {
      _ = try? MatchSpecification(
        pattern: term, result: .bindings, atoms: atoms, environment: environment, funs: funs)
      if let flaw = try flaw(of: term, on: object) { return flaw }
    }
    return nil
  }

  private func flaw(of term: Term, on object: Term) throws -> String? {
    let specification: MatchSpecification
    do {
      specification = try MatchSpecification(
        compiling: term, atoms: atoms, environment: environment, funs: funs)
    } catch {
      return "\(error)".isEmpty ? "an error without a text" : nil
    }
    var first = try MatchMachine(for: specification, self: .pid(3))
    var second = try MatchMachine(for: specification, self: .pid(3))
    let results = (try first.run(on: object), try second.run(on: object))
    switch results {
    case (nil, nil): return nil
    case (let left?, let right?):
      if try !TermEquality.isExactlyEqual(left, right, scratch: environment.scratch) {
        return "another result of the same"
      }
      return try flawOfDemands(specification, object)
    default: return "a match once of twice"
    }
  }

  private func flawOfDemands(
    _ specification: MatchSpecification, _ object: Term
  ) throws -> String? {
    guard object.isTuple, let key = object.tupleElements.first else { return nil }
    _ = try specification.keepsKey(at: 1)
    // A map in a head matches larger ones, but a key without variables is looked up as it is.
    let printer = TermPrinter(atoms: atoms, scratch: environment.scratch, funs: funs)
    if try printer.text(of: key).contains("#{") { return nil }
    let order = TermOrder(atoms: atoms, scratch: environment.scratch, funs: funs)
    switch try specification.keyDemand(at: 1, isOrdered: true) {
    case .anything: return nil
    case .never: return "a match of what never matches"
    case .keys(let keys):
      let isDemanded = try keys.contains { try order.compare($0, key) == 0 }
      return isDemanded ? nil : "a match of another key"
    case .range(let range):
      return try range.place(of: key, order: order) == .inside ? nil : "a match out of range"
    }
  }
}

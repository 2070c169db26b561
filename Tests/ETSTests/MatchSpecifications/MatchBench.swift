import Carriers
import ETS
import Foundation
import Heaps
import TestKit
import Terms
import Testing

/// Atoms, memory and funs for match specifications, and terms for them.
final class MatchBench {
  let allocator: BlockAllocator
  let environment: HeapEnvironment
  let atoms = AtomTable()
  let funs = FunTable()
  private let reader: TermReader

  init(memory: MemoryConfiguration = MemoryConfiguration()) {
    allocator = BlockAllocator(configuration: memory)
    environment = HeapEnvironment(allocator: allocator)
    reader = TermReader(words: 1 << 16, atoms: atoms)
  }

  /// The term that a text spells, as `~w` writes it.
  func term(_ text: String) -> Term { reader.read(text) }

  func decode(_ bytes: [UInt8]) throws -> DecodedExternalTerm {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: environment.scratch, funs: funs, naming: funs,
      binaries: environment.binaries)
    return try bytes.withUnsafeBytes { try DecodedExternalTerm($0, by: decoder) }
  }

  func compile(_ text: String) throws(MatchSpecificationError) -> MatchSpecification {
    try compile(term(text))
  }

  func compile(_ term: Term) throws(MatchSpecificationError) -> MatchSpecification {
    try MatchSpecification(
      compiling: term, atoms: atoms, environment: environment, funs: funs)
  }

  /// What a specification gives for an object, as text; `nothing` where it does not match.
  func run(_ specification: String, on object: String) throws -> String {
    try run(compile(specification), on: term(object))
  }

  func run(_ specification: MatchSpecification, on object: Term) throws -> String {
    var machine = try MatchMachine(for: specification, self: .pid(17))
    guard let result = try machine.run(on: object) else { return "nothing" }
    return try text(of: result)
  }

  func text(of term: Term) throws -> String {
    let printer = TermPrinter(atoms: atoms, scratch: environment.scratch, funs: funs)
    return try printer.text(of: term)
  }

  var order: TermOrder { TermOrder(atoms: atoms, scratch: environment.scratch, funs: funs) }

  func isEqual(_ left: Term, _ right: Term) throws -> Bool {
    try TermEquality.isExactlyEqual(left, right, scratch: environment.scratch)
  }
}

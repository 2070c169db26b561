import Carriers
import Heaps
import Terms

/// A match specification, compiled once to a program for a ``MatchMachine``.
///
/// ```
/// program   | literal ... | instruction ... |     see ``MatchInstruction``
/// constants | copy of the specification | constants built of it |
/// ```
/// Immutable; any thread may run it with a machine of its own, and look up what it demands.
/// Semantics are those of `ets:select/2` of OTP 25: what fails in a guard is no match, what fails in
/// a body is the atom `'EXIT'` in its place.
public final class MatchSpecification: @unchecked Sendable {
  // Unchecked: all memory is written before the initialiser ends and only read after.

  let environment: HeapEnvironment
  let order: TermOrder
  let atoms: AtomTable
  let frame: MatchFrame
  private let constants: MatchConstants
  private let block: MemoryBlock
  /// Where the literals end and the instructions begin.
  let code: UnsafePointer<UInt>

  /// The clauses, in memory of the specification.
  var clauses: Term { constants.specification }

  /// Compiles a specification as `ets:match_spec_compile/1` does.
  ///
  /// - Parameters:
  ///   - specification: a list of clauses `{Head, Guards, Body}`; it is copied.
  ///   - atoms: the names of the atoms in it.
  ///   - environment: where memory comes from.
  ///   - funs: who names funs, by which terms are ordered: the same as everywhere else.
  ///   - localNode: this node; without it `nonode@nohost`.
  /// - Throws: ``MatchSpecificationError``; nothing is then held.
  /// - Complexity: O(words of the specification), and the sorting of variables where `'$$'` is used.
  public convenience init(
    compiling specification: Term, atoms: AtomTable, environment: HeapEnvironment,
    funs: (any FunNaming)? = nil, localNode: Node? = nil
  ) throws(MatchSpecificationError) {
    try self.init(
      constants: try MatchConstants(copying: specification, environment: environment),
      order: TermOrder(
        atoms: atoms, scratch: environment.scratch, funs: funs, localNode: localNode),
      atoms: atoms, environment: environment, localNode: localNode)
  }

  /// Compiles a pattern as of `ets:match/2` and `ets:match_object/2`: a head alone.
  /// - Parameters:
  ///   - pattern: the head; it is copied.
  ///   - result: what the body is.
  ///   - atoms: the names of the atoms in it.
  ///   - environment: where memory comes from.
  ///   - funs: who names funs.
  ///   - localNode: this node.
  /// - Throws: ``MatchSpecificationError``; nothing is then held.
  public convenience init(
    pattern: Term, result: PatternResult, atoms: AtomTable, environment: HeapEnvironment,
    funs: (any FunNaming)? = nil, localNode: Node? = nil
  ) throws(MatchSpecificationError) {
    let body: Term
    do throws(AtomError) {
      switch result {
      case .bindings: body = try atoms.atom("$$")
      case .object: body = try atoms.atom("$_")
      case .true: body = .true
      }
    } catch {
      throw .atom(error)
    }
    try self.init(
      constants: try MatchConstants(head: pattern, body: body, environment: environment),
      order: TermOrder(
        atoms: atoms, scratch: environment.scratch, funs: funs, localNode: localNode),
      atoms: atoms, environment: environment, localNode: localNode)
  }

  private init(
    constants: consuming MatchConstants, order: TermOrder, atoms: AtomTable,
    environment: HeapEnvironment, localNode: Node?
  ) throws(MatchSpecificationError) {
    var compiler = MatchCompiler(
      atoms: atoms, scratch: environment.scratch, localNode: localNode,
      constants: constants)
    try compiler.compile(compiler.constants.specification)
    (block, code) = try compiler.makeProgram(allocator: environment.allocator)
    frame = compiler.frame
    self.constants = compiler.constants
    self.order = order
    self.environment = environment
    self.atoms = atoms
  }

  deinit { environment.allocator.free(block, kind: .code) }
}

/// What a pattern gives for an object that it matches.
public enum PatternResult: Sendable {
  /// `'$$'`: the values of the variables.
  case bindings
  /// `'$_'`: the object.
  case object
  /// `true`, to count or delete.
  case `true`
}

extension MatchCompiler {
  /// Puts the program where it stays: the literals, the first one last, and the instructions.
  mutating func makeProgram(
    allocator: BlockAllocator
  ) throws(MatchSpecificationError) -> (block: MemoryBlock, code: UnsafePointer<UInt>) {
    let words = frame.literals + code.count
    let block: MemoryBlock
    do throws(MemoryError) {
      block = try allocator.allocate(
        byteCount: words * MemoryLayout<UInt>.stride, kind: .code)
    } catch {
      throw .outOfMemory(error)
    }
    let start = block.base.bindMemory(to: UInt.self, capacity: words) + frame.literals
    for index in 0..<frame.literals {
      start[-1 - index] = index < literals.count ? literals[index] : Term.nil.bits
    }
    for index in 0..<code.count { start[index] = code[index] }
    return (block, UnsafePointer(start))
  }
}

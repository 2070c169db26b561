import Carriers
import Terms

/// Why a term is no match specification, or could not be compiled.
///
/// Clauses are counted from 1. Real Erlang answers `badarg` to each but the last four, and
/// `ets:test_ms/2` the text.
public enum MatchSpecificationError: Error, Equatable, Sendable {
  /// The specification is no list, or an empty one.
  case notAList
  /// The list of clauses ends in something else than `[]`.
  case improperList
  /// A clause is no `{Head, Guards, Body}`.
  case notAClause(clause: Int)
  /// A head matches nothing that can be told.
  case invalidHead(clause: Int, MatchFlaw)
  /// The guards of a clause are none.
  case invalidGuard(clause: Int, MatchFlaw)
  /// The body of a clause is none.
  case invalidBody(clause: Int, MatchFlaw)
  /// The program would have more operands than an instruction can name.
  case tooLarge
  /// The name of the node is no atom that the table takes.
  case atom(AtomError)
  /// Memory was refused.
  case outOfMemory(MemoryError)
  /// There was no working memory.
  case scratchExhausted(requestedBytes: Int)

  init(_ exhausted: ScratchExhausted) {
    if let refusal = exhausted.cause as? MemoryError {
      self = .outOfMemory(refusal)
    } else {
      self = .scratchExhausted(requestedBytes: exhausted.requestedBytes)
    }
  }
}

/// What is wrong in a part of a clause.
public enum MatchFlaw: Equatable, Sendable {
  /// A map in a head has a variable for a key.
  case variableInMapKey
  /// A map in a head has `'_'` for a key.
  case underscoreInMapKey
  /// Guards or a body are no list.
  case notAList
  /// Guards or a body are a list that ends in something else than `[]`.
  case improperList
  /// A body has no expression.
  case empty
  /// A tuple is no call, and no tuple in a tuple either.
  case neitherCallNorTuple
  /// No function has the name and takes so many arguments.
  case unknownFunction(name: String, arity: Int)
  /// `and`, `or`, `andalso` or `orelse` without arguments.
  case noArguments(name: String)
  /// `const` with none or several arguments, or `self` with any.
  case wrongArguments(name: String)
  /// The head does not bind the variable.
  case unboundVariable(name: String)
}

extension MatchSpecificationError: CustomStringConvertible {
  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .notAList: "the clauses are in no list, or there are none"
    case .improperList: "the clauses are in no proper list"
    case .notAClause(let clause): "clause \(clause) is no tuple of head, guards and body"
    case .invalidHead(let clause, let flaw): "head of clause \(clause): \(flaw)"
    case .invalidGuard(let clause, let flaw): "guards of clause \(clause): \(flaw)"
    case .invalidBody(let clause, let flaw): "body of clause \(clause): \(flaw)"
    case .tooLarge: "the specification is larger than a program can be"
    case .atom(let error): "no atom for the node: \(error)"
    case .outOfMemory(let error): "no memory for a match specification: \(error)"
    case .scratchExhausted(let bytes): "no \(bytes) bytes of working memory"
    }
  }
}

extension MatchFlaw: CustomStringConvertible {
  /// What is wrong.
  public var description: String {
    switch self {
    case .variableInMapKey: "a variable as a key of a map"
    case .underscoreInMapKey: "'_' as a key of a map"
    case .notAList: "they are no list"
    case .improperList: "they are no proper list"
    case .empty: "there is no expression"
    case .neitherCallNorTuple:
      "a tuple that is neither a call nor a tuple (which is written {{ ... }})"
    case .unknownFunction(let name, let arity): "no function \(name)/\(arity) can be called"
    case .noArguments(let name): "'\(name)' without arguments"
    case .wrongArguments(let name): "'\(name)' with a wrong number of arguments"
    case .unboundVariable(let name): "the variable \(name) is not bound by the head"
    }
  }
}

/// Why a match specification could not be run to its end.
public enum MatchRunError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Memory was refused.
  case outOfMemory(MemoryError)
  /// There was no working memory.
  case scratchExhausted(requestedBytes: Int)

  init(_ exhausted: ScratchExhausted) {
    if let refusal = exhausted.cause as? MemoryError {
      self = .outOfMemory(refusal)
    } else {
      self = .scratchExhausted(requestedBytes: exhausted.requestedBytes)
    }
  }

  /// One line that says what was refused.
  public var description: String {
    switch self {
    case .outOfMemory(let error): "no memory to run a match specification: \(error)"
    case .scratchExhausted(let bytes): "no \(bytes) bytes of working memory"
    }
  }
}

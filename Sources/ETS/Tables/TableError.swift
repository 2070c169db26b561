import Carriers
import Heaps
import Terms

/// Why a table did not do what was asked. The table is then as it was.
///
/// Of each case that real Erlang answers with `badarg`, ``cause(of:)`` tells the word that it gives in the
/// `error_info` of the exception.
public enum TableError: Error, Equatable, Sendable {
  /// The table ended, or never was.
  case noTable
  /// The caller may not do this by the table's protection: only the owner may, or nobody but the owner
  /// may write.
  case noAccess
  /// Only the owner does this, whatever the protection.
  case notOwner
  /// The process to own the table does already.
  case isOwner
  /// A name is in use by another table.
  case nameTaken(Term)
  /// An option is none, or contradicts another one.
  case invalidOption(String)
  /// An object is no tuple, or too short to have a key.
  case noKeyPosition(keyPosition: Int)
  /// The argument is no object, and no proper list of objects.
  case notAnObject
  /// No object has the key.
  case noKey
  /// An element's position is outside the object.
  case invalidPosition(Int)
  /// The element to change is the key.
  case positionOfKey(Int)
  /// The element to count with is no integer, or a step of counting is none.
  case notAnInteger
  /// Tables of this type do not do this.
  case unsupported(type: TableType)
  /// A match specification is none.
  case invalidSpecification(String)
  /// A continuation is of another table, or none.
  case invalidContinuation
  /// A process that is to own the table does not live.
  case noProcess(Term)
  /// The table is at its limit, and its policy is to say no.
  case full(objects: Int, byteCount: Int)
  /// Memory was refused.
  case outOfMemory(MemoryError)
  /// There was no working memory for a term within terms.
  case scratchExhausted(requestedBytes: Int)
  /// The caller's heap could not take the result.
  case heap(HeapError)
}

extension TableError: CustomStringConvertible {
  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .noTable: "the table does not exist, or no longer"
    case .noAccess: "the table's protection does not let the caller do this"
    case .notOwner: "only the table's owner does this"
    case .isOwner: "the process owns the table already"
    case .nameTaken: "a table has the name"
    case .invalidOption(let what): "invalid option: \(what)"
    case .noKeyPosition(let position): "an object is no tuple with a key at position \(position)"
    case .notAnObject: "neither an object nor a proper list of objects"
    case .noKey: "no object has the key"
    case .invalidPosition(let position): "the object has no element \(position) to read or change"
    case .positionOfKey(let position): "the element \(position) of the object is the key"
    case .notAnInteger: "the element or the step is no integer"
    case .unsupported(let type): "tables of type \(type.rawValue) do not do this"
    case .invalidSpecification(let what): "invalid match specification: \(what)"
    case .invalidContinuation: "the continuation is of another table, or none"
    case .noProcess: "the process to own the table does not live"
    case .full(let objects, let byteCount):
      "the table is at its limit with \(objects) objects in \(byteCount) bytes"
    case .outOfMemory(let error): "no memory for the table: \(error)"
    case .scratchExhausted(let bytes): "no \(bytes) bytes of working memory"
    case .heap(let error): "\(error)"
    }
  }
}

extension TableError {
  /// The error of a traversal without working memory.
  init(_ exhausted: ScratchExhausted) {
    if let refusal = exhausted.cause as? MemoryError {
      self = .outOfMemory(refusal)
    } else {
      self = .scratchExhausted(requestedBytes: exhausted.requestedBytes)
    }
  }

  /// The error of a sum that cannot be had.
  init(_ error: ArithmeticError) {
    switch error {
    case .scratch(let exhausted): self.init(exhausted)
    case .badArgument, .systemLimit: self = .notAnInteger
    }
  }
}

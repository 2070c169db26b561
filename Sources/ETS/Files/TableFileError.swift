import Terms

/// Why a table could not be written to a file, or read from one. Then nothing has changed.
public enum TableFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused something, with its number and the words it has for that.
  case system(path: String, number: Int32, reason: String)
  /// The file does not begin as a log does.
  case notALog(path: String)
  /// What stands at an offset of the file is damaged, or ends too early.
  case damaged(path: String, offset: Int, what: String)
  /// The file holds another number of objects than it says.
  case wrongCount(path: String, expected: Int, found: Int)
  /// The file's digest is not that of its bytes.
  case wrongDigest(path: String)
  /// An object cannot be encoded.
  case encoding(ExternalEncodeError)
  /// The table refused something.
  case table(TableError)

  /// The error in a line.
  public var description: String {
    switch self {
    case .system(let path, _, let reason): "\(path): \(reason)"
    case .notALog(let path): "\(path): not a file of a table"
    case .damaged(let path, let offset, let what): "\(path), byte \(offset): \(what)"
    case .wrongCount(let path, let expected, let found):
      "\(path): \(found) objects, where it says \(expected)"
    case .wrongDigest(let path): "\(path): the digest is not that of the contents"
    case .encoding(let error): "\(error)"
    case .table(let error): "\(error)"
    }
  }
}

/// Why a module cannot be loaded.
public enum LoadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file, or it cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is damaged or no module; says where and how.
  case malformed(reason: String)
  /// The file is whole, but its code breaks a rule that memory depends on.
  case invalid(ValidationError)
  /// The module is loaded, and its code before that is still there.
  case notPurged(module: String)
  /// There was no memory for the module.
  case outOfMemory(reason: String)

  /// One line for a person.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .malformed(let reason): "malformed module: \(reason)"
    case .invalid(let error): "invalid code: \(error)"
    case .notPurged(let module): "the old code of \(module) must be purged first"
    case .outOfMemory(let reason): "no memory for the module: \(reason)"
    }
  }
}

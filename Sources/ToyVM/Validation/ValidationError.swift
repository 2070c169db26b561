/// What is wrong with an instruction of a module, beyond its form: what it needs is not there.
public struct ValidationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The function, `module:name/arity`; the module alone for what is in no function.
  public let function: String
  /// The instruction as the compiler writes it.
  public let instruction: String
  /// Where it stands in the code, in bytes.
  public let offset: Int
  /// What is wrong.
  public let reason: String

  /// The error in a line.
  public var description: String {
    "\(function): \(instruction) at byte \(offset) of the code: \(reason)"
  }
}

/// What is wrong with the instruction that is looked at.
struct Violation: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

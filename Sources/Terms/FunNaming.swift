/// Who knows what a fun's entry word stands for: the embedder that made the funs.
///
/// Printing shows the names; the standard order sorts by them.
public protocol FunNaming: AnyObject {
  /// The name of a local fun.
  /// - Parameter entry: ``Fun/entry(at:)`` of the fun.
  func localFunName(entry: UInt) -> LocalFunName?
  /// The module and function of an external fun.
  /// - Parameter entry: ``Fun/entry(at:)`` of the fun.
  func externalFunName(entry: UInt) -> ExternalFunName?
}

/// What tells a local fun from the others of its system: `#Fun<module.index.unique>`.
public struct LocalFunName: Equatable, Sendable {
  /// The module that has the fun, an atom.
  public let module: Term
  /// The number of the fun in its module.
  public let index: Int
  /// The number that tells versions of the module apart.
  public let unique: Int

  /// Makes a name.
  public init(module: Term, index: Int, unique: Int) {
    self.module = module
    self.index = index
    self.unique = unique
  }
}

/// What an external fun calls: `fun module:function/arity`.
public struct ExternalFunName: Equatable, Sendable {
  /// The module, an atom.
  public let module: Term
  /// The function, an atom.
  public let function: Term

  /// Makes a name.
  public init(module: Term, function: Term) {
    self.module = module
    self.function = function
  }
}

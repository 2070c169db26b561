/// Who gives the funs that an encoding names their entry words: the embedder that runs the code, or
/// a ``FunTable``.
public protocol FunResolver {
  /// The word that a fun `module:function/arity` keeps for its code; see ``Fun``.
  ///
  /// - Parameters:
  ///   - module: the module, an atom.
  ///   - function: the function, an atom.
  ///   - arity: the arguments of a call, below 2^32.
  func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt

  /// Whether a function is there already, so that untrusted bytes may refer to it.
  ///
  /// - Parameters:
  ///   - module: the module, an atom.
  ///   - function: the function, an atom.
  ///   - arity: the arguments of a call, below 2^32.
  func isKnown(module: Term, function: Term, arity: Int) -> Bool

  /// The words that a local fun keeps for its code and its variant, or nothing where no such fun
  /// can be had.
  ///
  /// Equal funs have the same entry; see ``LocalFunName``.
  /// - Parameters:
  ///   - name: the module, the number and the version of the fun.
  ///   - arity: the arguments of a call, 0 to 255.
  ///   - freeCount: the free variables that come with it.
  func localFunEntry(
    _ name: LocalFunName, arity: Int, freeCount: Int
  ) -> (entry: UInt, variant: UInt32)?
}

extension FunResolver {
  /// None is known where a resolver cannot tell.
  public func isKnown(module: Term, function: Term, arity: Int) -> Bool { false }
}

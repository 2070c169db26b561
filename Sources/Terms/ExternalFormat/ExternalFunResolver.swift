/// Who gives a reference to an exported function its entry word: the embedder that runs the code.
public protocol ExternalFunResolver {
  /// The word that a fun `module:function/arity` keeps for its code; see ``Fun``.
  ///
  /// - Parameters:
  ///   - module: the module, an atom.
  ///   - function: the function, an atom.
  ///   - arity: the arguments of a call, 0 to 255.
  func entry(module: Term, function: Term, arity: Int) -> UInt
}

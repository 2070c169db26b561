/// Who knows what a fun's entry word stands for: the embedder that made the funs.
///
/// Printing shows the names; the standard order sorts by them.
public protocol FunNaming: AnyObject {
  /// The name of a local fun.
  /// - Parameters:
  ///   - entry: ``Fun/entry(at:)`` of the fun.
  ///   - variant: ``Fun/variant(at:)`` of the fun.
  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName?
  /// The module and function of an external fun.
  /// - Parameter entry: ``Fun/entry(at:)`` of the fun.
  func externalFunName(entry: UInt) -> ExternalFunName?
}

/// What tells a local fun from the others of its system: `#Fun<module.oldIndex.oldUnique>`.
///
/// Funs of the same module, index and `oldUnique` are equal where their free variables are.
public struct LocalFunName: Hashable, Sendable {
  /// The module that has the fun, an atom.
  public let module: Term
  /// The number of the fun in its module, of 32 bits.
  public let index: Int
  /// The number of the fun as old encodings and the text have it, of 32 bits with a sign; in all
  /// newer code the same as the index.
  public let oldIndex: Int
  /// A hash of the fun's code, which tells versions of the module apart, of 32 bits with a sign.
  public let oldUnique: Int
  /// The MD5 sum of the module, in the order of its bytes: big-endian halves.
  public let moduleDigest: Digest

  /// Sixteen bytes as two numbers, the first bytes in the upper bits of the first.
  public struct Digest: Hashable, Sendable {
    /// The first eight bytes, big-endian.
    public let upper: UInt64
    /// The last eight bytes, big-endian.
    public let lower: UInt64
    /// Makes a digest.
    public init(upper: UInt64, lower: UInt64) {
      self.upper = upper
      self.lower = lower
    }
  }

  /// Makes a name.
  public init(
    module: Term, index: Int, oldIndex: Int, oldUnique: Int,
    moduleDigest: Digest = Digest(upper: 0, lower: 0)
  ) {
    self.module = module
    self.index = index
    self.oldIndex = oldIndex
    self.oldUnique = oldUnique
    self.moduleDigest = moduleDigest
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

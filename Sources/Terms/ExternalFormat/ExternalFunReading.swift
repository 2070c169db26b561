/// What a local fun is made of, up to its creator and its free variables.
struct ExternalFunParts {
  var arity: Int
  var digest: LocalFunName.Digest
  var index: Int
  var free: Int
  var module: ExternalReader.Name
  var oldIndex: Int
  var oldUnique: Int
  var creator: ExternalIdentifierParts
}

/// What a reference to an exported function is made of.
struct ExternalExportParts {
  var module: ExternalReader.Name
  var function: ExternalReader.Name
  var arity: Int
}

extension ExternalReader {
  /// Reads `module:function/arity`, whose tag was read.
  @inline(never)
  mutating func export() throws(ExternalFormatError) -> ExternalExportParts {
    let at = offset - 1
    let module = try name(or: .badFun, offset: at)
    let function = try name(or: .badFun, offset: at)
    let arity = try smallInteger(or: .badFun, offset: at)
    guard arity >= 0 else { throw .init(.badFun, offset: at) }
    return ExternalExportParts(
      module: module, function: function, arity: Int(UInt32(truncatingIfNeeded: arity)))
  }

  /// Reads a local fun, whose tag was read, up to its free variables.
  ///
  /// The size in bytes that it claims is not looked at, as in OTP: its parts say where it ends.
  @inline(never)
  mutating func fun() throws(ExternalFormatError) -> ExternalFunParts {
    let at = offset - 1
    try skip(4)
    let arity = Int(try byte())
    let digest = LocalFunName.Digest(
      upper: try number(UInt64.self), lower: try number(UInt64.self))
    let index = Int(try number(UInt32.self))
    let free = Int(try number(UInt32.self))
    guard free <= 255 else { throw .init(.badFun, offset: at) }
    let module = try name(or: .badFun, offset: at)
    let oldIndex = try smallInteger(or: .badFun, offset: at)
    let oldUnique = try smallInteger(or: .badFun, offset: at)
    let tag = try byte()
    guard tag == ExternalTag.pid || tag == ExternalTag.newPid else {
      throw .init(.badFun, offset: at)
    }
    let creator = try identifier(tag)
    guard free <= remaining else { throw truncated }
    return ExternalFunParts(
      arity: arity, digest: digest, index: index, free: free, module: module,
      oldIndex: Int(Int32(truncatingIfNeeded: oldIndex)),
      oldUnique: Int(Int32(truncatingIfNeeded: oldUnique)), creator: creator)
  }

  /// Reads an integer that fits a small, or refuses with a reason what is none.
  private mutating func smallInteger(
    or reason: ExternalFormatError.Reason, offset at: Int
  ) throws(ExternalFormatError) -> Int {
    switch try byte() {
    case ExternalTag.smallInteger: return Int(try byte())
    case ExternalTag.integer: return Int(try number(Int32.self))
    case ExternalTag.smallBig:
      if let small = try digits(byteCount: Int(try byte())).small { return small.smallValue }
      throw .init(reason, offset: at)
    default: throw .init(reason, offset: at)
    }
  }
}

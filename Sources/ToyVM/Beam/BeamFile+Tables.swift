import Tenure

/// Reads the tables of a module, each a chunk.
extension BeamFile {
  /// Reads the names of atoms. OTP 28 writes the count negated and the lengths as compact terms.
  static func readAtoms(_ chunk: BeamReader) throws(BeamError) -> [String] {
    var chunk = chunk
    let signed = Int(Int32(truncatingIfNeeded: try chunk.word()))
    let count = abs(signed)
    guard count <= chunk.remaining else {
      throw chunk.corrupt("\(count) names in \(chunk.remaining) bytes", at: 0)
    }
    guard count > 0 else { throw chunk.corrupt("a module without a name", at: 0) }
    var atoms = [""]
    atoms.reserveCapacity(count + 1)
    for _ in 0..<count {
      let byteCount = signed < 0 ? try chunk.compactLength() : Int(try chunk.byte())
      atoms.append(try chunk.text(byteCount: byteCount))
    }
    return atoms
  }

  /// Reads the instructions behind their header.
  mutating func readCode(_ chunk: BeamReader) throws(BeamError) {
    var chunk = chunk
    let headerBytes = try chunk.word()
    guard headerBytes >= 16 else { throw chunk.corrupt("a header of \(headerBytes) bytes", at: 0) }
    let format = try chunk.word()
    guard format == 0 else { throw .unsupportedCodeFormat(format) }
    highestOpcode = try chunk.word()
    guard highestOpcode <= GenericOpcode.highest else {
      throw .unsupportedOpcode(highestOpcode, offset: 0)
    }
    labelCount = try chunk.word()
    functionCount = try chunk.word()
    _ = try chunk.skip(headerBytes - 16)
    code = chunk.takeRest()
    // A label takes 2 bytes, and a function has one: so nothing is sized by a false count.
    guard labelCount <= code.count / 2 + 1 else {
      throw chunk.corrupt("\(labelCount) labels in \(code.count) bytes", at: 12)
    }
    guard functionCount <= labelCount else {
      throw chunk.corrupt("\(functionCount) functions with \(labelCount) labels", at: 16)
    }
  }

  /// Reads the functions called by name.
  mutating func readImports(_ chunk: BeamReader) throws(BeamError) {
    var chunk = chunk
    let count = try chunk.count(ofEntries: 12)
    imports.reserveCapacity(count)
    for _ in 0..<count {
      imports.append(
        Import(
          module: try atom(&chunk), function: try atom(&chunk),
          arity: try number(&chunk, "arity", below: 256)))
    }
  }

  /// Reads a table of this module's functions.
  func functions(_ chunk: BeamReader) throws(BeamError) -> [Function] {
    var chunk = chunk
    let count = try chunk.count(ofEntries: 12)
    var functions: [Function] = []
    functions.reserveCapacity(count)
    for _ in 0..<count {
      functions.append(
        Function(
          name: try atom(&chunk), arity: try number(&chunk, "arity", below: 256),
          label: try label(&chunk)))
    }
    return functions
  }

  /// Reads the functions of closures.
  mutating func readLambdas(_ chunk: BeamReader) throws(BeamError) {
    var chunk = chunk
    let count = try chunk.count(ofEntries: 24)
    lambdas.reserveCapacity(count)
    for _ in 0..<count {
      let at = chunk.offset
      let lambda = Lambda(
        function: try atom(&chunk), totalArity: try number(&chunk, "arity", below: 256),
        label: try label(&chunk), index: try chunk.word(), freeCount: try chunk.word(),
        uniq: try chunk.word())
      guard lambda.freeCount <= lambda.totalArity else {
        throw chunk.corrupt("\(lambda.freeCount) free of \(lambda.totalArity) arguments", at: at)
      }
      lambdas.append(lambda)
    }
  }

  /// Unpacks the literals and finds where each stands. An unpacked size of 0 says that they are
  /// not packed (OTP 28).
  mutating func readLiterals(_ chunk: BeamReader) throws(BeamError) {
    var chunk = chunk
    let byteCount = try chunk.word()
    let packed = chunk.takeRest()
    if byteCount == 0 {
      literalBytes = packed
    } else {
      let unpacked = packed.withUnsafeBytes { bytes in
        Result { () throws(InflateError) in
          try Inflate.zlib(
            bytes, expectedByteCount: byteCount, limit: Self.unpackedLimit)
        }
      }
      switch unpacked {
      case .success(let bytes): literalBytes = bytes
      case .failure(let error): throw .badCompression(chunk: chunk.chunk, error)
      }
    }
    var table = BeamReader(chunk: chunk.chunk, bytes: literalBytes)
    let count = try table.count(ofEntries: 4)
    literals.reserveCapacity(count)
    for _ in 0..<count { literals.append(try table.skip(try table.word())) }
  }

  // MARK: - Fields

  private func atom(_ chunk: inout BeamReader) throws(BeamError) -> Int {
    let at = chunk.offset
    let index = try chunk.word()
    guard index > 0, index < atoms.count else {
      throw chunk.corrupt("the atom \(index) of \(atoms.count - 1)", at: at)
    }
    return index
  }

  private func label(_ chunk: inout BeamReader) throws(BeamError) -> Int {
    let at = chunk.offset
    let label = try chunk.word()
    guard label > 0, label < labelCount else {
      throw chunk.corrupt("the label \(label), which is not below \(labelCount)", at: at)
    }
    return label
  }

  private func number(
    _ chunk: inout BeamReader, _ name: String, below limit: Int
  ) throws(BeamError) -> Int {
    let at = chunk.offset
    let number = try chunk.word()
    guard number < limit else { throw chunk.corrupt("the \(name) \(number)", at: at) }
    return number
  }
}

import Tenure

/// Reads the container: an IFF form `FOR1` of the type `BEAM` (`beam_file.c` of OTP 25, and the
/// differences of 26 to 28).
///
/// ```
/// | "FOR1" | size | "BEAM" | id | size | data, filled up to 4 | id | size | data ...
/// ```
extension BeamFile {
  /// The most bytes that a compressed file or chunk may unpack to.
  static var unpackedLimit: Int { 1 << 28 }

  /// Reads a module's file, which may be compressed as a whole (gzip).
  /// - Throws: ``BeamError`` for bytes that are no module.
  init(bytes file: [UInt8]) throws(BeamError) {
    let bytes = try Self.unpackFile(file)
    let chunks = try Self.chunks(of: bytes)
    func reader(_ chunk: String) -> BeamReader? {
      chunks[chunk].map { BeamReader(chunk: chunk, bytes: bytes, range: $0) }
    }
    func required(_ chunk: String) throws(BeamError) -> BeamReader {
      guard let reader = reader(chunk) else { throw .missingChunk(chunk) }
      return reader
    }
    let atoms = try Self.readAtoms(try required("AtU8"))
    self.init(atoms: atoms, lines: LineTable(module: atoms[1]))
    try readCode(try required("Code"))
    try readImports(try required("ImpT"))
    exports = try functions(try required("ExpT"))
    if let chunk = reader("LocT") { locals = try functions(chunk) }
    if let chunk = reader("FunT") { try readLambdas(chunk) }
    if let chunk = reader("LitT") { try readLiterals(chunk) }
    if let chunk = reader("Line") { try lines.read(chunk) }
    if var chunk = reader("StrT") { strings = chunk.takeRest() }
    if var chunk = reader("Attr") { attributes = chunk.takeRest() }
    if var chunk = reader("CInf") { compileInfo = chunk.takeRest() }
    digest = Self.md5(of: chunks, in: bytes)
  }

  /// The MD5 sum that OTP takes of a module (`beam_lib:md5/1`, `module_info(md5)`): of these chunks
  /// in this order, with zeros in place of the last word of each closure's entry, which tells of other
  /// versions of the compiler.
  private static func md5(of chunks: [String: Range<Int>], in bytes: [UInt8]) -> [UInt8] {
    var sum = MD5()
    let entryBytes = 24
    for name in ["AtU8", "Code", "StrT", "ImpT", "ExpT", "FunT", "LitT", "Meta"] {
      guard let range = chunks[name] else { continue }
      var data = Array(bytes[range])
      if name == "FunT" {
        for place in stride(from: 4 + entryBytes, through: data.count, by: entryBytes) {
          data.replaceSubrange(place - 4..<place, with: repeatElement(0, count: 4))
        }
      }
      data.withUnsafeBytes { sum.update($0) }
    }
    return sum.finish()
  }

  private static func unpackFile(_ file: [UInt8]) throws(BeamError) -> [UInt8] {
    let unpacked: Result<[UInt8], InflateError>? = file.withUnsafeBytes { bytes in
      guard Inflate.isGzip(bytes) else { return nil }
      return Result { () throws(InflateError) in
        try Inflate.gzip(bytes, limit: unpackedLimit)
      }
    }
    switch unpacked {
    case nil: return file
    case .success(let bytes): return bytes
    case .failure(let error): throw .badCompression(chunk: "FOR1", error)
    }
  }

  /// The places of the chunks' data in the file, by name.
  static func chunks(of bytes: [UInt8]) throws(BeamError) -> [String: Range<Int>] {
    guard bytes.starts(with: "FOR1".utf8) else { throw .notABeamFile }
    var size = BeamReader(chunk: "FOR1", bytes: bytes)
    _ = try size.word()
    let formEnd = 8 + (try size.word())
    guard formEnd <= bytes.count else { throw .truncated(chunk: "FOR1", offset: bytes.count) }
    guard bytes[8...].starts(with: "BEAM".utf8) else { throw .notABeamFile }
    var chunks: [String: Range<Int>] = [:]
    guard formEnd >= 12 else { throw .truncated(chunk: "FOR1", offset: formEnd) }
    var form = BeamReader(chunk: "FOR1", bytes: bytes, range: 0..<formEnd)
    _ = try form.skip(12)
    while form.remaining > 0 {
      let at = form.offset
      guard let name = String(validating: try form.take(4), as: Unicode.ASCII.self) else {
        throw form.corrupt("a chunk without a name", at: at)
      }
      let data = try form.skip(try form.word())
      guard chunks.updateValue(data, forKey: name) == nil else {
        throw form.corrupt("a second chunk \(name)", at: at)
      }
      // The last chunk may end without being filled up.
      _ = try form.skip(min(-data.count & 3, form.remaining))
    }
    return chunks
  }
}

/// Builds terms of their encoding in the external term format.
///
/// Two passes, both without recursion: ``measure(_:)`` checks everything that can be checked without
/// building and counts words; after room for them was ensured, ``decode(_:into:)`` builds.
/// Decoded are integers, floats, atoms, tuples, lists, binaries (onto the heap, whatever their
/// size), maps of up to 32 keys, and references to exported functions; also compressed.
public struct ExternalDecoder {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  let funs: (any FunResolver)?
  let order: TermOrder

  /// The most bytes that a compressed term may unpack to.
  static var unpackedLimit: Int { 1 << 30 }

  /// Makes a decoder.
  ///
  /// - Parameters:
  ///   - atoms: where names become atoms.
  ///   - scratch: where working memory comes from.
  ///   - funs: who resolves references to functions; without it they are refused.
  ///   - naming: who names funs, by which keys of maps are sorted: the same as everywhere else.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunResolver)? = nil,
    naming: (any FunNaming)? = nil
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    order = TermOrder(atoms: atoms, scratch: scratch, funs: naming)
  }

  /// Checks an encoded term and counts the words that it takes on a heap.
  ///
  /// Takes no memory but for compressed terms, and makes no atoms. O(bytes).
  /// - Parameter bytes: the term, from its version byte on; more may stand behind it.
  /// - Throws: ``ExternalFormatError`` for bytes that are no such term. A map that has a key twice
  ///   is noticed only by ``decode(_:into:)``.
  /// - Returns: the words of the term, and the bytes of its encoding.
  public func measure(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ExternalFormatError) -> (words: Int, byteCount: Int) {
    guard let packed = try compressedPart(of: bytes) else {
      let end = try measure(bytes, from: 1)
      return (end.words, end.offset)
    }
    let (unpacked, byteCount) = try unpack(packed, of: bytes)
    let words = try withBytes(of: unpacked) { (inner) throws(ExternalFormatError) in
      try measure(inner, from: 0).words
    }
    return (words, byteCount)
  }

  /// Builds an encoded term.
  ///
  /// - Parameters:
  ///   - bytes: the term, from its version byte on; more may stand behind it.
  ///   - cursor: where to build; moved only if the term was built.
  /// - Precondition: the cursor has room for the words that ``measure(_:)`` counted.
  /// - Throws: ``ExternalFormatError`` for bytes that are no such term, and where an atom or working
  ///   memory is refused.
  /// - Returns: the term.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, into cursor: inout WordCursor
  ) throws(ExternalFormatError) -> Term {
    var building = cursor
    let term: Term
    if let packed = try compressedPart(of: bytes) {
      let (unpacked, _) = try unpack(packed, of: bytes)
      term = try withBytes(of: unpacked) { (inner) throws(ExternalFormatError) in
        try build(inner, from: 0, at: &building)
      }
    } else {
      term = try build(bytes, from: 1, at: &building)
    }
    cursor = building
    return term
  }

  // MARK: - Compressed terms

  /// Checks the version byte; for a compressed term, the size it claims to unpack to.
  private func compressedPart(
    of bytes: UnsafeRawBufferPointer
  ) throws(ExternalFormatError) -> Int? {
    var reader = ExternalReader(bytes, offset: 0)
    let version = try reader.byte()
    guard version == ExternalTag.version else { throw .init(.badVersion(version), offset: 0) }
    guard try reader.byte() == ExternalTag.compressed else { return nil }
    return Int(try reader.number(UInt32.self))
  }

  private func unpack(
    _ unpackedBytes: Int, of bytes: UnsafeRawBufferPointer
  ) throws(ExternalFormatError) -> (bytes: [UInt8], inputByteCount: Int) {
    let header = 6
    do {
      let stream = UnsafeRawBufferPointer(rebasing: bytes[header...])
      let unpacked = try Inflate.zlibPrefix(
        stream, expectedByteCount: unpackedBytes, limit: Self.unpackedLimit)
      return (unpacked.bytes, header + unpacked.inputByteCount)
    } catch {
      throw .init(.compression(error), offset: header)
    }
  }

  private func withBytes<Value>(
    of array: [UInt8],
    _ body: (UnsafeRawBufferPointer) throws(ExternalFormatError) -> Value
  ) throws(ExternalFormatError) -> Value {
    let result = array.withUnsafeBytes { bytes in
      Result { () throws(ExternalFormatError) in try body(bytes) }
    }
    return try result.get()
  }
}

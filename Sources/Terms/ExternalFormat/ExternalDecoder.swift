/// Builds terms of their encoding in the external term format, as `binary_to_term/2` of OTP 25.
///
/// Two passes, both without recursion: ``measure(_:)`` checks everything that can be checked without
/// building and counts words; after room for them was ensured,
/// ``decode(_:into:list:)`` builds. All tags are known that OTP 25 knows, compressed terms included.
/// A class, so that what holds on to it for one term copies one reference.
public final class ExternalDecoder {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  let funs: (any FunResolver)?
  let binaries: (any BinaryProvider)?
  let order: TermOrder
  let isSafe: Bool
  let node: Node?
  /// The name of this node in UTF-8; as long as `atoms` or the program lives.
  let nodeName: UnsafeRawBufferPointer

  /// The most bytes that a compressed term may unpack to.
  static var unpackedLimit: Int { 1 << 30 }

  /// Makes a decoder.
  ///
  /// - Parameters:
  ///   - atoms: where names become atoms.
  ///   - scratch: where working memory comes from.
  ///   - funs: who resolves funs; without it they are refused.
  ///   - naming: who names funs, by which keys of maps are sorted: the same as everywhere else.
  ///   - binaries: where binaries of more than 64 bytes stand; without it they stand on the heap.
  ///   - node: this node, whose pids, ports and references become local ones; without it
  ///     `nonode@nohost`.
  ///   - isSafe: refuse atoms and references to functions that are not there yet.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunResolver)? = nil,
    naming: (any FunNaming)? = nil, binaries: (any BinaryProvider)? = nil, node: Node? = nil,
    isSafe: Bool = false
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    self.binaries = binaries
    self.isSafe = isSafe
    self.node = node
    nodeName = node.map { atoms.nameBytes(of: $0.name) } ?? ExternalNode.defaultName
    order = TermOrder(atoms: atoms, scratch: scratch, funs: naming, localNode: node)
  }

  /// Checks an encoded term and counts the words that it takes on a heap.
  ///
  /// Takes no memory but for compressed terms, and makes no atoms. O(bytes).
  /// - Parameter bytes: the term, from its version byte on; more may stand behind it.
  /// - Throws: ``ExternalFormatError`` for bytes that are no such term. A name that is no atom's, a
  ///   fun that is not known and a map that has a key twice are noticed only by
  ///   ``decode(_:into:list:)``.
  /// - Returns: the most words that the term takes (all but those of a map of many keys are taken),
  ///   and the bytes of its encoding.
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
  ///   - list: of the heap that the cursor builds on; changed only if the term was built.
  /// - Precondition: the cursor has room for the words that ``measure(_:)`` counted.
  /// - Throws: ``ExternalFormatError`` for bytes that are no such term, and where an atom, a binary
  ///   or working memory is refused; nothing is then held.
  /// - Returns: the term.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, into cursor: inout WordCursor, list: inout OffHeapList
  ) throws(ExternalFormatError) -> Term {
    var builder = ExternalBuilder(decoder: self, cursor: cursor, list: list)
    let term: Term
    do {
      if let packed = try compressedPart(of: bytes) {
        let (unpacked, _) = try unpack(packed, of: bytes)
        term = try withBytes(of: unpacked) { (inner) throws(ExternalFormatError) in
          try builder.build(inner, from: 0)
        }
      } else {
        term = try builder.build(bytes, from: 1)
      }
    } catch {
      builder.releaseBinaries(before: list)
      throw error
    }
    cursor = builder.cursor
    list = builder.list
    return term
  }

  /// Builds an encoded term whose binaries all stand on the heap.
  ///
  /// - Parameters:
  ///   - bytes: the term, from its version byte on; more may stand behind it.
  ///   - cursor: where to build; moved only if the term was built.
  /// - Precondition: the cursor has room for the words that ``measure(_:)`` counted, and the decoder
  ///   was made without `binaries`.
  /// - Throws: ``ExternalFormatError`` as ``decode(_:into:list:)``.
  /// - Returns: the term.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, into cursor: inout WordCursor
  ) throws(ExternalFormatError) -> Term {
    precondition(binaries == nil, "binaries outside the heap need its list")
    var list = OffHeapList()
    return try decode(bytes, into: &cursor, list: &list)
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

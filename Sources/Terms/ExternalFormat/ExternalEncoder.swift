/// Encodes terms in the external term format, byte for byte as `term_to_binary/2` of OTP 25.
///
/// Two passes, both without recursion: ``byteCount(of:)`` is exact, and ``write(_:to:)`` fills so
/// many bytes. What is shared in a term is written as often as it is met.
/// A class, so that what holds on to it for one term copies one reference.
public final class ExternalEncoder {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  let funs: (any FunNaming)?
  let node: Node?
  let options: ExternalEncodingOptions
  let order: TermOrder
  /// The encoding of this node's name with its tag.
  let nodeAtom: [UInt8]

  /// Makes an encoder.
  ///
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: where working memory comes from.
  ///   - funs: who names funs; without it they are refused.
  ///   - node: this node, which made the local pids, ports and references; without it
  ///     `nonode@nohost`.
  ///   - options: how to encode.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil,
    node: Node? = nil, options: ExternalEncodingOptions = ExternalEncodingOptions()
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    self.node = node
    self.options = options
    order = TermOrder(atoms: atoms, scratch: scratch, funs: funs, localNode: node)
    let name = node.map { atoms.nameBytes(of: $0.name) } ?? ExternalNode.defaultName
    nodeAtom = ExternalAtomForm(name, minorVersion: options.minorVersion).encoding(of: name)
  }

  /// The bytes of a term's encoding without compression, the version byte included.
  /// - Throws: ``ExternalEncodeError`` for a fun without a name, and where working memory is refused.
  /// - Complexity: O(words of the term when nothing in it is shared).
  public func byteCount(of term: Term) throws(ExternalEncodeError) -> Int {
    var sizing = ExternalTraversal(encoder: self, sink: ExternalSizing())
    try sizing.encode(term)
    return 1 + sizing.sink.position
  }

  /// Writes the encoding of a term without compression, from the version byte on.
  /// - Parameters:
  ///   - term: the term.
  ///   - buffer: of exactly ``byteCount(of:)`` bytes.
  /// - Throws: ``ExternalEncodeError`` as ``byteCount(of:)``.
  public func write(
    _ term: Term, to buffer: UnsafeMutableRawBufferPointer
  ) throws(ExternalEncodeError) {
    var writing = ExternalTraversal(encoder: self, sink: ExternalWriting(buffer))
    writing.sink.byte(ExternalTag.version)
    try writing.encode(term)
    precondition(
      writing.sink.position == buffer.count, "an encoding is not as long as it was measured")
  }

  /// The encoding of a term; compressed if the options say so and that makes it no longer.
  /// - Throws: ``ExternalEncodeError`` as ``byteCount(of:)``.
  public func encode(_ term: Term) throws(ExternalEncodeError) -> [UInt8] {
    let byteCount = try byteCount(of: term)
    var failure: ExternalEncodeError?
    let plain = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      do throws(ExternalEncodeError) {
        try write(term, to: UnsafeMutableRawBufferPointer(buffer))
        count = byteCount
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    if options.compressionLevel == 0 { return plain }
    return plain.withUnsafeBytes { compressed($0) } ?? plain
  }

  /// An encoding in its compressed form, or nothing where that would be longer.
  /// - Parameter plain: an encoding from its version byte on.
  public func compressed(_ plain: UnsafeRawBufferPointer) -> [UInt8]? {
    let inner = plain.count - 1
    guard inner > 0, inner <= UInt32.max else { return nil }
    let stream = Deflate.zlib(
      UnsafeRawBufferPointer(rebasing: plain[1...]), level: options.compressionLevel)
    guard 6 + stream.count <= plain.count else { return nil }
    var bytes = [ExternalTag.version, ExternalTag.compressed]
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: inner >> shift)) }
    bytes.append(contentsOf: stream)
    return bytes
  }
}

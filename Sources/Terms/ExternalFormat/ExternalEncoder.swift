/// Encodes terms in the external term format, byte for byte as `term_to_binary/2` of OTP 25.
///
/// One pass without recursion, into working memory that grows: measuring first would walk the term
/// twice. What is shared in a term is written as often as it is met.
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
  /// Memory of an earlier encoding.
  private var spare = UnsafeMutableRawBufferPointer(start: nil, count: 0)

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

  deinit { release(spare) }

  /// The bytes of a term's encoding without compression, the version byte included.
  /// - Throws: ``ExternalEncodeError`` for a fun without a name, and where working memory is refused.
  /// - Complexity: O(words of the term when nothing in it is shared).
  public func byteCount(of term: Term) throws(ExternalEncodeError) -> Int {
    var sizing = ExternalTraversal(encoder: self, sink: ExternalSizing())
    try sizing.encode(term)
    return 1 + sizing.sink.position
  }

  /// Encodes a term without compression, from the version byte on, for the caller to copy.
  /// - Throws: ``ExternalEncodeError`` as ``byteCount(of:)``.
  /// - Complexity: as ``byteCount(of:)``.
  public func encoded(_ term: Term) throws(ExternalEncodeError) -> EncodedTerm {
    var traversal = ExternalTraversal(encoder: self, sink: ExternalWriting(for: self))
    traversal.sink.byte(ExternalTag.version)
    try traversal.encode(term)
    if let refusal = traversal.sink.refusal { throw .scratch(refusal) }
    return EncodedTerm(traversal.sink)
  }

  /// The encoding of a term; compressed if the options say so and that makes it no longer.
  /// - Throws: ``ExternalEncodeError`` as ``byteCount(of:)``.
  public func encode(_ term: Term) throws(ExternalEncodeError) -> [UInt8] {
    let encoded = try encoded(term)
    let plain = [UInt8](unsafeUninitializedCapacity: encoded.byteCount) { buffer, count in
      encoded.copy(to: UnsafeMutableRawBufferPointer(buffer))
      count = encoded.byteCount
    }
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

// MARK: - Working memory

extension ExternalEncoder {
  /// What an encoding begins with, in bytes.
  static var leastMemory: Int { 4 << 10 }
  /// The most bytes that are kept for the next encoding.
  private static var mostSpare: Int { 64 << 10 }

  /// Memory for an encoding; empty where there is none.
  func takeSpare() -> UnsafeMutableRawBufferPointer {
    defer { spare = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    return spare
  }

  /// Takes back the memory of an encoding.
  func keepSpare(_ memory: UnsafeMutableRawBufferPointer) {
    if memory.count > Self.mostSpare || spare.count > 0 { return release(memory) }
    spare = memory
  }

  private func release(_ memory: UnsafeMutableRawBufferPointer) {
    guard memory.count > 0, let start = memory.baseAddress else { return }
    scratch.freeScratch(start, byteCount: memory.count)
  }
}

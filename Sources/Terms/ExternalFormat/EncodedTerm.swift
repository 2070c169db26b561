/// A term in the external term format, in an encoder's working memory, which it gives back at its
/// end.
///
/// Long binaries of the term are not in it but linked, so it lasts no longer than they do.
public struct EncodedTerm: ~Copyable {
  private let writing: ExternalWriting

  init(_ writing: consuming ExternalWriting) { self.writing = writing }

  /// The bytes of the encoding, the version byte included.
  public var byteCount: Int { writing.position }

  /// Copies the encoding.
  /// - Parameter buffer: of exactly ``byteCount`` bytes.
  public func copy(to buffer: UnsafeMutableRawBufferPointer) {
    guard buffer.count == byteCount, let start = buffer.baseAddress else {
      preconditionFailure("\(buffer.count) bytes for an encoding of \(byteCount)")
    }
    writing.copy(to: start)
  }
}

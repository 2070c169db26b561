/// Bytes that are no term in the external term format, or none that can be built here.
public struct ExternalFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The bytes end before the term does.
    case truncated
    /// The first byte is not the version of the format, 131.
    case badVersion(UInt8)
    /// A term of a kind that is not decoded.
    case unsupportedTag(UInt8)
    /// An atom that cannot be made.
    case atom(AtomError)
    /// A float that is no finite number.
    case badFloat
    /// A reference to a function whose parts are no atoms and no arity.
    case badFun
    /// A reference to a function, where nobody was given to resolve it.
    case noFunResolver
    /// A map with the same key twice.
    case duplicateKey
    /// A map of more keys than are decoded.
    case unsupportedMapSize(Int)
    /// A compressed term that cannot be unpacked.
    case compression(InflateError)
    /// No working memory was to be had.
    case scratch(ScratchExhausted)
  }

  /// What is wrong.
  public let reason: Reason
  /// Where it stands, in bytes from the start; in a compressed term, from the start of what was
  /// unpacked.
  public let offset: Int

  /// Makes an error of a reason and an offset in bytes.
  public init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// The error in a line.
  public var description: String { "external term, byte \(offset): \(reason.text)" }
}

extension ExternalFormatError.Reason {
  fileprivate var text: String {
    switch self {
    case .truncated: "the bytes end before the term"
    case .badVersion(let version): "the version is \(version), not 131"
    case .unsupportedTag(let tag): "a term of the unsupported tag \(tag)"
    case .atom(let error): "an atom that cannot be made: \(error)"
    case .badFloat: "no finite float"
    case .badFun: "no function reference"
    case .noFunResolver: "a function reference, which nobody resolves"
    case .duplicateKey: "a map with a key twice"
    case .unsupportedMapSize(let size): "a map of \(size) keys, which is not supported"
    case .compression(let error): "\(error)"
    case .scratch(let error): "no working memory of \(error.requestedBytes) bytes"
    }
  }
}

/// Bytes that are no term in the external term format, or none that can be built here.
public struct ExternalFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The bytes end before the term does.
    case truncated
    /// The first byte is not the version of the format, 131.
    case badVersion(UInt8)
    /// A tag that begins no term, or one of the old ones that OTP 25 refuses as well.
    case unsupportedTag(UInt8)
    /// An atom that cannot be made.
    case atom(AtomError)
    /// An atom that is not there yet, where none may be made.
    case newAtom
    /// A float that is no finite number.
    case badFloat
    /// A bit string whose last byte has not 1 to 8 bits.
    case badBitString
    /// A pid, port or reference with a number out of bounds or a node that is no atom.
    case badIdentifier
    /// A fun whose parts are not what a fun has.
    case badFun
    /// A fun, where nobody was given to resolve it.
    case noFunResolver
    /// A fun that nobody knows.
    case unknownFun
    /// A map with the same key twice.
    case duplicateKey
    /// A map whose keys were chosen so that it takes more words than were counted: at least so
    /// many in all. With so many ensured it may be decoded again.
    case moreWords(Int)
    /// A compressed term that cannot be unpacked.
    case compression(InflateError)
    /// No memory was to be had for a binary outside the heap.
    case binary(BinaryRefused)
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
    case .newAtom: "an atom that does not exist yet"
    case .badFloat: "no finite float"
    case .badBitString: "a bit string whose last byte has not 1 to 8 bits"
    case .badIdentifier: "no pid, port or reference"
    case .badFun: "no fun"
    case .noFunResolver: "a fun, which nobody resolves"
    case .unknownFun: "a fun that is not known"
    case .duplicateKey: "a map with a key twice"
    case .moreWords(let words): "a map of such keys that the term takes at least \(words) words"
    case .compression(let error): "\(error)"
    case .binary(let error): "no memory for a binary of \(error.requestedBytes) bytes"
    case .scratch(let error): "no working memory of \(error.requestedBytes) bytes"
    }
  }
}

/// A term that cannot be encoded.
public enum ExternalEncodeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A fun that nobody names, by its entry word.
  case unnamedFun(entry: UInt)
  /// A binary, a list, a fun or a big integer of 2^32 bytes or elements or more.
  case tooLarge
  /// No working memory was to be had.
  case scratch(ScratchExhausted)

  /// The error in a line.
  public var description: String {
    switch self {
    case .unnamedFun(let entry): "the fun of the entry \(entry) has no name"
    case .tooLarge: "a part of the term has 2^32 bytes or elements or more"
    case .scratch(let error): "no working memory of \(error.requestedBytes) bytes"
    }
  }
}

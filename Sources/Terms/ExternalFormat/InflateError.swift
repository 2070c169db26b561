/// Compressed bytes that cannot be unpacked: what is wrong, and where.
public struct InflateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the bytes.
  public enum Reason: Equatable, Sendable {
    /// The input ends too early.
    case truncated
    /// The header is not that of the container.
    case badHeader
    /// A block is of the type 3, which does not exist.
    case badBlockType
    /// The two copies of the length of a stored block disagree.
    case badStoredLength
    /// The lengths of a dynamic block's codes make no prefix code.
    case badCodeLengths
    /// Bits that are no code of the block.
    case badCode
    /// A copy from before the start of the output.
    case badDistance
    /// The checksum of the output is not the recorded one.
    case badChecksum
    /// The output is not as long as it should be.
    case wrongLength
    /// The output would exceed the caller's limit.
    case limitExceeded
  }

  /// What is wrong.
  public let reason: Reason
  /// The bytes of input read when it was noticed.
  public let offset: Int

  /// Makes the error of a reason and an offset in bytes.
  public init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// The error in a line.
  public var description: String {
    "compressed data, byte \(offset): \(reason.text)"
  }
}

extension InflateError.Reason {
  fileprivate var text: String {
    switch self {
    case .truncated: "the input ends too early"
    case .badHeader: "no header of this format"
    case .badBlockType: "unknown type of block"
    case .badStoredLength: "the lengths of a stored block disagree"
    case .badCodeLengths: "the code lengths make no prefix code"
    case .badCode: "bits that are no code"
    case .badDistance: "a copy from before the start"
    case .badChecksum: "wrong checksum"
    case .wrongLength: "the output has not the expected length"
    case .limitExceeded: "the output exceeds the limit"
    }
  }
}

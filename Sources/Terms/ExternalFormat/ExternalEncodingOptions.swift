/// How `term_to_binary/2` of OTP 25 encodes.
public struct ExternalEncodingOptions: Equatable, Sendable {
  /// What the reader of an encoding understands.
  public enum MinorVersion: Int, Sendable {
    /// Floats as text.
    case zero = 0
    /// Floats of eight bytes; atoms in Latin-1 where their characters allow it.
    case one = 1
    /// All atoms in UTF-8.
    case two = 2
  }

  /// What the reader understands.
  public var minorVersion = MinorVersion.one
  /// Whether equal terms have equal encodings: the keys of all maps in order.
  public var isDeterministic = false
  /// The level of compression, 0 (none) to 9.
  public var compressionLevel = 0 {
    didSet { precondition(0...9 ~= compressionLevel, "the level \(compressionLevel)") }
  }
  /// The level that `compressed` alone asks for.
  public static var defaultCompressionLevel: Int { 6 }

  /// Makes the options that `term_to_binary/1` uses.
  public init() {}
}

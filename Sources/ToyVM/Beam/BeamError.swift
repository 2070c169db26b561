import Tenure

/// A file that is no module this machine can load: what is wrong, and where.
public enum BeamError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file does not begin as a compiled module does.
  case notABeamFile
  /// The file, or its literals, are compressed and cannot be unpacked.
  case badCompression(chunk: String, InflateError)
  /// A chunk, or the file (`FOR1`), ends too early; the offset counts bytes from the chunk's data.
  case truncated(chunk: String, offset: Int)
  /// A chunk holds what it must not; the offset counts bytes from the start of the chunk's data.
  case corrupt(chunk: String, offset: Int, reason: String)
  /// A chunk that every module has is not there.
  case missingChunk(String)
  /// The code is in another format than that of OTP 25 to 28.
  case unsupportedCodeFormat(Int)
  /// An instruction that this machine does not know; the offset counts bytes of code.
  case unsupportedOpcode(Int, offset: Int)

  /// The error in a line.
  public var description: String {
    switch self {
    case .notABeamFile: "not a compiled Erlang module"
    case .badCompression(let chunk, let error): "chunk \(chunk): \(error)"
    case .truncated(let chunk, let offset): "chunk \(chunk) ends too early, at byte \(offset)"
    case .corrupt(let chunk, let offset, let reason):
      "chunk \(chunk) is corrupt at byte \(offset): \(reason)"
    case .missingChunk(let name): "the module has no chunk \(name)"
    case .unsupportedCodeFormat(let format): "unknown code format \(format)"
    case .unsupportedOpcode(let opcode, let offset):
      "unknown instruction \(opcode) at byte \(offset) of the code"
        + (opcode > GenericOpcode.highest ? ": the module was made by a newer compiler" : "")
    }
  }
}

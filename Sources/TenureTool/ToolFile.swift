import Glibc

/// Files as a whole.
enum ToolFile {
  /// Why a file could not be read or written.
  struct Failure: Error, Equatable, CustomStringConvertible {
    let description: String

    static var ofLastCall: Failure { unsafe Failure(description: String(cString: strerror(errno))) }
  }

  /// The most bytes of a file, and an end to files that have none.
  private static var largestByteCount: Int { 1 << 30 }

  /// Reads all bytes of a file.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else { throw .ofLastCall }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = unsafe piece.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .ofLastCall }
      if got == 0 { return bytes }
      guard bytes.count + got <= largestByteCount else {
        throw Failure(description: "larger than \(largestByteCount) bytes")
      }
      bytes.append(contentsOf: piece[..<got])
    }
  }

  /// Writes all bytes to a file, in place of what it held.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else { throw .ofLastCall }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let failure = Failure.ofLastCall
        close(file)
        throw failure
      }
      rest.removeFirst(count)
    }
    guard close(file) == 0 else { throw .ofLastCall }
  }
}

import Glibc

/// Files as a whole.
enum FileBytes {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The most bytes of a file: far beyond any module, and an end to files that have none.
  private static var largestByteCount: Int { 64 << 20 }

  /// Reads all bytes of a file.
  static func read(_ path: String) throws(LoadError) -> [UInt8] {
    func failure() -> LoadError {
      .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = piece.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      guard got >= 0 else { throw failure() }
      if got == 0 { return bytes }
      guard bytes.count + got <= largestByteCount else {
        throw .unreadable(path: path, reason: "larger than \(largestByteCount) bytes")
      }
      bytes.append(contentsOf: piece[..<got])
    }
  }
}

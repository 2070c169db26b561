import Glibc

/// Files as a whole.
enum FileBytes {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Reads all bytes of a file.
  static func read(_ path: String) throws(LoadError) -> [UInt8] {
    func failure() -> LoadError {
      .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    var bytes: [UInt8] = []
    let step = 1 << 16
    while true {
      let count = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: step))
      let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, step) }
      guard got >= 0 else { throw failure() }
      bytes.removeLast(step - got)
      if got == 0 { return bytes }
    }
  }
}

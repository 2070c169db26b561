import Glibc

/// The two streams of the tool, written to in whole pieces.
enum TextOutput: Int32 {
  case standard = 1
  case error = 2

  /// Writes a line, behind all that the program itself wrote.
  /// - Returns: whether all of it could be written.
  @discardableResult
  func writeLine(_ line: String) -> Bool {
    fflush(nil)
    var rest = Array(line.utf8)[...]
    rest.append(0x0A)
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe write(rawValue, bytes.baseAddress, bytes.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      rest.removeFirst(count)
    }
    return true
  }

  /// Writes one line about a failure of the tool, whatever the text has in it.
  static func complain(_ problem: String) {
    let line = problem.split(whereSeparator: \.isNewline).joined(separator: " ")
    error.writeLine("tenure: \(line)")
  }
}

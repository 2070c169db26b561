import Glibc

/// Where a process writes that answers requests for output, and the standard input, read as far as
/// was asked for.
final class StandardDevice: @unchecked Sendable {
  // Unchecked: the process that answers the requests has it alone.
  private let output: Int32
  private var bytes: [UInt8] = []
  private var start = 0
  private var hasEnded = false

  /// Makes a device.
  /// - Parameter output: the descriptor of the file that is written.
  init(output: Int32) { self.output = output }

  /// Writes bytes; false where that failed.
  func write(_ text: [UInt8]) -> Bool {
    fflush(nil)  // What was printed before stands before.
    var rest = text[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  /// The next line with its end, or what is left; nothing at the end of the input.
  func line() -> [UInt8]? {
    var looked = start
    while true {
      if let end = bytes[looked...].firstIndex(of: UInt8(ascii: "\n")) { return take(to: end + 1) }
      looked = bytes.count
      if !readMore() { return start < bytes.count ? take(to: bytes.count) : nil }
    }
  }

  /// Puts bytes back that were not used.
  func putBack(_ unused: [UInt8]) {
    bytes.replaceSubrange(0..<start, with: unused)
    start = 0
  }

  private func take(to end: Int) -> [UInt8] {
    defer {
      start = end
      if start == bytes.count { (bytes, start) = ([], 0) }
    }
    return Array(bytes[start..<end])
  }

  /// Reads what there is; false at the end of the input, and where it cannot be read.
  private func readMore() -> Bool {
    if hasEnded { return false }
    var block = [UInt8](repeating: 0, count: 1 << 14)
    var count = 0
    repeat {
      count = block.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
    } while count < 0 && errno == EINTR
    hasEnded = count <= 0
    if count > 0 { bytes.append(contentsOf: block[..<count]) }
    return count > 0
  }
}

import Glibc
import Synchronization
import Terms

/// Writes a log beside the place where it is to stand, and puts it there when it is whole: so a file
/// that was there before stays until then.
struct TermLogWriter: ~Copyable {
  private let path: String
  private let file: LogFile
  private var buffer: [UInt8] = []
  private var isFinished = false

  private static var bufferedByteCount: Int { 1 << 18 }
  /// Tells two writers of one path apart.
  private static let lastNumber = Atomic(0)

  init(_ path: String) throws(TableFileError) {
    self.path = path
    let number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    file = try LogFile("\(path).\(getpid()).\(number).new", flags: O_WRONLY | O_CREAT | O_TRUNC)
    buffer = TermLog.beginning + TermLog.closed
  }

  deinit {
    if !isFinished { unlink(file.path) }
  }

  /// Adds an item.
  mutating func append(_ bytes: [UInt8]) throws(TableFileError) {
    buffer += TermLog.bytes(of: bytes.count)
    buffer += TermLog.itemMark
    if bytes.count >= TermLog.digestedByteCount { buffer += TermLog.digest(ofSize: bytes.count) }
    buffer += bytes
    if buffer.count >= Self.bufferedByteCount { try flush() }
  }

  private mutating func flush() throws(TableFileError) {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file where it is to stand.
  /// - Parameter synchronizes: whether it is on the disk before.
  mutating func finish(synchronizes: Bool) throws(TableFileError) {
    try flush()
    if synchronizes { try file.synchronize() }
    if rename(file.path, path) != 0 { throw LogFile.failure(path) }
    isFinished = true
  }
}

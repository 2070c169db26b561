import Glibc
import Terms

/// Reads the items of a log, one after the other.
struct TermLogReader: ~Copyable {
  private let file: LogFile
  private let byteCount: Int
  private var buffer: [UInt8] = []
  /// Where the next byte stands in the buffer, and where the buffer's first stands in the file.
  private var next = 0
  private var base = 0

  private static var pieceByteCount: Int { 1 << 18 }

  var path: String { file.path }
  /// Where the next item begins in the file.
  var offset: Int { base + next }

  private init(file: consuming LogFile, byteCount: Int) {
    self.file = file
    self.byteCount = byteCount
  }

  /// Opens a log.
  /// - Throws: ``TableFileError/notALog(path:)`` for another file.
  static func open(_ path: String) throws(TableFileError) -> TermLogReader {
    let file = try LogFile(path, flags: O_RDONLY)
    let byteCount = try file.byteCount()
    var reader = TermLogReader(file: file, byteCount: byteCount)
    try reader.readBeginning()
    return reader
  }

  private mutating func readBeginning() throws(TableFileError) {
    let beginningBytes = TermLog.beginning.count + TermLog.closed.count
    if byteCount < beginningBytes { throw .notALog(path: path) }
    let bytes = try take(beginningBytes)
    let status = Array(bytes[TermLog.beginning.count...])
    if !bytes.starts(with: TermLog.beginning)
      || status != TermLog.closed && status != TermLog.open
    {
      throw .notALog(path: path)
    }
  }

  /// The next item; nothing at the end.
  /// - Throws: ``TableFileError/damaged(path:offset:what:)`` where it is none, or ends too early.
  mutating func nextItem() throws(TableFileError) -> [UInt8]? {
    let start = offset
    if start == byteCount { return nil }
    func damage(_ what: String) -> TableFileError {
      .damaged(path: file.path, offset: start, what: what)
    }
    if byteCount - start < 8 { throw damage("an item ends too early") }
    let header = try take(8)
    if Array(header[4...]) != TermLog.itemMark { throw damage("no item begins here") }
    let size = header[..<4].reduce(0) { $0 << 8 | Int($1) }
    let digestBytes = size >= TermLog.digestedByteCount ? TermLog.digestBytes : 0
    if byteCount - offset < size + digestBytes {
      throw damage("an item of \(size) bytes ends too early")
    }
    if digestBytes > 0, try take(digestBytes) != TermLog.digest(ofSize: size) {
      throw damage("the size of an item is damaged")
    }
    return try take(size)
  }

  /// The next bytes.
  /// - Precondition: the file had so many.
  private mutating func take(_ count: Int) throws(TableFileError) -> [UInt8] {
    while buffer.count - next < count {
      let missing = count - (buffer.count - next)
      let piece = try file.read(upTo: max(Self.pieceByteCount, missing))
      if piece.isEmpty {
        throw .damaged(path: file.path, offset: offset, what: "the file became shorter")
      }
      buffer.removeFirst(next)
      base += next
      next = 0
      buffer += piece
    }
    defer { next += count }
    return Array(buffer[next..<next + count])
  }
}

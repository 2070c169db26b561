/// Reads the data of one chunk from front to back; whatever is not there is an error.
struct BeamReader {
  /// The chunk's name, for errors.
  let chunk: String
  private let bytes: [UInt8]
  private let start: Int
  private let end: Int
  private var position: Int

  /// Makes a reader of a chunk.
  /// - Parameters:
  ///   - chunk: its name.
  ///   - bytes: the bytes of which it is a part.
  ///   - range: where in them its data stands; inside their bounds.
  init(chunk: String, bytes: [UInt8], range: Range<Int>) {
    precondition(range.lowerBound >= 0, "a chunk before its file")
    precondition(range.upperBound <= bytes.count, "a chunk behind its file")
    self.chunk = chunk
    self.bytes = bytes
    start = range.lowerBound
    end = range.upperBound
    position = start
  }

  /// Makes a reader of bytes that are a chunk's data.
  init(chunk: String, bytes: [UInt8]) {
    self.init(chunk: chunk, bytes: bytes, range: 0..<bytes.count)
  }

  /// The bytes read.
  var offset: Int { position - start }
  /// The bytes left.
  var remaining: Int { end - position }

  /// The error of data that is not as it must be.
  /// - Parameter offset: where it stands; without it, where the reader is.
  func corrupt(_ reason: String, at offset: Int? = nil) -> BeamError {
    .corrupt(chunk: chunk, offset: offset ?? self.offset, reason: reason)
  }

  /// Reads a byte.
  mutating func byte() throws(BeamError) -> UInt8 {
    guard position < end else { throw .truncated(chunk: chunk, offset: offset) }
    let byte = bytes[position]
    position += 1
    return byte
  }

  /// Reads a big-endian number of so many bytes, at most 7.
  mutating func number(byteCount: Int) throws(BeamError) -> Int {
    guard byteCount <= remaining else { throw .truncated(chunk: chunk, offset: end - start) }
    var number = 0
    for index in position..<position + byteCount { number = number << 8 | Int(bytes[index]) }
    position += byteCount
    return number
  }

  /// Reads an unsigned number of 32 bits.
  mutating func word() throws(BeamError) -> Int { try number(byteCount: 4) }

  /// Reads a number of entries that take at least so many bytes each, of which all must be there.
  mutating func count(ofEntries entryBytes: Int) throws(BeamError) -> Int {
    let at = offset
    let count = try word()
    guard count <= remaining / entryBytes else {
      throw corrupt("\(count) entries in \(remaining) bytes", at: at)
    }
    return count
  }

  /// Steps over bytes and returns their place relative to the start of the data.
  mutating func skip(_ byteCount: Int) throws(BeamError) -> Range<Int> {
    guard byteCount <= remaining else { throw .truncated(chunk: chunk, offset: end - start) }
    let from = offset
    position += byteCount
    return from..<offset
  }

  /// Reads bytes.
  mutating func take(_ byteCount: Int) throws(BeamError) -> ArraySlice<UInt8> {
    let range = try skip(byteCount)
    return bytes[start + range.lowerBound..<start + range.upperBound]
  }

  /// Reads all that is left.
  mutating func takeRest() -> [UInt8] {
    defer { position = end }
    return Array(bytes[position..<end])
  }

  /// Reads a text in UTF-8.
  mutating func text(byteCount: Int) throws(BeamError) -> String {
    let at = offset
    guard let text = String(validating: try take(byteCount), as: UTF8.self) else {
      throw corrupt("a name that is not UTF-8", at: at)
    }
    return text
  }
}

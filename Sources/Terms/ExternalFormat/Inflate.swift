/// Unpacks compressed bytes: the containers of zlib (RFC 1950) and gzip (RFC 1952).
///
/// The output never exceeds the caller's limit, memory is taken as the input proves its size, and
/// no byte beyond the input is read, whatever the bytes are.
public enum Inflate {
  /// The most bytes that a byte of input can stand for: 258 in 2 bits.
  static var maximumRatio: Int { 1032 }

  /// Unpacks a zlib stream; bytes behind its end are not looked at.
  ///
  /// - Parameters:
  ///   - input: the stream.
  ///   - expectedByteCount: the bytes it must give, where that is known.
  ///   - limit: the most bytes it may give.
  /// - Throws: ``InflateError`` for bytes that are no such stream or give another length.
  /// - Returns: the bytes.
  public static func zlib(
    _ input: UnsafeRawBufferPointer, expectedByteCount: Int? = nil, limit: Int
  ) throws(InflateError) -> [UInt8] {
    try zlibPrefix(input, expectedByteCount: expectedByteCount, limit: limit).bytes
  }

  /// Unpacks a zlib stream and says how much of the input it was.
  ///
  /// - Parameters:
  ///   - input: the stream, and what may stand behind it.
  ///   - expectedByteCount: the bytes it must give, where that is known.
  ///   - limit: the most bytes it may give.
  /// - Throws: ``InflateError`` for bytes that are no such stream or give another length.
  /// - Returns: the bytes, and the length of the stream in bytes.
  public static func zlibPrefix(
    _ input: UnsafeRawBufferPointer, expectedByteCount: Int? = nil, limit: Int
  ) throws(InflateError) -> (bytes: [UInt8], inputByteCount: Int) {
    guard input.count >= 2 else { throw InflateError(.truncated, offset: input.count) }
    // Method 8, a window of up to 32 KiB, no preset dictionary, and a multiple of 31.
    guard input[0] & 0x0F == 8, input[0] >> 4 <= 7, input[1] & 0x20 == 0,
      (Int(input[0]) << 8 | Int(input[1])) % 31 == 0
    else { throw InflateError(.badHeader, offset: 0) }
    var output = try makeOutput(input, expectedByteCount: expectedByteCount, limit: limit)
    let end = try inflate(input, offset: 2, expectedByteCount, into: &output)
    guard input.count - end >= 4 else { throw InflateError(.truncated, offset: input.count) }
    let recorded = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(input[end + $1]) }
    guard Checksum.adler32(output.bytes(from: 0)) == recorded else {
      throw InflateError(.badChecksum, offset: end)
    }
    return (output.array(), end + 4)
  }

  /// Whether bytes begin as a gzip file does.
  public static func isGzip(_ input: UnsafeRawBufferPointer) -> Bool {
    input.count >= 2 && input[0] == 0x1F && input[1] == 0x8B
  }

  /// Unpacks a gzip file: all its members, one behind the other.
  ///
  /// - Parameters:
  ///   - input: the file; it must hold nothing behind its last member.
  ///   - limit: the most bytes it may give.
  /// - Throws: ``InflateError`` for bytes that are no such file.
  /// - Returns: the bytes.
  public static func gzip(
    _ input: UnsafeRawBufferPointer, limit: Int
  ) throws(InflateError) -> [UInt8] {
    var output = try makeOutput(input, expectedByteCount: nil, limit: limit)
    var offset = 0
    repeat {
      let body = try endOfGzipHeader(input, offset: offset)
      let start = output.count
      let end = try inflate(input, offset: body, nil, into: &output)
      guard input.count - end >= 8 else { throw InflateError(.truncated, offset: input.count) }
      let member = output.bytes(from: start)
      guard Checksum.crc32(member) == littleEndian32(input, end) else {
        throw InflateError(.badChecksum, offset: end)
      }
      guard UInt32(truncatingIfNeeded: member.count) == littleEndian32(input, end + 4) else {
        throw InflateError(.wrongLength, offset: end + 4)
      }
      offset = end + 8
    } while offset < input.count
    return output.array()
  }

  // MARK: - Parts

  /// Runs the decoder and returns the offset behind the stream.
  private static func inflate(
    _ input: UnsafeRawBufferPointer, offset: Int, _ expectedByteCount: Int?,
    into output: inout InflateOutput
  ) throws(InflateError) -> Int {
    var decoder = DeflateDecoder(input: input, offset: offset)
    do {
      try decoder.run(into: &output)
    } catch {
      // The output was limited to what is expected.
      if error.reason == .limitExceeded, expectedByteCount == output.limit {
        throw InflateError(.wrongLength, offset: error.offset)
      }
      throw error
    }
    if let expectedByteCount, output.count != expectedByteCount {
      throw InflateError(.wrongLength, offset: decoder.offset)
    }
    return decoder.offset
  }

  /// An output that begins with what is expected, if so much can be in the input.
  private static func makeOutput(
    _ input: UnsafeRawBufferPointer, expectedByteCount: Int?, limit: Int
  ) throws(InflateError) -> InflateOutput {
    if let expectedByteCount {
      guard expectedByteCount >= 0 else { throw InflateError(.wrongLength, offset: 0) }
      guard expectedByteCount <= limit else { throw InflateError(.limitExceeded, offset: 0) }
    }
    let warranted = input.count.multipliedReportingOverflow(by: maximumRatio)
    let most = warranted.overflow ? Int.max : warranted.partialValue
    return InflateOutput(
      capacity: min(expectedByteCount ?? input.count, most),
      limit: max(0, expectedByteCount ?? limit))
  }

  /// The offset behind a member's header (RFC 1952, section 2.3).
  private static func endOfGzipHeader(
    _ input: UnsafeRawBufferPointer, offset: Int
  ) throws(InflateError) -> Int {
    guard input.count - offset >= 10 else { throw InflateError(.truncated, offset: input.count) }
    let flags = input[offset + 3]
    guard input[offset] == 0x1F, input[offset + 1] == 0x8B, input[offset + 2] == 8,
      flags & 0xE0 == 0
    else { throw InflateError(.badHeader, offset: offset) }
    var end = offset + 10
    if flags & 4 != 0 {  // Extra fields, behind their length.
      guard input.count - end >= 2 else { throw InflateError(.truncated, offset: input.count) }
      end += 2 + Int(input[end]) + Int(input[end + 1]) << 8
    }
    for flag in [8, 16] as [UInt8] where flags & flag != 0 {  // File name, comment: up to a zero.
      while end < input.count, input[end] != 0 { end += 1 }
      end += 1
    }
    if flags & 2 != 0 { end += 2 }  // A checksum of the header.
    guard end <= input.count else { throw InflateError(.truncated, offset: input.count) }
    return end
  }

  private static func littleEndian32(_ input: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    (0..<4).reduce(UInt32(0)) { $0 | UInt32(input[offset + $1]) << UInt32(8 * $1) }
  }
}

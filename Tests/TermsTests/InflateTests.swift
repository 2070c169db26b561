import Terms
import TestKit
import Testing

@Suite("Unpacking compressed bytes")
struct InflateTests {
  /// What a stream holds, made by rules that the recorder of the streams had too.
  enum Plain {
    case empty
    case text(Int)
    case noise(Int)
    case zeros(Int)

    var bytes: [UInt8] {
      switch self {
      case .empty: return []
      case .zeros(let count): return Array(repeating: 0, count: count)
      case .noise(let count):
        var state = 99
        return (0..<count).map { _ in
          state = (state * 1_103_515_245 + 12345) & 0x7FFF_FFFF
          return UInt8(truncatingIfNeeded: state >> 16)
        }
      case .text(let count):
        let words = ["cons", "tuple", "atom", "heap", "stack", "map", "fun ", "binary,", " ", "\n"]
        var state = 12345
        var bytes: [UInt8] = []
        while bytes.count < count {
          state = (state * 1_103_515_245 + 12345) & 0x7FFF_FFFF
          bytes += words[(state >> 16) % 10].utf8
        }
        return Array(bytes[..<count])
      }
    }
  }

  struct Recorded: CustomTestStringConvertible {
    let name: String
    let plain: Plain
    let stream: String
    var testDescription: String { name }
  }

  static func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  static func unpack(
    _ stream: [UInt8], expected: Int? = nil, limit: Int = 1 << 20
  ) -> Result<[UInt8], InflateError> {
    stream.withUnsafeBytes { input in
      do throws(InflateError) {
        return .success(try Inflate.zlib(input, expectedByteCount: expected, limit: limit))
      } catch {
        return .failure(error)
      }
    }
  }

  static func gunzip(_ file: [UInt8], limit: Int = 1 << 20) -> Result<[UInt8], InflateError> {
    file.withUnsafeBytes { input in
      do throws(InflateError) {
        return .success(try Inflate.gzip(input, limit: limit))
      } catch {
        return .failure(error)
      }
    }
  }

  static func reason(_ result: Result<[UInt8], InflateError>) -> InflateError.Reason? {
    if case .failure(let error) = result { error.reason } else { nil }
  }

  @Test("a stream of zlib gives what was packed", arguments: recorded)
  func unpacksRecordedStream(_ recorded: Recorded) throws {
    let stream = Self.bytes(hex: recorded.stream)
    let plain = recorded.plain.bytes
    #expect(try Self.unpack(stream).get() == plain)
    #expect(try Self.unpack(stream, expected: plain.count, limit: plain.count).get() == plain)
    let prefix = try (stream + [1, 2, 3]).withUnsafeBytes { input in
      try Inflate.zlibPrefix(input, limit: 1 << 20)
    }
    #expect(prefix.bytes == plain)
    #expect(prefix.inputByteCount == stream.count)
  }

  @Test("another length than expected is refused", arguments: recorded)
  func refusesAnotherLength(_ recorded: Recorded) {
    let stream = Self.bytes(hex: recorded.stream)
    let count = recorded.plain.bytes.count
    #expect(Self.reason(Self.unpack(stream, expected: count + 1)) == .wrongLength)
    if count > 0 {
      #expect(Self.reason(Self.unpack(stream, expected: count - 1)) == .wrongLength)
      #expect(Self.reason(Self.unpack(stream, limit: count - 1)) == .limitExceeded)
    }
    #expect(Self.reason(Self.unpack(stream, expected: 1 << 21)) == .limitExceeded)
  }

  @Test("every proper prefix of a stream is refused as too short")
  func refusesPrefixes() {
    for recorded in Self.recorded {
      let stream = Self.bytes(hex: recorded.stream)
      for count in 0..<stream.count where stream.count < 1000 || count % 7 == 0 {
        let result = Self.unpack(Array(stream[..<count]))
        #expect(Self.reason(result) == .truncated, "\(recorded.name), \(count) bytes")
      }
    }
  }

  @Test("a stream with flipped bits is refused or gives the same")
  func survivesFlippedBits() {
    let seed: UInt64 = 20_250_101
    var generator = SeededGenerator(seed: seed)
    let streams = Self.recorded.filter { $0.name != "noise, Huffman only" }.map {
      (Self.bytes(hex: $0.stream), $0.plain.bytes)
    }
    for round in 0..<4000 {
      let (stream, plain) = streams[Int.random(in: 0..<streams.count, using: &generator)]
      var damaged = stream
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<damaged.count, using: &generator)
        damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      if case .success(let bytes) = Self.unpack(damaged, limit: 4096) {
        #expect(bytes == plain, "round \(round) of seed \(seed)")
      }
    }
  }

  @Test("random bytes behind a good header end in an error")
  func survivesRandomBytes() {
    let seed: UInt64 = 7
    var generator = SeededGenerator(seed: seed)
    for round in 0..<4000 {
      let noise = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let result = Self.unpack([0x78, 0x9C] + noise, limit: 1 << 14)
      #expect(Self.reason(result) != nil, "round \(round) of seed \(seed)")
    }
  }

  @Test("faults of blocks have their own reasons")
  func namesFaults() {
    #expect(Self.reason(Self.unpack([0x78, 0x9D, 3, 0, 0, 0, 0, 1])) == .badHeader)
    #expect(Self.reason(Self.unpack([0x78, 0xBB, 3, 0, 0, 0, 0, 1])) == .badHeader)
    #expect(Self.reason(Self.unpack([0x78, 0x9C, 7, 0, 0, 0, 0, 1])) == .badBlockType)
    #expect(Self.reason(Self.unpack([0x78, 0x9C, 1, 1, 0, 1, 0, 9])) == .badStoredLength)
    #expect(Self.reason(Self.unpack([0x78, 0x9C, 3, 0, 0, 0, 0, 2])) == .badChecksum)
    // A fixed block that begins with a copy of 3 bytes from 1 byte back.
    #expect(Self.reason(Self.unpack([0x78, 0x9C, 0x03, 0x02, 0, 0, 0, 0])) == .badDistance)
    // A dynamic block of 287 literal codes.
    #expect(Self.reason(Self.unpack([0x78, 0x9C, 0xF5, 0, 0, 0, 0, 0])) == .badCodeLengths)
    // A dynamic block whose code of code lengths has no codes, then not all bit patterns.
    #expect(
      Self.reason(Self.unpack([0x78, 0x9C, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])) == .badCode)
    #expect(
      Self.reason(Self.unpack([0x78, 0x9C, 5, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0])) == .badCodeLengths)
    #expect(
      Self.unpack([0x78, 0x9C, 7]) == .failure(InflateError(.badBlockType, offset: 3)))
  }

  @Test("a gzip file of one and of two members is unpacked")
  func unpacksGzip() throws {
    let first = Self.bytes(hex: Self.gzipFile)
    let second = Self.bytes(hex: Self.gzipSecondMember)
    let plain = Plain.text(500).bytes
    #expect(first.withUnsafeBytes { Inflate.isGzip($0) })
    #expect(try Self.gunzip(first).get() == plain)
    #expect(try Self.gunzip(second).get() == Plain.text(40).bytes)
    #expect(try Self.gunzip(first + second).get() == plain + Plain.text(40).bytes)
    #expect(Self.reason(Self.gunzip(first, limit: 499)) == .limitExceeded)
    #expect(Self.reason(Self.gunzip(first + [0])) == .truncated)
    for count in 0..<second.count {
      #expect(Self.reason(Self.gunzip(Array(second[..<count]))) == .truncated, "\(count) bytes")
    }
    var damaged = first
    damaged[damaged.count - 8] ^= 1
    #expect(Self.reason(Self.gunzip(damaged)) == .badChecksum)
    damaged = first
    damaged[damaged.count - 1] ^= 1
    #expect(Self.reason(Self.gunzip(damaged)) == .wrongLength)
  }

  @Test("checksums agree with the documents' values and can be continued")
  func checksums() {
    let digits = Array("123456789".utf8)
    digits.withUnsafeBytes { bytes in
      #expect(Checksum.crc32(bytes) == 0xCBF4_3926)
      #expect(Checksum.adler32(bytes) == 0x091E_01DE)
      let front = UnsafeRawBufferPointer(rebasing: bytes[..<4])
      let back = UnsafeRawBufferPointer(rebasing: bytes[4...])
      #expect(Checksum.crc32(back, previous: Checksum.crc32(front)) == 0xCBF4_3926)
      #expect(Checksum.adler32(back, previous: Checksum.adler32(front)) == 0x091E_01DE)
    }
  }
}

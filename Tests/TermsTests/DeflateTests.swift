import Terms
import TestKit
import Testing

@Suite("Packing bytes")
struct DeflateTests {
  /// Kinds of data, the checksum that shows that they are what zlib packed, and the bytes to which
  /// zlib 1.2.13 packed 200,000 of them at each level.
  static let recorded: [(kind: String, adler: UInt32, byteCounts: [Int])] = [
    (
      "text", 3_756_058_557,
      [200026, 50393, 47532, 42372, 41502, 39027, 36039, 34817, 33480, 33480]
    ),
    (
      "random", 1_486_657_199,
      [200026, 200071, 200071, 200071, 200071, 200071, 200071, 200071, 200071, 200071]
    ),
    ("zeros", 225_247_233, [200026, 896, 896, 896, 217, 217, 217, 217, 217, 217]),
    (
      "binary", 2_710_478_698,
      [200026, 71905, 72835, 76829, 70570, 69821, 69337, 69289, 69290, 69290]
    ),
    (
      "terms", 51_956_654,
      [200026, 58569, 54553, 54235, 52023, 50929, 50897, 50726, 48981, 48360]
    ),
  ]

  private static func bytes(of kind: String, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    switch kind {
    case "text": bytes = text(count: count)
    case "random":
      var random = SeededGenerator(seed: 2)
      bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case "zeros": bytes = [UInt8](repeating: 0, count: count)
    case "binary": bytes = records(count: count)
    default: bytes = terms(count: count)
    }
    return Array(bytes[..<count])
  }

  private static func text(count: Int) -> [UInt8] {
    let words = [
      "heap", "term", "of", "the", "cell", "binary", "and", "process", "a", "sweep", "block",
      "carrier", "young", "old", "is", "word",
    ]
    var random = SeededGenerator(seed: 1)
    var bytes: [UInt8] = []
    while bytes.count < count {
      let number = random.next()
      bytes += words[Int(min(number % 16, number / 16 % 16))].utf8
      bytes += (number / 256 % 12 == 0 ? ". " : " ").utf8
    }
    return bytes
  }

  /// Records of a counter and small fields, and now and then a copy of what was before.
  private static func records(count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 3)
    var bytes: [UInt8] = []
    while bytes.count < count {
      let number = random.next()
      if number % 5 == 0, bytes.count > 2000 {
        let distance = 1 + Int((number >> 8) % 2000)
        for _ in 0..<4 + Int((number >> 24) % 60) { bytes.append(bytes[bytes.count - distance]) }
      } else {
        let counter = bytes.count / 16
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(counter >> shift & 255)) }
        bytes += [UInt8(number >> 40 & 15), UInt8(number >> 48 & 3), 0, UInt8(number >> 56)]
      }
    }
    return bytes
  }

  /// A list of tuples in the external format.
  private static func terms(count: Int) -> [UInt8] {
    let names = ["ok", "error", "undefined", "value"]
    var random = SeededGenerator(seed: 4)
    var bytes: [UInt8] = [108, 0, 0, 255, 255]
    var index = 0
    while bytes.count < count {
      let number = random.next()
      let name = names[Int(number & 3)]
      index += 1
      bytes += [104, 3, 100, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [98]
      for shift in [24, 16, 8, 0] { bytes.append(UInt8((index * 7) >> shift & 255)) }
      bytes += [109, 0, 0, 0, 4, 97 + UInt8((number >> 8) % 26), 97 + UInt8((number >> 16) % 26)]
      bytes += [97 + UInt8((number >> 24) % 4), 97]
    }
    return bytes
  }

  private func pack(_ bytes: [UInt8], level: Int) -> [UInt8] {
    bytes.withUnsafeBytes { Deflate.zlib($0, level: level) }
  }

  private func unpack(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try Inflate.zlib($0, limit: limit) }
  }

  @Test("streams are as long as zlib's", arguments: recorded)
  func packsLikeZlib(kind: String, adler: UInt32, byteCounts: [Int]) throws {
    let bytes = Self.bytes(of: kind, count: 200_000)
    #expect(bytes.withUnsafeBytes { Checksum.adler32($0) } == adler)
    for (level, byteCount) in byteCounts.enumerated() {
      let packed = pack(bytes, level: level)
      #expect(packed.count == byteCount, "level \(level)")
      let isSame = try unpack(packed, limit: bytes.count) == bytes
      #expect(isSame, "level \(level)")
    }
  }

  /// The literals of OTP's module `maps`: codes of their own make them a byte shorter than fixed ones.
  @Test("the shorter way is taken where it is shorter by a byte")
  func choosesLikeZlib() {
    let text: [UInt8] =
      [0, 0, 0, 3, 0, 0, 0, 53, 131, 108, 0, 0, 0, 1, 104, 2, 119, 10] + Array("error_info".utf8)
      + [116, 0, 0, 0, 1, 119, 6] + Array("module".utf8) + [119, 17]
      + Array("erl_stdlib_errors".utf8) + [106, 0, 0, 0, 6, 131, 116, 0, 0, 0, 0, 0, 0, 0, 18]
      + [131, 113, 119, 4] + Array("maps".utf8) + [119, 6] + Array("remove".utf8) + [97, 2]
    let packed: [UInt8] = [
      120, 156, 29, 138, 65, 14, 128, 32, 12, 4, 43, 26, 14, 222, 244, 47, 190, 135, 96, 168, 17, 3,
      86, 11, 218, 7, 240, 113, 193, 57, 236, 97, 118, 0, 160, 7, 128, 165, 132, 186, 221, 174, 100,
      68, 102, 98, 227, 207, 141, 114, 83, 162, 35, 185, 39, 160, 76, 200, 193, 164, 236, 130, 95,
      205, 223, 164, 163, 254, 186, 180, 170, 49, 151, 91, 134, 104, 175, 36, 154, 49, 210, 139, 86,
      125, 75, 140, 25, 112,
    ]
    #expect(pack(text, level: 6) == packed)
  }

  @Test("bytes of every small count come back")
  func packsSmallInputs() throws {
    for kind in ["text", "random", "zeros"] {
      let bytes = Self.bytes(of: kind, count: 600)
      for count in Array(0..<40) + [255, 256, 257, 258, 259, 260, 300, 516, 517, 600] {
        for level in 0...9 {
          let part = Array(bytes[..<count])
          let packed = pack(part, level: level)
          #expect(packed.count <= count + 16)
          #expect(try unpack(packed, limit: count) == part, "\(count) of \(kind), level \(level)")
        }
      }
    }
  }

  @Test("matches at all distances come back")
  func packsFarMatches() throws {
    let pattern = Self.bytes(of: "random", count: 40)
    for distance in [1, 2, 3, 4, 5, 40, 4096, 4097, 32_767, 32_768, 32_769, 65_536] {
      var random = SeededGenerator(seed: UInt64(distance))
      var bytes = pattern
      while bytes.count < distance { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      bytes = Array(bytes[..<max(1, distance)])
      for index in 0..<200 {
        bytes.append(bytes[bytes.count - distance] ^ (index % 97 == 96 ? 1 : 0))
      }
      for level in 1...9 {
        let isSame = try unpack(pack(bytes, level: level), limit: bytes.count) == bytes
        #expect(isSame, "distance \(distance), level \(level)")
      }
    }
  }

  @Test("symbols that occur as the Fibonacci numbers need codes cut off at 15 bits")
  func limitsCodes() throws {
    var bytes: [UInt8] = []
    var (next, after) = (1, 1)
    for symbol in 0..<26 {
      bytes += [UInt8](repeating: UInt8(symbol * 9), count: next)
      (next, after) = (after, next + after)
    }
    var random = SeededGenerator(seed: 5)
    bytes.shuffle(using: &random)
    for level in [1, 6, 9] {
      let isSame = try unpack(pack(bytes, level: level), limit: bytes.count) == bytes
      #expect(isSame, "level \(level)")
    }
  }
}

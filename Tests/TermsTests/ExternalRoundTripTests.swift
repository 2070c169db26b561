import Foundation
import Terms
import TestKit
import Testing

@Suite("Encoding in the external term format, and back")
struct ExternalRoundTripTests {
  private let bench = ExternalTestBench()

  private func hex(_ digits: String) -> [UInt8] { InflateTests.bytes(hex: digits) }

  /// Decodes each encoding of one term and encodes each in every way.
  ///
  /// A map of many keys has no order of its own there that could be compared with: its hashes may
  /// be of words that differ from run to run. Then only what is deterministic must be the same.
  private func check(plain: [[UInt8]], sorted: [UInt8], words: Int, _ note: String) throws {
    let hasOwnOrder = plain[1] == sorted
    for bytes in plain + [sorted] {
      let decoded = try bench.decode(bytes)
      #expect(decoded.byteCount == bytes.count, "\(note)")
      #expect(decoded.usedWords == words || !hasOwnOrder, "\(note)")
      for (version, expected) in plain.enumerated() {
        let encoded = try bench.encode(decoded) {
          $0.minorVersion = .init(rawValue: version) ?? .one
        }
        // No comparison within the expectation: its report of unlike arrays takes seconds.
        let isAsExpected = hasOwnOrder ? encoded == expected : encoded.count == expected.count
        #expect(isAsExpected, "\(note), minor version \(version)")
      }
      let encoded = try bench.encode(decoded) { $0.isDeterministic = true }
      let isAsExpected = encoded == sorted
      #expect(isAsExpected, "\(note), deterministic")
    }
  }

  @Test("terms are encoded as OTP encodes them")
  func encodesRecordedTerms() throws {
    #expect(recordedRoundTrips.count > 200)
    for (index, record) in recordedRoundTrips.enumerated() {
      try check(
        plain: record.plain.map(hex), sorted: hex(record.sorted), words: record.words,
        "record \(index), \(record.plain[1].prefix(60))")
    }
    #expect(bench.scratch.outstandingBytes == 0)
    #expect(bench.binaries.outstandingBinaries == 0)
  }

  @Test("random terms of a live OTP go both ways")
  func matchesLiveErlang() throws {
    let erlang = try ExternalErlang()
    guard erlang.isInstalled else {
      print("skipped: no erl on the search path")
      return
    }
    let seed = 20_260
    let rows = try erlang.rows(seed: seed, count: 1500)
    #expect(rows.count > 1500)
    for (index, row) in rows.enumerated() {
      try check(
        plain: Array(row.encodings[..<3]), sorted: row.encodings[3], words: row.words,
        "seed \(seed), row \(index)")
    }
    var pairs: [([UInt8], [UInt8])] = []
    for (index, row) in rows.enumerated() {
      let decoded = try bench.decode(row.encodings[1])
      let level = index % 10
      let packed = try bench.encode(decoded) { $0.compressionLevel = level }
      #expect(packed.count <= row.encodings[1].count)
      pairs.append((packed, row.encodings[1]))
      let again = try bench.encode(bench.decode(packed)) { $0.isDeterministic = true }
      let isAsExpected = again == row.encodings[3]
      #expect(isAsExpected, "seed \(seed), row \(index), level \(level)")
    }
    #expect(try erlang.reads(pairs) == 0, "seed \(seed)")
    #expect(bench.scratch.outstandingBytes == 0)
    #expect(bench.binaries.outstandingBinaries == 0)
  }

  @Test("a long list of bytes is no string")
  func limitsStrings() throws {
    for (count, tag) in [(65_535, 107), (65_536, 108)] as [(Int, UInt8)] {
      let list =
        [131, 108] + [UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255)]
        + [UInt8(count & 255)] + Array(repeating: [97, 7] as [UInt8], count: count).joined() + [106]
      let decoded = try bench.decode(list)
      let encoded = try bench.encode(decoded)
      #expect(encoded[1] == tag)
      #expect(encoded == list || count == 65_535)
      #expect(try bench.encode(bench.decode(encoded)) == encoded)
    }
  }

  @Test("depth costs no machine stack, and refused scratch is an error that leaks nothing")
  func encodesDeepTerms() throws {
    let depth = 100_000
    let tuples = [131] + Array(repeating: [104, 2, 106] as [UInt8], count: depth).joined() + [106]
    let heads =
      [131] + Array(repeating: [108, 0, 0, 0, 1] as [UInt8], count: depth).joined()
      + Array(repeating: 106, count: depth + 1)
    let maps =
      [131] + Array(repeating: [116, 0, 0, 0, 1, 97, 1] as [UInt8], count: depth).joined() + [106]
    for bytes in [tuples, heads, maps] {
      let decoded = try bench.decode(bytes)
      #expect(try bench.encode(decoded) == bytes)
      try refuse(decoded)
    }
  }

  /// Fails each request for working memory in turn, up to the one that is not made.
  private func refuse(_ decoded: DecodedTerm) throws {
    let bytes = try bench.encode(decoded)
    for request in 1...100 {
      let failing = MallocScratch(failingRequest: request)
      let encoded = try? encode(decoded, scratch: failing)
      #expect(failing.outstandingBytes == 0)
      if let encoded {
        #expect(encoded == bytes)
        #expect(request == failing.requestCount + 1)
        return
      }
    }
    Issue.record("a hundred requests for working memory")
  }

  private func encode(_ decoded: DecodedTerm, scratch: MallocScratch) throws -> [UInt8] {
    let encoder = ExternalEncoder(atoms: bench.atoms, scratch: scratch, funs: bench.funs)
    return try withExtendedLifetime(decoded) { try encoder.encode(decoded.term) }
  }

  @Test("long binaries are linked, wherever they stand: in lists, tuples, maps and closures")
  func linksLongBinaries() throws {
    var random = SeededGenerator(seed: 17)
    for _ in 0..<200 {
      var size = 40
      let bytes = [131] + longBinaries(&random, &size)
      let decoded = try bench.decode(bytes)
      #expect(try bench.encode(decoded) == bytes)
      try refuse(decoded)
    }
  }

  /// The encoding of a random term of binaries, about half of them long enough to be linked.
  private func longBinaries(_ random: inout SeededGenerator, _ size: inout Int) -> [UInt8] {
    size -= 1
    var parts: [UInt8] { (0..<3).flatMap { _ in longBinaries(&random, &size) } }
    switch size > 0 ? random.next() % 6 : 0 {
    case 1: return [104, 3] + parts
    case 2: return [108, 0, 0, 0, 3] + parts + [106]
    case 3: return [116, 0, 0, 0, 1, 97, 1] + longBinaries(&random, &size)
    case 4:
      let free = parts
      let head: [UInt8] = [1] + Array(repeating: 9, count: 16) + [0, 0, 0, 0, 0, 0, 0, 3]
      let name: [UInt8] = [100, 0, 1, 0x6D, 97, 0, 97, 5]
      let pid: [UInt8] =
        [88, 100, 0, 13] + Array("nonode@nohost".utf8) + Array(repeating: 0, count: 12)
      let rest = head + name + pid + free
      let count = UInt32(rest.count + 4)
      return [112] + withUnsafeBytes(of: count.bigEndian, Array.init) + rest
    default:
      let count = [0, 511, 512, 513, 600, 5000][Int(random.next() % 6)]
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &+ size) }
      return [109] + withUnsafeBytes(of: UInt32(count).bigEndian, Array.init) + content
    }
  }

  @Test("a fun without a name is an error")
  func refusesUnnamedFuns() throws {
    let decoded = try bench.decode([131, 113, 119, 1, 0x6D, 119, 1, 0x66, 97, 3])
    let encoder = ExternalEncoder(atoms: bench.atoms, scratch: bench.scratch)
    #expect(throws: ExternalEncodeError.unnamedFun(entry: 0)) {
      try withExtendedLifetime(decoded) { try encoder.encode(decoded.term) }
    }
  }
}

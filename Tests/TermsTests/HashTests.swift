import Foundation
import Terms
import TestKit
import Testing

/// Hashes against those of real Erlang, recorded and asked for.
@Suite struct HashTests {
  /// Checks lines of a term in base 64 and its hash.
  private func check(_ lines: [Substring], _ note: String) throws {
    let reader = HashTermReader(words: 1 << 21)
    let portable = PortableHash(atoms: reader.atoms, scratch: reader.scratch, funs: reader)
    for line in lines {
      let parts = line.split(separator: " ")
      let term = reader.read(base64: parts[0])
      let hash: UInt32 = try portable.hash(term)
      #expect(hash == UInt32(parts[1]), "\(note): \(parts[0])")
      let again = reader.read(base64: parts[0])
      let internalHash = try InternalHash.hash(term, scratch: reader.scratch)
      #expect(
        try InternalHash.hash(again, scratch: reader.scratch) == internalHash, "\(parts[0])")
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func whatIsSeenWithoutWorkingMemoryIsTheSame() throws {
    let reader = HashTermReader(words: 1 << 21)
    var seen = (hashes: 0, equal: 0, unequal: 0, unknown: 0)
    var before: Term?
    for line in recordedHashes.split(separator: "\n") {
      let text = line.split(separator: " ")[0]
      let (term, again) = (reader.read(base64: text), reader.read(base64: text))
      if let hash = InternalHash.hashAtSight(term) {
        seen.hashes += 1
        #expect(try hash == InternalHash.hash(term, scratch: reader.scratch), "\(text)")
      }
      for other in [again, before ?? again] {
        guard let isEqual = TermEquality.areExactlyEqualAtSight(term, other) else {
          seen.unknown += 1
          continue
        }
        if isEqual { seen.equal += 1 } else { seen.unequal += 1 }
        #expect(
          try isEqual == TermEquality.isExactlyEqual(term, other, scratch: reader.scratch),
          "\(text)")
      }
      before = term
    }
    for count in [seen.hashes, seen.equal, seen.unequal, seen.unknown] { #expect(count > 20) }
  }

  @Test func portableHashesAreThoseOfErlang() throws {
    let lines = recordedHashes.split(separator: "\n")
    #expect(lines.count > 450)
    try check(lines, "recorded")
  }

  /// Asks an installed `erl` for terms that nobody has seen before.
  @Test func portableHashesAreThoseOfTheErlangHere() throws {
    let recording = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Recording/hashes.erl").path
    let seed = UInt32.random(in: 1...1_000_000)
    let folder = NSTemporaryDirectory() + "tenure-hashes-\(seed)"
    let command = """
      command -v erlc >/dev/null || { echo missing; exit 0; }; mkdir -p \(folder) && cd \(folder) && \
      erlc \(recording) && erl -noshell -run hashes main \(seed) 3000; rm -rf \(folder)
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    if text == "missing\n" {
      print("skipped: no erlc on the search path")
      return
    }
    try check(text.split(separator: "\n"), "seed \(seed)")
  }

  @Test func rangesCutTheHash() throws {
    let reader = HashTermReader(words: 100)
    let portable = PortableHash(atoms: reader.atoms, scratch: reader.scratch)
    #expect(try portable.hash(.nil, range: 1 << 32) == 3_468_870_702)
    #expect(try portable.hash(.nil) == 3_468_870_702 % (1 << 27))
    #expect(try portable.hash(.nil, range: 1) == 0)
    #expect(try portable.hash(.nil, range: 1000) == 702)
  }

  @Test func deepTermsAreHashedWithoutRecursion() throws {
    let reader = HashTermReader(words: 10_000_000)
    let portable = PortableHash(atoms: reader.atoms, scratch: reader.scratch)
    var nested = Term.nil
    for _ in 0..<1_000_000 {
      nested = reader.cursor.makeTuple(reader.cursor.makeCons(nested, .nil), .nil)
    }
    let first: UInt32 = try portable.hash(nested)
    let second: UInt32 = try portable.hash(nested.tupleElements[0])
    #expect(first != second)
    _ = try InternalHash.hash(nested, scratch: reader.scratch)
    #expect(reader.scratch.outstandingBytes == 0)
    let failing = MallocScratch(failingRequest: 2)
    #expect(throws: ScratchExhausted.self) { try InternalHash.hash(nested, scratch: failing) }
    #expect(failing.outstandingBytes == 0)
  }

  @Test func ordinaryKeysTakeNoMemory() throws {
    let reader = TermReader(words: 1000)
    let failing = MallocScratch(failingRequest: 1)
    for text in ["1", "a", "[1,2,3]", "{a,1,<<1,2>>}", "[a,1.0,18446744073709551616]", "{1.5,{}}"] {
      _ = try InternalHash.hash(reader.read(text), scratch: failing)
    }
    #expect(failing.requestCount == 0)
  }
}

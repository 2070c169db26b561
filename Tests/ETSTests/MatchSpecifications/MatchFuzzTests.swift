import ETS
import Foundation
import TestKit
import Terms
import Testing

@Suite("Any bytes as match specifications")
struct MatchFuzzTests {
  private static var corpus: [[UInt8]] {
    get throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "MatchFuzz/Corpus")
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
        [UInt8](try Data(contentsOf: folder.appending(path: $0)))
      }
    }
  }

  @Test("the corpus has no flaw")
  func replaysTheCorpus() throws {
    let probe = MatchSpecificationProbe()
    let corpus = try Self.corpus
    #expect(corpus.count > 50)
    for (index, bytes) in corpus.enumerated() {
      #expect(bytes.withUnsafeBytes { probe.flaw(of: $0) } == nil, "file \(index)")
    }
  }

  @Test("the corpus with bytes changed has none")
  func changesBytes() throws {
    let seed = UInt64.random(in: 1...1_000_000)
    var random = SeededGenerator(seed: seed)
    let probe = MatchSpecificationProbe()
    let corpus = try Self.corpus
    for round in 0..<4000 {
      var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
      let other = corpus[Int.random(in: 0..<corpus.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] &+= 1
        case 2: bytes.remove(at: place)
        default:
          let part = other[Int.random(in: 0..<other.count, using: &random)...].prefix(20)
          bytes.replaceSubrange(place..<min(bytes.count, place + part.count), with: part)
        }
      }
      let flaw = bytes.withUnsafeBytes { probe.flaw(of: $0) }
      #expect(flaw == nil, "seed \(seed), round \(round): \(bytes)")
    }
  }
}

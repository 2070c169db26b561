import Foundation
import TestKit
import Testing

@Suite("Bytes that were tried as external terms")
struct ExternalCorpusTests {
  @Test("every file of the corpus is refused, or is the same term after a round trip")
  func replaysTheCorpus() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "EtfFuzz/Corpus")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    #expect(files.count > 50)
    for file in files {
      let bytes = try Data(contentsOf: file)
      let flaw = bytes.withUnsafeBytes { ExternalFormatProbe.flaw(of: $0) }
      #expect(flaw == nil, "\(file.lastPathComponent)")
    }
  }
}

import Foundation
import Terms
import TestKit
import Testing

@Suite struct PrintRecordingTests {
  @Test func textsAreThoseOfErlang() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let recording = try PrintRecording(
      contentsOf: folder.appendingPathComponent("Recording/printing.txt"))
    #expect(recording.entries.count > 200)
    let decoder = PrintedTermDecoder(words: 1 << 20, seed: 3)
    let scratch = MallocScratch()
    let printer = TermPrinter(atoms: decoder.atoms, scratch: scratch, funs: decoder)
    var compared = 0
    for entry in recording.entries {
      decoder.nodeNumbers = entry.nodeNumbers
      let term = decoder.decode(entry.bytes)
      for (key, format, text) in entry.texts {
        let printed = try printer.text(of: term, as: format)
        // The code points: to strings, texts of one look are equal.
        if !printed.utf8.elementsEqual(text.utf8) {
          Issue.record("\(key):\n\(printed)\nis in Erlang\n\(text)")
        }
        compared += 1
      }
    }
    #expect(compared > 2_000)
    #expect(scratch.outstandingBytes == 0)
  }
}

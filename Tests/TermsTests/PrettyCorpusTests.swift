import Foundation
import Terms
import TestKit
import Testing

/// Texts of thousands of random terms at several widths of lines against those of Erlang, which
/// `Recording/pretty.escript` recorded, byte for byte.
@Suite struct PrettyCorpusTests {
  private static func file(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Recording/\(name)").path
  }

  @Test func linesBreakWhereErlangBreaksThem() throws {
    let corpus = try Corpus(path: Self.file("corpus.etf"))
    let bench = ExternalTestBench()
    let recording = try bench.decode(
      [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.file("pretty.etf")))))
    let widths = elements(of: recording.term.tupleElements[2]).map(\.smallValue)
    #expect(widths == [40, 80, 120])
    let printer = TermPrinter(atoms: bench.atoms, scratch: bench.scratch, funs: bench.funs)
    var (compared, broken) = (0, 0)
    for row in elements(of: recording.term.tupleElements[3]) {
      let fields = elements(of: row)
      let place = fields[0].smallValue
      let decoded = try bench.decode(corpus.rows[place - 1].plain)
      for (width, text) in zip(widths, fields.dropFirst()) {
        let printed = try printer.text(of: decoded.term, as: .pretty(lineWidth: width))
        let expected = text.wholeBinaryBytes
        if !printed.utf8.elementsEqual(expected) {
          Issue.record(
            "term \(place) at \(width):\n\(printed)\nis\n\(String(decoding: expected, as: UTF8.self))"
          )
        }
        compared += 1
        if expected.contains(UInt8(ascii: "\n")) { broken += 1 }
      }
      withExtendedLifetime(decoded) {}
    }
    #expect(compared == 18_000)
    #expect(broken > 3_000)
    withExtendedLifetime(recording) {}
  }

  private func elements(of list: Term) -> [Term] {
    var elements: [Term] = []
    var rest = list
    while rest.isCons {
      elements.append(rest.cons[0])
      rest = rest.cons[1]
    }
    return elements
  }
}

import Terms
import TestKit
import Testing

/// Terms too large for recursion, texts too large for memory, and memory that is refused.
@Suite struct PrintLimitTests {
  private let reader = TermReader(words: 4_000_000)
  private let forms: [TermFormat] = [
    .write(), .write(depth: 1 << 40), .pretty(), .pretty(lineWidth: 0), .pretty(depth: 1 << 40),
  ]

  private func printer(byteLimit: Int = .max, _ scratch: MallocScratch? = nil) -> TermPrinter {
    TermPrinter(
      atoms: reader.atoms, scratch: scratch ?? reader.scratch, byteLimit: byteLimit)
  }

  private func nested(_ depth: Int, _ wrap: (Term, inout WordCursor) -> Term) -> Term {
    (0..<depth).reduce(.small(1)) { term, _ in wrap(term, &reader.cursor) }
  }

  @Test func longListsAreBrokenIntoLines() throws {
    let count = 50_000
    let list = nested(count) { $1.makeCons(.small(1000), $0.isSmall ? .nil : $0) }
    #expect(try printer().text(of: list).utf8.count == 5 * count + 1)
    let text = try printer().text(of: list, as: .pretty())
    let lines = text.split(separator: "\n")
    #expect(lines.dropLast().allSatisfy { $0.utf8.count == 76 })
    #expect(text.filter { $0 != "\n" && $0 != " " }.utf8.count == 5 * count + 1)
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func deepTuplesAndListsAndMapsPrint() throws {
    let depth = 50_000
    let tuple = nested(depth) { $1.makeTuple($0) }
    let list = nested(depth) { $1.makeCons($0, .nil) }
    let keys = reader.cursor.makeTuple(.small(2))
    let map = nested(depth) { value, cursor in
      let words = cursor.reserve(4)
      words[0] = Header.flatMap.bits
      words[1] = 1
      words[2] = keys.bits
      words[3] = value.bits
      return .boxed(at: words)
    }
    for form in forms {
      #expect(try printer().text(of: tuple, as: form).utf8.count == 2 * depth + 1)
    }
    for form in forms {
      #expect(try printer().text(of: list, as: form).utf8.count == 2 * depth + 1)
    }
    #expect(try printer().text(of: map).utf8.count == 8 * depth + 1)
    #expect(
      try printer().text(of: map, as: .pretty(depth: 4))
        == "#{2 => #{2 => #{2 => #{...}}}}")
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func indentationBeyondTheLimitIsAnError() throws {
    // Each level begins a line behind all those above it: the text is about depth^2 / 2.
    let depth = 50_000
    let tuple = nested(depth) { $1.makeTuple($0, .small(2)) }
    #expect(throws: ScratchExhausted.self) {
      try printer(byteLimit: 10_000_000).text(of: tuple, as: .pretty())
    }
    #expect(try printer(byteLimit: 10_000_000).text(of: tuple).utf8.count == 4 * depth + 1)
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func sharedPartsBeyondTheLimitAreAnError() throws {
    let doubling = nested(60) { $1.makeTuple($0, $0) }
    for form in forms {
      #expect(throws: ScratchExhausted.self) {
        try printer(byteLimit: 100_000).text(of: doubling, as: form)
      }
    }
    #expect(try printer().text(of: doubling, as: .write(depth: 3)) == "{{{...},...},{...}}")
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func anExhaustedProviderIsAnError() throws {
    let wide = nested(40) { value, cursor in
      cursor.makeTuple(value, cursor.makeTuple(.small(100), .small(200)))
    }
    let list = nested(100) { $1.makeCons(wide, $0.isSmall ? .nil : $0) }
    for form in forms {
      let counting = MallocScratch()
      let expected = try printer(counting).text(of: list, as: form)
      #expect(counting.requestCount > 1)
      for request in 1...counting.requestCount {
        let failing = MallocScratch(failingRequest: request)
        #expect(throws: ScratchExhausted.self) { try printer(failing).text(of: list, as: form) }
        #expect(failing.outstandingBytes == 0)
      }
      #expect(try printer().text(of: list, as: form) == expected)
    }
  }

  private func printer(_ scratch: MallocScratch) -> TermPrinter {
    printer(byteLimit: .max, scratch)
  }

  @Test func aTextStandsBehindWhatTheOutputHolds() throws {
    let term = reader.read("[{a,1000000,2000000,3000000},{b,[1000,2000,3000,4000]}]")
    let form = TermFormat.pretty(lineWidth: 20)
    var output = Array("x\n".utf8)
    try printer(byteLimit: 100).append(term, as: form, to: &output)
    let text = try printer().text(of: term, as: form)
    #expect(
      text == "[{a,1000000,\n    2000000,\n    3000000},\n {b,[1000,2000,\n     3000,4000]}]")
    #expect(String(decoding: output, as: UTF8.self) == "x\n" + text)
  }

  @Test func negativeDepthsAreNone() throws {
    let term = reader.read("[{a,[b]}]")
    #expect(try printer().text(of: term, as: .write(depth: -1)) == "[{a,[b]}]")
    #expect(try printer().text(of: term, as: .pretty(depth: -7)) == "[{a,[b]}]")
    #expect(try printer().text(of: term, as: .pretty(lineWidth: -7, column: -3)) == "[{a,[b]}]")
  }
}

import Foundation
import Tenure
import Testing

@testable import ToyVM

/// The engine of regular expressions, and module `re` on it, against what Erlang answers.
///
/// `Fixtures/regex.txt` holds random patterns with the answers; where Erlang is installed, others are
/// made each time. More: `escript Recording/regex.escript SEED COUNT > OUT` and
/// `TENURE_ORACLE_REGEX=OUT swift test --filter RegexTests`.
@Suite struct RegexTests {
  private static let environment = ProcessInfo.processInfo.environment

  /// A pattern, a subject, and what Erlang makes of them.
  private struct Case {
    let line: String
    let pattern: [UInt8]
    let subject: [UInt8]
    let settings: RegexSettings
    let match: RegexMatchOptions
    let offset: Int
    let answer: String

    init?(_ line: Substring) {
      let fields = line.split(separator: " ", maxSplits: 7)
      let numbers = fields.dropFirst(2).prefix(5).compactMap { Int($0) }
      guard fields.count == 8, numbers.count == 5,
        let newline = RegexNewline(rawValue: numbers[3])
      else { return nil }
      self.line = String(line)
      pattern = Self.bytes(fields[0])
      subject = Self.bytes(fields[1])
      settings = RegexSettings(
        options: RegexOptions(rawValue: numbers[0]), newline: newline,
        breaksAreCRLF: numbers[4] == 1)
      match = RegexMatchOptions(rawValue: numbers[1])
      offset = numbers[2]
      answer = String(fields[7])
    }

    private static func bytes(_ digits: Substring) -> [UInt8] {
      let digits = Array(digits)
      return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
    }

    /// What the engine makes of it, in the words of the recording.
    var given: String {
      do throws(RegexError) {
        let program = try RegexProgram(pattern, settings)
        return subject.withUnsafeBufferPointer { text in
          var matcher = RegexMatcher(program, text, from: offset, match)
          do {
            guard var slots = try matcher.search() else { return "nomatch" }
            while slots.count > 2, slots[slots.count - 1] < 0 { slots.removeLast(2) }
            let places = stride(from: 0, to: slots.count, by: 2).map { place in
              let end = slots[place + 1]
              return end < 0 ? "-1,0" : "\(slots[place]),\(end - slots[place])"
            }
            return "match " + places.joined(separator: " ")
          } catch {
            return "limit"
          }
        }
      } catch {
        return "error \(error.offset) \(error.message)"
      }
    }
  }

  private func check(_ text: String, atLeast count: Int) {
    let cases = text.split(separator: "\n").filter { !$0.hasPrefix("%") }
    #expect(cases.count >= count)
    for line in cases {
      guard let recorded = Case(line) else {
        Issue.record("no case: \(line)")
        continue
      }
      #expect(recorded.given == recorded.answer, "\(recorded.line)")
    }
  }

  @Test func recordedMatches() throws {
    let file =
      Self.environment["TENURE_ORACLE_REGEX"].map { URL(fileURLWithPath: $0) }
      ?? BeamFixtures.directory.appendingPathComponent("regex.txt")
    check(String(decoding: try Data(contentsOf: file), as: UTF8.self), atLeast: 3000)
  }

  @Test func newMatches() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to make new patterns")
      return
    }
    let seed = Int.random(in: 1..<1_000_000)
    print("patterns of seed \(seed)")
    let script = BeamFixtures.directory.deletingLastPathComponent()
      .appendingPathComponent("Recording/regex.escript")
    check(try InstalledErlang.output("escript", [script.path, "\(seed)", "1500"]), atLeast: 1500)
  }

  /// Module `re` as a whole: captures as all that there is, options, whole texts, replacing.
  @Test(arguments: [0, 2000])
  func moduleAnswersAsErlang(zeal: Int) throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    let seed = Int.random(in: 1..<1_000_000)
    let expected = try InstalledErlang.evaluate(
      "io:format(\"~w\", [regexes:main([\"\(seed)\"])])")
    try #require(expected.hasPrefix("[{run,["), "\(expected.prefix(300))")
    try InstalledErlang.expect(
      "regexes", "main", ["\(seed)"], toReturn: expected, zeal: zeal, "seed \(seed)")
  }

  /// Groups that refer to what they took a round before; the answers are those of `re:run/2`.
  @Test(arguments: [
    ("(\\1c|Ac){1,3}", "aAcccaaabab", [1, 3, 1, 3]),
    ("(\\1.|Acc){1,2}", "aAcccaaabab", [1, 4, 1, 4]),
    ("(\\1{2}.|Acc){1,2}(?<!\\b)", "aAcccaaabab", [1, 4, 1, 4]),
    ("(a\\1?){4}", "aaaaaaaa", [0, 7, 6, 7]), ("(\\1a|a){3}", "aaaaaaaaaaaaaaa", [0, 6, 3, 6]),
  ])
  func groupsReferToThemselves(_ pattern: String, _ text: String, _ places: [Int]) throws {
    #expect(try Self.search(pattern, RegexSettings(), text) == places)
  }

  /// No match begins within the end of a line, unless the pattern names CR or LF: which `\R` does not.
  /// The answers are those of `re:run/3` with `{newline, crlf}`.
  @Test(arguments: [
    (".", [2, 3]), (".\\R?", [2, 3]), ("\\Rx|.", [2, 3]), (".{1,}?(?i)\\R{0}", [2, 3]),
    ("\\R|.", [0, 2]), (".\\n?", [1, 2]), ("(?:\\n){0}.", [1, 2]), (".[\\n]{0}", [1, 2]),
  ])
  func aMatchBeginsBehindTheEndOfALine(_ pattern: String, _ places: [Int]) throws {
    var settings = RegexSettings()
    settings.newline = .crlf
    #expect(try Self.search(pattern, settings, "\r\nab") == places)
  }

  private static func search(
    _ pattern: String, _ settings: RegexSettings, _ text: String
  ) throws -> [Int]? {
    let program = try RegexProgram(Array(pattern.utf8), settings)
    return try Array(text.utf8).withUnsafeBufferPointer { text in
      var matcher = RegexMatcher(program, text, from: 0, [])
      return try matcher.search()
    }
  }

  // MARK: - Time

  /// Patterns that take time without end where every way is tried.
  @Test(arguments: [
    "(a*)*b", "(a|aa)+$", "a*a*a*a*b", "a*?a*?a*?b", "(x+x+)+y", "(a|a)*?c",
    "a{0,20}a{0,20}a{0,20}b", "(?=a*a*a*b)a*a*b", "(?>a*)a*b|a*c", "((a?){3}){3}b",
  ])
  func timeIsLinear(_ pattern: String) throws {
    let program = try RegexProgram(Array(pattern.utf8), RegexSettings())
    func steps(_ count: Int) throws -> Int {
      let text = [UInt8](repeating: UInt8(ascii: "a"), count: count) + [UInt8(ascii: "!")]
      let (found, steps) = try text.withUnsafeBufferPointer { text in
        var matcher = RegexMatcher(program, text, from: 0, [])
        return (try matcher.search(), matcher.steps)
      }
      #expect(found == nil)
      return steps
    }
    let (short, long) = (try steps(1000), try steps(4000))
    #expect(long < 5 * short + 2000, "\(short) steps for 1,000 bytes, \(long) for 4,000")
  }

  /// Where a back reference forbids to remember, the steps have an end.
  @Test func stepsAreLimited() throws {
    let program = try RegexProgram(Array("(a*)*\\1b".utf8), RegexSettings())
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 100)
    text.withUnsafeBufferPointer { text in
      var matcher = RegexMatcher(program, text, from: 0, [])
      #expect(throws: RegexLimit.steps) { try matcher.search() }
      var few = RegexMatcher(program, text, from: 0, [], frameLimit: 10)
      #expect(throws: RegexLimit.depth) { try few.search() }
    }
  }

  @Test(arguments: [
    ("a(*COMMIT)b", "(*COMMIT) is not supported", 1), ("\\X", "\\X is not supported", 1),
    ("x\\p{Greek}", "\\p{Greek} is not supported", 9),
    ("(*SKIP:x)", "(*SKIP) is not supported", 0),
  ])
  func whatIsLackedIsNamed(_ pattern: String, _ message: String, _ offset: Int) {
    #expect(throws: RegexError(message: message, offset: offset)) {
      try RegexProgram(Array(pattern.utf8), RegexSettings())
    }
  }
}

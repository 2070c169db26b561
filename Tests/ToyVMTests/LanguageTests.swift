import Foundation
import Testing

@testable import ToyVM

/// Every instruction of sequential code, against the answers of real Erlang.
///
/// `Fixtures/lang_*.erl` hold the tests, `Fixtures/language.txt` the answers.
@Suite struct LanguageTests {
  /// A function and what real Erlang answers.
  struct Answer: Sendable, CustomStringConvertible {
    let module: String
    let function: String
    /// `returned`, or the class of an exception.
    let end: String
    let value: String
    var description: String { "\(module):\(function)/0" }
  }

  static let answers: [Answer] = {
    let file = BeamFixtures.directory.appendingPathComponent("language.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("%") }.compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 3).map(String.init)
      return fields.count == 4
        ? Answer(module: fields[0], function: fields[1], end: fields[2], value: fields[3]) : nil
    }
  }()

  @Test func everyTestHasAnAnswer() throws {
    let modules = [
      "lang_big", "lang_bits", "lang_calls", "lang_code", "lang_data", "lang_debug", "lang_errors",
      "lang_limits", "lang_literals", "lang_maps", "lang_natives", "lang_old_bits",
      "lang_processes", "lang_slices", "lang_tables",
      "lang_traces",
    ]
    for module in modules {
      let file = try BeamFixtures.file(module)
      let tests = Set(file.exports.filter { $0.arity == 0 }.map { file.atoms[$0.name] })
      let answered = Set(Self.answers.filter { $0.module == module }.map(\.function))
      #expect(tests.subtracting(answered) == ["module_info"])
    }
  }

  @Test(
    arguments: answers,
    [RunVariant.plain, .plain.checked])
  func answersAsErlang(_ answer: Answer, _ variant: RunVariant) throws {
    try check(answer, variant)
  }

  @Test(
    arguments: answers.filter { !slow.contains($0.function) && !tellsSizes.contains($0.function) },
    [RunVariant.zeal, .tinyHeap.checked])
  func answersUnderStress(_ answer: Answer, _ variant: RunVariant) throws {
    try check(answer, variant)
  }

  /// Those that tell sizes of heaps, or when they collect: a lever changes that, and how often.
  static let tellsSizes: Set<String> = [
    "least_sizes", "fresh_process", "system_defaults", "changed_defaults",
    "hibernating_beyond_the_limit", "hibernating_with_messages", "traced", "traced_ladder",
    "traced_children", "traced_new", "traced_collections",
    "traced_limits",
  ]

  /// Those that build too much to collect at every step.
  static let slow: Set<String> = [
    "deep", "tail", "deep_unwinding", "large_sizes", "many_objects", "growing_and_shrinking",
    "big_objects", "selecting", "going_on_in_order", "counting_and_deleting", "going_on", "fixed",
    "random_searches", "random_hashes", "growing", "packed", "long_walks", "broken_walks",
  ]

  private func check(_ answer: Answer, _ variant: RunVariant) throws {
    let outcome = try variant.run(try BeamFixtures.bytes(answer.module), answer.function)
    switch outcome {
    case .returned(let text):
      #expect(answer.end == "returned")
      #expect(text == answer.value, "\(answer), \(variant)")
    case .exception(let report):
      let isThrow = answer.end == "throw"
      #expect(report.kind == (isThrow ? "error" : answer.end), "\(answer), \(variant): \(report)")
      #expect(
        report.reason == (isThrow ? "{nocatch,\(answer.value)}" : answer.value),
        "\(answer), \(variant): \(report)")
    default:
      Issue.record("\(answer), \(variant): \(outcome)")
    }
  }
}

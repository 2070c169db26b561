import Foundation

/// The programs of the benchmarks, and what real Erlang answers.
enum BenchmarkPrograms {
  /// A program, what it is called with, and its answer.
  struct Expectation: Sendable, CustomStringConvertible {
    let program: String
    let size: Int
    let answer: String
    var description: String { "\(program) \(size)" }
  }

  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Benchmarks/Programs")

  static func bytes(_ program: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appendingPathComponent(program + ".beam")))
  }

  /// The answers of the small sizes: of each program the smaller one first.
  static let expectations: [Expectation] = {
    let file = directory.appendingPathComponent("expected.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 2)
      guard fields.count == 3, let size = Int(fields[1]) else { return nil }
      return Expectation(program: String(fields[0]), size: size, answer: String(fields[2]))
    }
  }()

  /// The smallest size of each program.
  static var tiny: [Expectation] {
    expectations.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }

  /// The larger small size of each program.
  static var middle: [Expectation] {
    expectations.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
  }
}

import Foundation
import Testing
import Tenure

@testable import ToyVM

/// The results of natives against those that OTP 25 gave: `natives.erl` makes the calls, and
/// `natives.txt` has each call and its result in a line.
@Suite struct NativeTests {
  /// A call that was recorded and its result.
  private struct Recording {
    let group: Int
    let call: String
    let result: String
  }

  private static func recordings() throws -> [Recording] {
    let file = BeamFixtures.directory.appendingPathComponent("natives.txt")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      try #require(parts.count == 3, "\(line)")
      let group = try #require(Int(parts[0]))
      return Recording(group: group, call: String(parts[1]), result: String(parts[2]))
    }
  }

  /// The first call whose result is another in a list of all.
  private func firstDifference(_ text: String, _ recordings: [Recording]) -> String? {
    var rest = Substring(text).dropFirst()
    for recording in recordings {
      guard rest.hasPrefix(recording.result) else {
        let given = rest.prefix(recording.result.count + 60)
        return "\(recording.call) is \(recording.result) and not \(given)"
      }
      rest = rest.dropFirst(recording.result.count + 1)
    }
    return rest.isEmpty ? nil : "more results than calls: \(rest)"
  }

  private func machine(_ levers: HeapLevers = HeapLevers()) throws -> Machine {
    var configuration = SystemConfiguration()
    configuration.levers = levers
    let machine = Machine(system: MemorySystem(configuration: configuration))
    #expect(try machine.load(try BeamFixtures.bytes("natives")) == "natives")
    return machine
  }

  @Test(arguments: [(0, false), (1, false), (3, true)])
  func resultsAreThoseOfErlang(zeal: Int, alwaysSweepsFully: Bool) throws {
    let machine = try machine(
      HeapLevers(zeal: zeal, verifies: true, alwaysSweepsFully: alwaysSweepsFully))
    let recordings = try Self.recordings()
    #expect(recordings.count > 1000)
    let groups = try #require(recordings.last).group
    #expect(try machine.run("natives", "groups") == .returned("\(groups)"))
    for group in 1...groups {
      guard case .returned(let text) = try machine.run("natives", "results", [.integer(group)])
      else {
        Issue.record("group \(group) returned nothing")
        continue
      }
      #expect(firstDifference(text, recordings.filter { $0.group == group }) == nil)
    }
  }

  /// Code that is checked as it runs calls the same natives.
  @Test func checkedCodeGivesTheSame() throws {
    let machine = try machine()
    let recordings = try Self.recordings()
    for group in Set(recordings.map(\.group)) {
      let outcome = try machine.run(
        "natives", "results", [.integer(group)], options: RunOptions(checksOperands: true))
      let results = recordings.filter { $0.group == group }.map(\.result)
      #expect(outcome == .returned("[\(results.joined(separator: ","))]"), "group \(group)")
    }
  }
}

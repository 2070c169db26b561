import Foundation
import Tenure
import Testing
import ToyVM

/// A whole program's collections, word for word those of real Erlang.
@Suite struct GCLadderTests {
  @Test(arguments: [RunVariant.plain, .plain.checked, .verified])
  func everyCollectionAgrees(_ variant: RunVariant) throws {
    let recorded = try CollectionTrace.lines(
      of: String(
        contentsOf: BeamFixtures.directory.appendingPathComponent("gc_ladder.trace"),
        encoding: .utf8))
    #expect(recorded.count == 76)
    let recorder = CollectionRecorder()
    let outcome = try variant.run(
      try BenchmarkPrograms.bytes("gc_ladder"), "main", listener: recorder)
    guard case .returned = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let ours = CollectionTrace.lines(of: recorder.events)
    for (index, line) in recorded.enumerated() {
      try #require(index < ours.count, "our run ends before line \(index + 1) of the trace")
      try #require(ours[index] == line, "line \(index + 1) of the trace")
    }
    #expect(ours.count == recorded.count, "our run goes on beyond the trace")
  }
}

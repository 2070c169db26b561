import Foundation
import Testing

@Suite struct EmbeddingExampleTests {
  @Test func theExampleReadsBackWhatItBuilt() throws {
    let (sum, printed, collections) = try buildAndReadBack()
    #expect(sum == 5_000_050_000)
    #expect(printed.hasPrefix("{total,[100000,99999,99998,"))
    #expect(printed.hasSuffix(",3,2,1]}"))
    #expect(collections > 3)
  }

  /// The first Swift block of the README is the file that the test above runs.
  @Test func theReadmeShowsTheExampleThatRuns() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let example = try String(
      contentsOf: tests.appendingPathComponent("EmbeddingExample.swift"), encoding: .utf8)
    let readme = try String(
      contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let opening = try #require(readme.range(of: "```swift\n"), "README.md shows no Swift")
    let block = try #require(
      readme[opening.upperBound...].range(of: "```"), "the block of README.md has no end")
    let shown = readme[opening.upperBound..<block.lowerBound]
    #expect(shown == example[...])
    #expect(example.split(separator: "\n").count > 20)
  }
}

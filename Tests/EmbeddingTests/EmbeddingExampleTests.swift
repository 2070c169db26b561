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
    let example = try SourceTree.text(of: "Tests/EmbeddingTests/EmbeddingExample.swift")
    let readme = try SourceTree.text(of: "README.md")
    #expect(SourceTree.swiftBlocks(of: readme).first == example)
    #expect(example.split(separator: "\n").count > 20)
  }
}

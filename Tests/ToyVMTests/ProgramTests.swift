import Testing
import ToyVM

/// Whole programs against the answers of real Erlang, in every variant of a run.
@Suite struct ProgramTests {
  @Test func everyProgramHasTwoSmallSizes() {
    let sizes = Dictionary(grouping: BenchmarkPrograms.expectations, by: \.program)
    #expect(sizes.count == 20)
    for (program, sizes) in sizes {
      #expect(sizes.count == 2, "\(program)")
      #expect(sizes[0].size < sizes[sizes.count - 1].size, "\(program)")
    }
  }

  @Test(arguments: BenchmarkPrograms.tiny, RunVariant.all)
  func tinySize(_ expected: BenchmarkPrograms.Expectation, _ variant: RunVariant) throws {
    try check(expected, variant)
  }

  @Test(arguments: BenchmarkPrograms.middle, RunVariant.quick)
  func middleSize(_ expected: BenchmarkPrograms.Expectation, _ variant: RunVariant) throws {
    try check(expected, variant)
  }

  private func check(
    _ expected: BenchmarkPrograms.Expectation, _ variant: RunVariant
  ) throws {
    let bytes = try BenchmarkPrograms.bytes(expected.program)
    let outcome = try variant.run(bytes, "run", [.integer(expected.size)])
    #expect(outcome == .returned(expected.answer), "\(expected), \(variant)")
  }
}

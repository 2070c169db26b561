import Testing

/// The example programs at their two small sizes against what real Erlang answered.
@Suite struct ProgramTests {
  @Test func smallProgramsAnswerAsErlangDoes() throws {
    var count = 0
    for (program, size, value) in try Repository.expectations() where size != "main" {
      guard try Self.isSmall(program, size) else { continue }
      let run = try ToolProcess(["run", "--print", Repository.program(program), size])
      #expect(run.exitCode == 0, "\(program) \(size): \(run.errors)")
      #expect(run.output == value + "\n", "\(program) \(size)")
      count += 1
    }
    #expect(count >= 14)
  }

  @Test func tinyProgramsAnswerTheSameUnderZeal() throws {
    for (program, size, value) in try Repository.expectations() where size != "main" {
      guard try Self.isSmall(program, size) else { continue }
      let run = try ToolProcess(
        ["run", "--zeal=3", "--verify", "--print", Repository.program(program), size])
      #expect(run.exitCode == 0, "\(program) \(size): \(run.errors)")
      #expect(run.output == value + "\n", "\(program) \(size)")
    }
  }

  /// The first size of each program is a tiny one.
  private static func isSmall(_ program: String, _ size: String) throws -> Bool {
    try Repository.expectations().first { $0.program == program }?.size == size
  }
}

import Foundation
import Testing

@Suite struct ExitCodeTests {
  private let endings = Repository.fixture("endings.beam")

  @Test func aProgramThatReturnsEndsWithZero() throws {
    let run = try ToolProcess(["run", endings])
    #expect(run.exitCode == 0)
    #expect(run.output == "")
    #expect(run.errors == "")
  }

  @Test func theResultIsPrinted() throws {
    let run = try ToolProcess(["run", "--print", endings])
    #expect(run.exitCode == 0)
    #expect(run.output == "{returned,[1,-2,3.5],[],[116,101,120,116]}\n")
  }

  @Test func argumentsAreStrings() throws {
    let run = try ToolProcess(["run", "-f", "echo", "--print", endings, "a", "é", "--print"])
    #expect(run.output == "{echo,[[97],[233],[45,45,112,114,105,110,116]]}\n")
    let none = try ToolProcess(["run", "-f", "echo", "--print", endings])
    #expect(none.output == "{echo,[]}\n")
  }

  @Test func aModuleIsLoadedOnItsFirstCall() throws {
    let run = try ToolProcess(
      ["run", "-f", "elsewhere", "--pa", Repository.fixture(""), "--print", endings])
    #expect(run.exitCode == 0)
    #expect(run.output == "{called,elsewhere}\n")
    let missing = try ToolProcess(["run", "-f", "elsewhere", "--print", endings])
    #expect(missing.exitCode == 1)
    #expect(missing.output == "")
    #expect(
      missing.errorLines == ["** exception error: undefined function elsewhere:call/0"],
      "its caller ended with the call, and is not in the trace")
  }

  @Test(arguments: [
    ("fail", "** exception error: {bad,luck}"), ("quit", "** exception exit: done"),
    ("toss", "** exception error: {nocatch,ball}"),
  ])
  func anExceptionEndsWithOne(function: String, line: String) throws {
    let run = try ToolProcess(["run", "-f", function, "--print", endings])
    #expect(run.exitCode == 1)
    #expect(run.output == "")
    #expect(run.errorLines.first == line)
    #expect(run.errors.contains("endings.erl, line "))
  }

  @Test(arguments: [0, 1, 42])
  func aProgramChoosesItsStatus(status: Int32) throws {
    let run = try ToolProcess(["run", "-f", "stop", "--print", endings, "\(status)"])
    #expect(run.exitCode == status)
    #expect(!run.diedBySignal)
    #expect(run.output == "" && run.errors == "")
  }

  @Test func anExceptionComesBeforeTheStatistics() throws {
    let run = try ToolProcess(["run", "-f", "quit", "--stats=json", endings])
    #expect(run.exitCode == 1)
    #expect(run.errorLines.first == "** exception exit: done")
    #expect(run.errorLines.last?.hasPrefix("{\"collections\"") == true)
  }

  /// Every kind of bad usage: one line, code 2, nothing on standard output.
  @Test(arguments: [
    (["run", "--frob", "x"], "tenure: unknown option '--frob'; try 'tenure help'"),
    (["run", "-f"], "tenure: -f needs a value; try 'tenure help'"),
    ([], "tenure: no command given; try 'tenure help'"),
    (["frob", "x"], "tenure: unknown command 'frob'; try 'tenure help'"),
    (
      ["run", "--zeal=many", "x"],
      "tenure: --zeal needs a positive number, not 'many'; try 'tenure help'"
    ),
    (
      ["run", "/no/such/file.beam"],
      "tenure: cannot read /no/such/file.beam: No such file or directory"
    ),
    (["run", "/"], "tenure: cannot read /: Is a directory"),
    (["run", "/dev/zero"], "tenure: cannot read /dev/zero: larger than 67108864 bytes"),
  ])
  func badUsageEndsWithTwo(arguments: [String], line: String) throws {
    expectUsageError(try ToolProcess(arguments), line)
  }

  @Test(arguments: [
    (["-f", "no"], [], "tenure: 'endings' exports no function 'no'"),
    (
      ["-f", "pair"], [],
      "tenure: 'endings' exports pair/2, but only pair/0 and pair/1 can be called"
    ),
    ([], ["7"], "tenure: 'endings' exports 'main' with no argument, but arguments were given"),
  ])
  func aFunctionThatCannotBeCalledEndsWithTwo(
    options: [String], values: [String], line: String
  ) throws {
    expectUsageError(try ToolProcess(["run"] + options + [endings] + values), line)
  }

  @Test func aDamagedFileEndsWithTwo() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: endings))
    var damaged = [Data(), Data("hello\n".utf8), Data(repeating: 0xFF, count: 5000)]
    for length in stride(from: 1, to: whole.count, by: whole.count / 12) {
      damaged.append(whole.prefix(length))
    }
    for (index, bytes) in damaged.enumerated() {
      let path = try folder.file("damaged\(index).beam", bytes)
      let run = try ToolProcess(["run", path])
      #expect(run.exitCode == 2, "file \(index) of \(bytes.count) bytes")
      #expect(run.errorLines.count == 1, "file \(index): \(run.errors)")
      #expect(run.errors.hasPrefix("tenure: '\(path)' cannot be loaded: "), "\(run.errors)")
      #expect(!run.diedBySignal)
    }
  }

  @Test func aDamagedModuleOnALaterCallEndsWithTwo() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: Repository.fixture("elsewhere.beam")))
    _ = try folder.file("elsewhere.beam", whole.prefix(whole.count / 2))
    let run = try ToolProcess(["run", "-f", "elsewhere", "--pa", folder.path(""), endings])
    #expect(run.exitCode == 2)
    #expect(run.errorLines.count == 1, "\(run.errors)")
    #expect(
      run.errors.hasPrefix("tenure: a module that the program called cannot be loaded: "),
      "\(run.errors)")
  }

  @Test func helpAndVersionGoToStandardOutput() throws {
    let help = try ToolProcess(["help"])
    #expect(help.exitCode == 0)
    #expect(help.output.hasPrefix("usage: tenure run [options] PROGRAM.beam [ARG...]"))
    let version = try ToolProcess(["version"])
    #expect(version.exitCode == 0)
    #expect(version.output.hasPrefix("tenure "))
    #expect(help.errors + version.errors == "")
  }

  @Test func aResultThatCannotBeWrittenIsNoSuccess() throws {
    let run = try ToolProcess(["run", "--print", endings], standardOutput: "/dev/full")
    #expect(run.exitCode == 1)
    #expect(run.errors == "tenure: the result could not be written to standard output\n")
  }

  private func expectUsageError(_ run: ToolProcess, _ line: String) {
    #expect(run.exitCode == 2)
    #expect(run.errors == line + "\n")
    #expect(run.output == "")
  }
}

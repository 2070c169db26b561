import Testing

@testable import TenureTool

@Suite struct ArgumentsTests {
  @Test func everyOptionIsRead() throws {
    let line =
      "run -f go --pa a --pa=b --print --stats=json --zeal=7 --verify --check --max-memory 64M "
      + "--flatten=1000 "
      + "--fail-mapping 3 p.beam one --two"
    var expected = RunArguments()
    expected.program = "p.beam"
    expected.arguments = ["one", "--two"]
    expected.function = "go"
    expected.directories = ["a", "b"]
    expected.prints = true
    expected.statistics = .json
    expected.zeal = 7
    expected.verifies = true
    expected.checksOperands = true
    expected.flatteningLimitWords = 1000
    expected.budgetBytes = 64 << 20
    expected.failingRequest = 3
    #expect(try Command(arguments: words(line)) == .run(expected))
  }

  @Test func withoutOptionsMainRunsByTheRules() throws {
    var expected = RunArguments()
    expected.program = "p.beam"
    #expect(try Command(arguments: ["run", "p.beam"]) == .run(expected))
    #expect(expected.function == "main")
    #expect(expected.zeal == 0)
    #expect(expected.statistics == nil)
  }

  @Test func whatStandsBehindTheProgramIsTheProgramsOwn() throws {
    var expected = RunArguments()
    expected.program = "--odd"
    expected.arguments = ["--print", "--", "-f"]
    #expect(try Command(arguments: words("run -- --odd --print -- -f")) == .run(expected))
  }

  @Test(arguments: [
    ("1", 1), ("4096", 4096), ("1k", 1024), ("3K", 3072), ("2m", 2 << 20), ("1G", 1 << 30),
    ("9223372036854775807", Int.max), ("8589934591G", 8_589_934_591 << 30),
  ])
  func bytesMayHaveAUnit(text: String, byteCount: Int) throws {
    var expected = RunArguments()
    expected.program = "p"
    expected.budgetBytes = byteCount
    #expect(try Command(arguments: ["run", "--max-memory", text, "p"]) == .run(expected))
  }

  @Test func flatteningHasALimit() throws {
    var expected = RunArguments()
    expected.program = "p"
    expected.flatteningLimitWords = 1 << 27
    #expect(try Command(arguments: ["run", "--flatten", "p"]) == .run(expected))
    #expect(throws: UsageError.self) { try Command(arguments: ["run", "--flatten=", "p"]) }
  }

  @Test func zealAloneIsEveryEnsure() throws {
    var expected = RunArguments()
    expected.program = "7"
    expected.zeal = 1
    expected.statistics = .text
    #expect(try Command(arguments: words("run --zeal --stats 7")) == .run(expected))
  }

  @Test(arguments: ["help", "--help", "-h", "run --help", "run --print -h", "help run"])
  func helpIsHelp(line: String) throws {
    #expect(try Command(arguments: words(line)) == .help)
  }

  @Test(arguments: ["version", "--version"])
  func versionIsVersion(line: String) throws {
    #expect(try Command(arguments: words(line)) == .version)
  }

  @Test(arguments: [
    ("", "no command given"),
    ("walk", "unknown command 'walk'"),
    ("frob x", "unknown command 'frob'"),
    ("dance heap", "unknown command 'dance'"),
    ("--frob", "unknown option '--frob'"),
    ("version 2", "'version' takes no '2'"),
    ("run", "'run' needs a PROGRAM.beam"),
    ("run --print", "'run' needs a PROGRAM.beam"),
    ("run --", "'run' needs a PROGRAM.beam"),
    ("run --frob p", "unknown option '--frob'"),
    ("run --frob=3 p", "unknown option '--frob'"),
    ("run -x p", "unknown option '-x'"),
    ("run -f", "-f needs a value"),
    ("run --pa", "--pa needs a value"),
    ("run --pa= p", "--pa needs a directory"),
    ("run --print=yes p", "--print takes no value"),
    ("run --verify=1 p", "--verify takes no value"),
    ("run --check=1 p", "--check takes no value"),
    ("run --stats=xml p", "--stats='xml' is not known, --stats=json is"),
    ("run --zeal=0 p", "--zeal needs a positive number, not '0'"),
    ("run --zeal=-1 p", "--zeal needs a positive number, not '-1'"),
    ("run --zeal=x p", "--zeal needs a positive number, not 'x'"),
    ("run --zeal= p", "--zeal needs a positive number, not ''"),
    ("run --fail-mapping", "--fail-mapping needs a value"),
    ("run --fail-mapping p", "--fail-mapping needs a positive number, not 'p'"),
    ("run --fail-mapping +1 p", "--fail-mapping needs a positive number, not '+1'"),
    (
      "run --fail-mapping 99999999999999999999 p",
      "--fail-mapping needs a positive number, not '99999999999999999999'"
    ),
    ("run --schedulers 0 p", "--schedulers needs a positive number, not '0'"),
    ("run --schedulers=x p", "--schedulers needs a positive number, not 'x'"),
    ("run --schedulers=65 p", "--schedulers needs at most 64 threads, not 65"),
  ])
  func aBadLineSaysWhatIsWrong(line: String, problem: String) {
    #expect(throws: UsageError(problem)) { try Command(arguments: words(line)) }
  }

  @Test(arguments: ["0", "-1", "K", "1T", "1.5M", "0x10", "9007199254740993K7", "9999999999G", ""])
  func badByteCountsAreRefused(text: String) {
    #expect(
      throws: UsageError(
        "--max-memory needs a number of bytes such as 5000000 or 64M, not '\(text)'")
    ) {
      try Command(arguments: ["run", "--max-memory", text, "p"])
    }
  }

  @Test func whatIsQuotedStaysOnItsLine() {
    let error = #expect(throws: UsageError.self) {
      try Command(arguments: ["wa\nlk\u{1B}[2J"])
    }
    #expect(error?.description == #"unknown command 'wa\nlk\u{1B}[2J'; try 'tenure help'"#)
  }

  @Test func anEntryThatCannotBeCalledIsExplained() {
    func text(_ arities: [Int]) -> String {
      EntryError(module: "m", function: "f", exportedArities: arities).description
    }
    #expect(text([]) == "'m' exports no function 'f'")
    #expect(text([0, 3]) == "'m' exports 'f' with no argument, but arguments were given")
    #expect(text([2, 3]) == "'m' exports f/2, f/3, but only f/0 and f/1 can be called")
  }

  private func words(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }
}

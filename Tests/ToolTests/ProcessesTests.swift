import Foundation
import Testing

/// Programs of several processes: what they print by the standard library, and how runs end.
@Suite struct ProcessesTests {
  /// Options that name the library's modules where Erlang is installed; empty where it is not.
  private static let modulePaths: [String] = {
    let root = "/usr/lib/erlang/lib"
    let applications = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return ["stdlib-", "kernel-", "erts-"].flatMap { prefix in
      applications.first { $0.hasPrefix(prefix) }.map { ["--pa", "\(root)/\($0)/ebin"] } ?? []
    }
  }()

  @Test(arguments: ["1", "2"])
  func theStandardLibraryPrints(threads: String) throws {
    guard !Self.modulePaths.isEmpty else {
      print("left out: no Erlang is installed whose library could be used")
      return
    }
    let run = try ToolProcess(
      ["run", "--print", "--schedulers", threads] + Self.modulePaths
        + [Repository.fixture("talking.beam")])
    #expect(run.exitCode == 0)
    #expect(
      run.output == """
        {a,[1,2,3]} and text
        plain
        binary
        from a child \u{436}
        {encoding,unicode}
        true {error,enotsup}
        ok

        """)
    #expect(run.errors == "to the error output\n")
  }

  /// Names of files without a directory, with the answers of real Erlang. In a program of its own, for
  /// it changes the current directory.
  @Test func filesAreThoseOfTheCurrentDirectory() throws {
    guard !Self.modulePaths.isEmpty else {
      print("left out: no Erlang is installed whose library could be used")
      return
    }
    let folder = try TemporaryFolder()
    let module = Repository.root.appendingPathComponent("Tests/ToyVMTests/Fixtures/files.beam").path
    let run = try ToolProcess(
      ["run", "-f", "relative", "--print"] + Self.modulePaths + [module, folder.path])
    #expect(run.exitCode == 0)
    #expect(
      run.output
        == "[ok,{in,[]},ok,{ok,<<114>>},ok,ok,{ok,<<114>>},{in,[47,114,101,108]},ok,"
        + "{ok,[[114,101,108]]},{error,einval},ok,ok,true]\n")
  }

  @Test(arguments: ["1", "3"])
  func whereAllWaitTheToolSaysSo(threads: String) throws {
    let run = try ToolProcess(
      ["run", "-f", "waiting", "--schedulers", threads, Repository.fixture("talking.beam")])
    #expect(run.exitCode == 1)
    #expect(
      run.errorLines == ["tenure: all processes wait for messages, and nobody is left to send one"])
  }

  @Test func anErrorOfAnotherProcessIsTold() throws {
    let run = try ToolProcess(
      ["run", "-f", "failing_child", "--print", Repository.fixture("talking.beam")])
    #expect(run.exitCode == 0)
    #expect(run.output == "oops\n")
    #expect(run.errorLines.first == "=ERROR REPORT====")
    #expect(run.errors.contains("with exit value:\n{oops,[{talking,"))
  }

  /// As Erlang's logger tells it; the process ends alone.
  @Test func aLimitThatIsReachedIsTold() throws {
    let run = try ToolProcess(["run", "--print", Repository.fixture("greedy.beam")])
    #expect(run.exitCode == 0)
    #expect(run.output == "killed\n")
    let lines = run.errorLines
    #expect(lines.first == "=ERROR REPORT====")
    #expect(lines.dropFirst().first?.hasPrefix("     Process:            <0.") == true)
    #expect(lines.contains("     Context:            maximum heap size reached"))
    #expect(lines.contains("     Max Heap Size:      5000"))
    #expect(lines.contains("     Kill:               true"))
    #expect(lines.contains("     Message Queue Len:  0"))
    let total = lines.first { $0.hasPrefix("     Total Heap Size:") }?.split(separator: " ").last
    #expect(try #require(total.flatMap { Int($0) }) > 5000)
    #expect(run.errors.contains("{old_heap_block_size,"))
    let silent = try ToolProcess(
      ["run", "-f", "alone", "--print", Repository.fixture("greedy.beam")])
    #expect(silent.output == "killed\n")
    #expect(silent.errors == "")
  }

  @Test func aServerOfTheLibraryRuns() throws {
    guard !Self.modulePaths.isEmpty else {
      print("left out: no Erlang is installed whose library could be used")
      return
    }
    for options in [
      ["--schedulers", "1"], ["--schedulers", "2"], ["--zeal=5", "--verify"], ["--check"],
    ] {
      let run = try ToolProcess(
        ["run", "--print"] + options + Self.modulePaths + [Repository.program("server"), "200"])
      #expect(run.output == "{4900,200,200,normal}\n", "\(options): \(run.errors)")
    }
  }
}

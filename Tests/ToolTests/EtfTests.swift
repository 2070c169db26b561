import Foundation
import Testing

@Suite("tenure etf")
struct EtfTests {
  /// What `term_to_binary` of OTP 25 made of `{ok, [1, 2.5], #{a => "b"}, fun m:f/2}`.
  private let encoded: [UInt8] =
    [131, 104, 4, 100, 0, 2, 111, 107, 108, 0, 0, 0, 2, 97, 1, 70, 64, 4, 0, 0, 0, 0, 0, 0, 106]
    + [116, 0, 0, 0, 1, 100, 0, 1, 97, 107, 0, 1, 98]
    + [113, 100, 0, 1, 109, 100, 0, 1, 102, 97, 2]

  @Test func printsATermAndItsWords() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("term", Data(encoded))
    let run = try ToolProcess(["etf", path, "--size"])
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    #expect(
      run.output == """
        {ok,[1,2.5],#{a => [98]},fun m:f/2}
        flat size    24 words
        shared size  24 words

        """)
  }

  @Test func writesATermBack() throws {
    let folder = try TemporaryFolder()
    let fun: [UInt8] =
      [131, 112, 0, 0, 0, 51, 1] + Array(1...16) + [0, 0, 0, 7, 0, 0, 0, 1, 100, 0, 1, 109, 97, 3]
      + [98, 0, 0, 1, 0, 88, 100, 0, 3, 120, 64, 121, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 97, 9]
    let binary: [UInt8] = [131, 109, 0, 0, 0, 100] + [UInt8](repeating: 7, count: 100)
    for bytes in [encoded, fun, binary] {
      let path = try folder.file("term", Data(bytes))
      let run = try ToolProcess(["etf", "--reencode", folder.path("again"), path])
      #expect(run.exitCode == 0)
      #expect(run.errors == "")
      let again = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path("again"))))
      #expect(again.count == bytes.count)
      // The size that a fun claims is not looked at when it is read.
      #expect(again[6...] == bytes[6...])
    }
  }

  @Test func aBadFileEndsWithTwo() throws {
    let folder = try TemporaryFolder()
    let cases: [([UInt8], String)] = [
      ([], "external term, byte 0: the bytes end before the term"),
      ([130, 97, 1], "external term, byte 0: the version is 130, not 131"),
      (Array(encoded.dropLast()), "external term, byte 48: the bytes end before the term"),
      ([131, 104, 1, 82, 0], "external term, byte 3: a term of the unsupported tag 82"),
      (encoded + [0, 0], "external term, byte 49: 2 bytes behind its end"),
      ([131, 105, 255, 255, 255, 255], "external term, byte 6: the bytes end before the term"),
    ]
    for (bytes, reason) in cases {
      let path = try folder.file("term", Data(bytes))
      let run = try ToolProcess(["etf", path])
      #expect(run.exitCode == 2)
      #expect(run.errors == "tenure: '\(path)' is no external term: \(reason)\n")
      #expect(run.output == "")
    }
  }

  @Test func badUsageEndsWithTwo() throws {
    let cases: [([String], String)] = [
      ([], "'etf' needs a FILE; try 'tenure help'"),
      (["a", "b"], "'etf' takes one FILE, not 'b' too; try 'tenure help'"),
      (["a", "--reencode"], "--reencode needs a file; try 'tenure help'"),
      (["a", "--frob"], "unknown option '--frob'; try 'tenure help'"),
      (["/no/such/file"], "cannot read '/no/such/file': No such file or directory"),
      (["/"], "cannot read '/': Is a directory"),
    ]
    for (arguments, line) in cases {
      let run = try ToolProcess(["etf"] + arguments)
      #expect(run.exitCode == 2)
      #expect(run.errors == "tenure: \(line)\n")
      #expect(run.output == "")
    }
  }

  @Test func whatCannotBeWrittenIsNoSuccess() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("term", Data(encoded))
    let run = try ToolProcess(["etf", path, "--reencode", folder.path("no/such/folder")])
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "tenure: cannot write '\(folder.path("no/such/folder"))': No such file or directory\n")
    #expect(try ToolProcess(["etf", path], standardOutput: "/dev/full").exitCode == 1)
  }
}

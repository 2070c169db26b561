import Foundation
import Tenure
import Testing

@testable import ToyVM

/// What stock modules `file` and `filelib` answer, on the machine and on the installed Erlang.
///
/// `Fixtures/files.erl` does the work in a directory that is empty at first.
@Suite struct FileTests {
  @Test(arguments: [0, 2000])
  func answersAsErlang(zeal: Int) throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    let expected = try inFolder { path in
      try InstalledErlang.evaluate("io:format(\"~w\", [files:main([\"\(path)\"])])")
    }
    try #require(expected.hasPrefix("[{whole,["), "\(expected.prefix(300))")
    try inFolder { path in
      try InstalledErlang.expect(
        "files", "main", [path], toReturn: expected, zeal: zeal, "zeal \(zeal)")
    }
  }

  /// What a process has open is closed when it ends, and so is all at the end of a run.
  @Test func noDescriptorIsLeft() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed whose modules could be run")
      return
    }
    func descriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    let path = BeamFixtures.directory.appendingPathComponent("files.erl").path
    let machine = Machine(system: MemorySystem(), directories: InstalledErlang.directories)
    try machine.load(try BeamFixtures.bytes("files"))
    let before = try descriptors()
    for _ in 0..<3 {
      #expect(try machine.run("files", "leave_open", [.strings([path])]) == .returned("30"))
    }
    // Tests beside this one may have some open for a while.
    #expect(try descriptors() < before + 30)
  }

  private func inFolder<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tenure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }
}

import Foundation

@testable import ToyVM

/// Compiled modules to read: small ones kept with the tests, and those of an installed Erlang.
enum BeamFixtures {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// The bytes of a module that stands next to its source; made by erlc of OTP 25 with
  /// `+deterministic +no_debug_info`.
  static func bytes(_ module: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appendingPathComponent(module + ".beam")))
  }

  static func file(_ module: String) throws -> BeamFile {
    try BeamFile(bytes: try bytes(module))
  }

  /// The modules of applications of an installed Erlang; empty where there is none.
  static func installedModules(_ names: [String] = ["stdlib"]) -> [URL] {
    let libraries = URL(fileURLWithPath: "/usr/lib/erlang/lib")
    let manager = FileManager.default
    let applications = (try? manager.contentsOfDirectory(atPath: libraries.path)) ?? []
    return applications.filter { folder in names.contains { folder.hasPrefix($0 + "-") } }.sorted()
      .flatMap { application in
        modules(in: libraries.appendingPathComponent(application).appendingPathComponent("ebin"))
      }
  }

  /// The modules of a folder.
  static func modules(in folder: URL) -> [URL] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".beam") }.sorted().map(folder.appendingPathComponent)
  }

  /// A module's file put together of chunks.
  static func container(_ chunks: [(name: String, data: [UInt8])]) -> [UInt8] {
    var body = Array("BEAM".utf8)
    for (name, data) in chunks {
      body += Array(name.utf8) + word(data.count) + data
      body += Array(repeating: 0, count: -data.count & 3)
    }
    return Array("FOR1".utf8) + word(body.count) + body
  }

  /// The chunks of a module's file.
  static func chunks(_ file: [UInt8]) -> [(name: String, data: [UInt8])] {
    var chunks: [(name: String, data: [UInt8])] = []
    var offset = 12
    while offset < file.count {
      let size = file[offset + 4..<offset + 8].reduce(0) { $0 << 8 | Int($1) }
      let data = Array(file[offset + 8..<offset + 8 + size])
      chunks.append((String(decoding: file[offset..<offset + 4], as: UTF8.self), data))
      offset += 8 + (size + 3) & ~3
    }
    return chunks
  }

  /// A number as 4 bytes.
  static func word(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}

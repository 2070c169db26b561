import Foundation

/// The installed `erl`, asked for terms and for what it reads.
final class ExternalErlang {
  typealias Row = (encodings: [[UInt8]], words: Int)

  let isInstalled: Bool
  private let folder: URL

  /// Compiles the module that answers, if there is a compiler.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "etf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Recording/external_terms.erl")
    isInstalled = Self.run(["erlc", "-o", folder.path, source.path]) == 0
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func run(_ command: [String]) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return 127 }
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func ask(_ arguments: [String]) -> Int32 {
    Self.run(["erl", "-noshell", "-pa", folder.path, "-run", "external_terms"] + arguments)
  }

  /// Random terms of a seed: their encodings and their words.
  func rows(seed: Int, count: Int) throws -> [Row] {
    let file = folder.appending(path: "rows")
    guard ask(["live", "\(seed)", "\(count)", file.path]) == 0 else {
      throw CocoaError(.fileNoSuchFile)
    }
    let bytes = [UInt8](try Data(contentsOf: file))
    var offset = 0
    func number() -> Int {
      defer { offset += 4 }
      return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var rows: [Row] = []
    while offset < bytes.count {
      let encodings = (0..<4).map { _ in
        let count = number()
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
      }
      rows.append((encodings, number()))
    }
    return rows
  }

  /// Whether `erl` reads the same term out of both encodings of each pair: then 0.
  func reads(_ pairs: [([UInt8], [UInt8])]) throws -> Int32 {
    let file = folder.appending(path: "pairs")
    var bytes = Data()
    for (left, right) in pairs {
      for encoding in [left, right] {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(encoding.count >> shift & 255)) }
        bytes.append(contentsOf: encoding)
      }
    }
    try bytes.write(to: file)
    return ask(["check", file.path])
  }
}

import Foundation

/// Rows for programs, in the file that `--json` names.
struct JSONFile {
  private let file: FileHandle

  /// Opens the file, so that a bad path is known before minutes are spent.
  init(path: String) throws(UsageError) {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw UsageError("cannot write \(path)") }
    self.file = file
  }

  func write(_ results: [CaseResult]) throws(UsageError) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      var data = try encoder.encode(Document(cases: results.map(Document.Row.init)))
      data.append(UInt8(ascii: "\n"))
      try file.write(contentsOf: data)
      try file.close()
    } catch {
      throw UsageError("cannot write the JSON: \(error)")
    }
  }
}

private struct Document: Encodable {
  struct Figures: Encodable {
    let median: Double
    let min: Double
  }

  struct PeerFigures: Encodable {
    let version: String
    let median: Double
    let min: Double
    let ratio: Double
  }

  struct Row: Encodable {
    let name: String
    let unit: String
    let ours: Figures
    let check: String
    /// From 0 to 1; left out where the case does not tell.
    let collectorShare: Double?
    let peers: [String: PeerFigures]

    init(_ result: CaseResult) {
      name = result.name
      unit = result.unit
      ours = Figures(median: result.median, min: result.minimum)
      check = result.check
      collectorShare = result.collectorShare
      var peers: [String: PeerFigures] = [:]
      for (name, row) in result.peers {
        peers[name] = PeerFigures(
          version: row.version, median: row.median, min: row.minimum,
          ratio: row.ratio(to: result))
      }
      self.peers = peers
    }
  }

  let cases: [Row]
}

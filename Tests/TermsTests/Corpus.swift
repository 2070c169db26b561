import Foundation
import Terms
import TestKit

/// Random terms of all kinds with what Erlang says of each, as `Recording/corpus.escript` writes
/// them.
final class Corpus {
  /// A term and what Erlang says of it.
  struct Row {
    let plain: [UInt8]
    let deterministic: [UInt8]
    let flatWords: Int
    let sharedWords: Int
    let hash: Int
    let wholeHash: Int
    let text: String
    /// Its place in standard order, which equal terms share.
    let rank: Int
  }

  /// Two terms and how they compare.
  struct Pair {
    let left: Int
    let right: Int
    let comparison: Int
    let isExactlyEqual: Bool
  }

  let seed: Int
  private(set) var rows: [Row] = []
  private(set) var pairs: [Pair] = []

  /// The file that `TENURE_ORACLE_CORPUS` names, freshly made; else the recorded one.
  static var path: String {
    if let path = ProcessInfo.processInfo.environment["TENURE_ORACLE_CORPUS"] { return path }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return folder.appendingPathComponent("Recording/corpus.etf").path
  }

  /// Reads a corpus with our own decoder.
  init(path: String = Corpus.path) throws {
    let bench = ExternalTestBench()
    let file = try bench.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    let fields = file.term.tupleElements
    seed = fields[3].smallValue
    for row in Self.elements(of: fields[4]) {
      let fields = row.tupleElements
      let plain = Self.bytes(fields[0])
      rows.append(
        Row(
          plain: plain, deterministic: fields[1].isAtom ? plain : Self.bytes(fields[1]),
          flatWords: fields[2].smallValue, sharedWords: fields[3].smallValue,
          hash: fields[4].smallValue, wholeHash: fields[5].smallValue,
          text: String(decoding: Self.bytes(fields[6]), as: UTF8.self),
          rank: fields[7].smallValue))
    }
    for pair in Self.elements(of: fields[5]) {
      let fields = pair.tupleElements
      pairs.append(
        Pair(
          left: fields[0].smallValue - 1, right: fields[1].smallValue - 1,
          comparison: fields[2].smallValue,
          isExactlyEqual: bench.atoms.name(of: fields[3]) == "true"))
    }
    withExtendedLifetime(file) {}
  }

  private static func elements(of list: Term) -> [Term] {
    var elements: [Term] = []
    var rest = list
    while rest.isCons {
      elements.append(rest.cons[0])
      rest = rest.cons[1]
    }
    return elements
  }

  private static func bytes(_ binary: Term) -> [UInt8] { Array(binary.wholeBinaryBytes) }
}

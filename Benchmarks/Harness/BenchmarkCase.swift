/// One thing that is measured. A new one is a new file and a line in `allCases()`.
struct BenchmarkCase {
  /// group/scenario[/parameter]
  let name: String
  /// The unit of every sample, e.g. ns/word; smaller is faster.
  let unit: String
  /// Who does the same work elsewhere.
  let peers: [any Peer]
  /// Whether it takes seconds even when it is quick: then it has to be asked for by name.
  let isLong: Bool
  /// Measures once per repetition asked for.
  let run: (Effort) throws -> Measurement

  init(
    name: String, unit: String, peers: [any Peer] = [], isLong: Bool = false,
    run: @escaping (Effort) throws -> Measurement
  ) {
    self.name = name
    self.unit = unit
    self.peers = peers
    self.isLong = isLong
    self.run = run
  }
}

/// How much measuring is asked for.
struct Effort {
  /// Timed repetitions, at least 1.
  var repetitions: Int
  /// Repetitions before them that are not timed.
  var warmUps: Int
}

/// What one case yields.
struct Measurement {
  /// One value per timed repetition, in the unit of the case.
  var samples: [Double]
  /// What was computed, so that nobody can cheat; the peers must answer the same.
  var check: String
  /// The collector's part of the time, from 0 to 1, where the case tells.
  var collectorShare: Double?
}

/// A case that found out that it did not measure what it says.
struct CaseFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Somebody else who does the same work.
protocol Peer {
  /// The key in the output, e.g. erl.
  var name: String { get }

  /// Measures the case of that name.
  func measure(_ caseName: String, repetitions: Int) throws(PeerError) -> PeerRow
}

/// What a peer answers for one case.
struct PeerRow {
  let version: String
  let median: Double
  let minimum: Double
  /// What it computed, if it computes what we do.
  let check: String?
}

enum PeerError: Error {
  /// It is not on this machine; the line says how to get it.
  case missing(howToInstall: String)
  /// It ran and gave no row.
  case failed(String)
}

/// The result of one case, ready to print.
struct CaseResult {
  let name: String
  let unit: String
  let median: Double
  let minimum: Double
  let check: String
  /// The collector's part of our time, from 0 to 1, where the case tells.
  let collectorShare: Double?
  /// In the order of the case's list; those that are missing or failed are left out.
  var peers: [(name: String, row: PeerRow)]
}

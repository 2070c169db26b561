/// Measures cases one after the other, each beside its peers.
struct BenchmarkRunner {
  let options: BenchmarkOptions
  /// Cases that threw, disagreed with a peer, or whose peer broke.
  private(set) var failures = 0
  private var missingPeers: Set<String> = []

  init(options: BenchmarkOptions) { self.options = options }

  /// Measures and prints; each row appears as soon as it is known.
  mutating func measure(_ cases: [BenchmarkCase]) -> [CaseResult] {
    let table = TablePrinter(
      nameWidth: cases.map(\.name.count).max() ?? 0,
      peers: options.measuresPeers ? peerNames(of: cases) : [])
    table.printHeading()
    var results: [CaseResult] = []
    for benchmark in cases {
      do {
        let result = try measure(benchmark)
        table.printRow(result)
        results.append(result)
      } catch {
        complain("\(benchmark.name) failed: \(error)")
        failures += 1
      }
    }
    table.printMeans(GroupMean.all(of: results))
    return results
  }

  private func peerNames(of cases: [BenchmarkCase]) -> [String] {
    var names: [String] = []
    for peer in cases.flatMap(\.peers) where !names.contains(peer.name) { names.append(peer.name) }
    return names
  }

  /// Ours, the peers, ours again: a machine that slows down meanwhile slows both.
  private mutating func measure(_ benchmark: BenchmarkCase) throws -> CaseResult {
    let repetitions = options.isQuick ? 2 : 14
    let half = Effort(repetitions: repetitions / 2, warmUps: 1)
    let before = try benchmark.run(half)
    var peers: [(name: String, row: PeerRow)] = []
    if options.measuresPeers {
      for peer in benchmark.peers {
        guard let row = ask(peer, about: benchmark.name, repetitions: repetitions) else { continue }
        if let check = row.check, check != before.check {
          complain("\(benchmark.name): \(peer.name) computed \(check), we \(before.check)")
          failures += 1
        }
        peers.append((peer.name, row))
      }
    }
    let after = try benchmark.run(half)
    if before.check != after.check {
      complain("\(benchmark.name): computed \(before.check), then \(after.check)")
      failures += 1
    }
    let samples = before.samples + after.samples
    return CaseResult(
      name: benchmark.name, unit: benchmark.unit, median: samples.median,
      minimum: samples.minimum, check: before.check,
      collectorShare: Self.mean(before.collectorShare, after.collectorShare), peers: peers)
  }

  /// The mean of both halves, which repeat equally often.
  private static func mean(_ first: Double?, _ second: Double?) -> Double? {
    guard let first, let second else { return nil }
    return (first + second) / 2
  }

  /// A peer's row; nothing, and a line on stderr, if there is none.
  private mutating func ask(_ peer: any Peer, about name: String, repetitions: Int) -> PeerRow? {
    if missingPeers.contains(peer.name) { return nil }
    do {
      return try peer.measure(name, repetitions: repetitions)
    } catch {
      switch error {
      case .missing(let howToInstall):
        complain("\(peer.name) is not installed; \(howToInstall)")
        missingPeers.insert(peer.name)
      case .failed(let reason):
        complain("\(name): \(peer.name) failed: \(reason)")
        failures += 1
      }
      return nil
    }
  }
}

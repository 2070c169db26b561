import Foundation

/// How a group of cases compares with a peer: the geometric mean of its rows' ratios, and the least.
struct GroupMean {
  /// The first part of the cases' names.
  let group: String
  let peer: String
  let rows: Int
  let mean: Double
  /// The row where we are slowest, compared with the peer.
  let least: (name: String, ratio: Double)

  /// Those of all groups and peers with two rows or more, in the order of the rows.
  static func all(of results: [CaseResult]) -> [GroupMean] {
    var groups: [String] = []
    var ratios: [String: [(peer: String, name: String, ratio: Double)]] = [:]
    for result in results {
      let group = String(result.name.prefix { $0 != "/" })
      if !groups.contains(group) { groups.append(group) }
      for peer in result.peers {
        ratios[group, default: []].append(
          (peer.name, result.name, peer.row.ratio(to: result)))
      }
    }
    return groups.flatMap { group -> [GroupMean] in
      let rows = ratios[group] ?? []
      var peers: [String] = []
      for row in rows where !peers.contains(row.peer) { peers.append(row.peer) }
      return peers.compactMap { peer in
        let mine = rows.filter { $0.peer == peer }
        guard mine.count > 1, let least = mine.min(by: { $0.ratio < $1.ratio }) else { return nil }
        let mean = exp(mine.reduce(0) { $0 + log($1.ratio) } / Double(mine.count))
        return GroupMean(
          group: group, peer: peer, rows: mine.count, mean: mean, least: (least.name, least.ratio))
      }
    }
  }

  /// The mean in one line.
  var line: String {
    let mean = String(format: "%.2f", mean)
    let least = "\(String(format: "%.2f", self.least.ratio)) (\(self.least.name))"
    return "\(group)/: geometric mean of \(rows) ratios to \(peer) \(mean), the least \(least)"
  }
}

import Foundation

/// Rows for people: name, unit, ours, each peer's with the ratio, the collector's share of our
/// time where a case tells, check.
struct TablePrinter {
  let nameWidth: Int
  /// A column group each.
  let peers: [String]

  private static let numberWidth = 11
  private static let unitWidth = 8
  private static let shareWidth = 7

  func printHeading() {
    var line = left("name", nameWidth) + " " + left("unit", Self.unitWidth)
    line += right("ours median") + right("ours min")
    for peer in peers { line += right("\(peer) median") + right("\(peer) min") + right("ratio") }
    emit(line + Self.share("gc") + "  check")
  }

  func printRow(_ result: CaseResult) {
    var line = left(result.name, nameWidth) + " " + left(result.unit, Self.unitWidth)
    line += number(result.median) + number(result.minimum)
    for peer in peers {
      if let row = result.peers.first(where: { $0.name == peer })?.row {
        line += number(row.median) + number(row.minimum)
        line += right(String(format: "%.2f", row.ratio(to: result)))
      } else {
        line += right("-") + right("-") + right("-")
      }
    }
    let share = result.collectorShare.map { String(format: "%.1f %%", 100 * $0) }
    emit(line + Self.share(share ?? "-") + "  " + result.check)
  }

  /// Lines for groups of rows, behind all rows.
  func printMeans(_ means: [GroupMean]) {
    for mean in means { emit(mean.line) }
  }

  /// Out at once, also into a pipe: a run takes minutes.
  private func emit(_ line: String) {
    print(line)
    fflush(nil)
  }

  private func number(_ value: Double) -> String {
    right(String(format: value < 10 ? "%.3f" : value < 1000 ? "%.2f" : "%.1f", value))
  }

  private func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func share(_ text: String) -> String {
    String(repeating: " ", count: max(1, shareWidth + 1 - text.count)) + text
  }

  private func right(_ text: String) -> String {
    String(repeating: " ", count: max(1, Self.numberWidth + 1 - text.count)) + text
  }
}

extension PeerRow {
  /// Above 1: we are faster.
  func ratio(to ours: CaseResult) -> Double { median / ours.median }
}

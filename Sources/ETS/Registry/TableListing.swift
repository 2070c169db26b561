import Heaps
import Terms

extension TableRegistry {
  /// All tables as text, a line each, as `ets:i/0` prints them: number, name, type, objects, words and
  /// owner; the oldest first.
  /// - Throws: ``ScratchExhausted`` where there is no working memory for a name.
  /// - Complexity: O(tables).
  public func listing() throws(ScratchExhausted) -> String {
    let printer = TermPrinter(atoms: atoms, scratch: environment.scratch)
    var rows = [["id", "name", "type", "size", "words", "owner"]]
    for table in tables.reversed() {
      // What ends meanwhile is left out.
      guard let information = try? table.information() else { continue }
      rows.append([
        "\(information.number)", try printer.text(of: information.name),
        information.options.type.rawValue, "\(information.objectCount)", "\(information.words)",
        try printer.text(of: information.owner),
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return cells.joined(separator: "  ").trimmingTrailingSpaces() + "\n"
    }.joined()
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

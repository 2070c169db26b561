/// Puts JSON together from parts that are JSON.
enum JSONText {
  /// - Parameter members: names, which need no escapes, and values.
  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }

  static func array(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ", ") + "]"
  }

  /// Four digits after the point; `null` where there is no number.
  static func ratio(_ value: Double?) -> String {
    guard let value else { return "null" }
    let scaled = Int((value * 10_000).rounded())
    let fraction = String(scaled % 10_000)
    return "\(scaled / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
  }
}

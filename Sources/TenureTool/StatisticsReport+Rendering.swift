extension StatisticsReport {
  /// A line for each number, under titles.
  var text: String {
    let labelWidth = sections.flatMap(\.fields).map(\.label.count).max() ?? 0
    let numberWidth = sections.flatMap(\.fields).map(\.value.number.count).max() ?? 0
    var lines: [String] = []
    for section in sections {
      lines.append(section.title)
      for field in section.fields {
        let number = field.value.number
        let gap = labelWidth - field.label.count + 2 + numberWidth - number.count
        let unit = field.value.unit.isEmpty ? "" : " " + field.value.unit
        lines.append("  \(field.label)\(String(repeating: " ", count: gap))\(number)\(unit)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// One object on one line, a member for each section.
  var json: String {
    let members = sections.map { section in
      let fields = section.fields.map { "\"\($0.key)\": \($0.value.number)" }
      return "\"\(section.key)\": {\(fields.joined(separator: ", "))}"
    }
    return "{\(members.joined(separator: ", "))}"
  }
}

extension StatisticsReport.Value {
  /// The number alone, as JSON takes it.
  var number: String {
    switch self {
    case .count(let number), .words(let number), .bytes(let number):
      return "\(number)"
    case .nanoseconds(let nanoseconds):
      return Self.decimal(nanoseconds, places: 3)
    case .share(let part, let whole):
      guard whole > 0 else { return "0.0" }
      return Self.decimal(UInt64((Double(part) / Double(whole) * 1000).rounded()), places: 1)
    }
  }

  var unit: String {
    switch self {
    case .count: ""
    case .words: "words"
    case .bytes: "bytes"
    case .nanoseconds: "us"
    case .share: "%"
    }
  }

  /// A whole number with so many of its last digits behind the point.
  private static func decimal(_ number: UInt64, places: Int) -> String {
    let digits = "\(number)"
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}

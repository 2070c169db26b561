import Foundation
import Terms

/// What OTP printed of terms: the file that `Recording/printing.erl` made.
struct PrintRecording {
  struct Entry {
    var bytes: [UInt8]
    var nodeNumbers: [String: Int]
    /// How a format is written in the file, the format, and the text.
    var texts: [(key: String, format: TermFormat, text: String)] = []
  }

  private(set) var entries: [Entry] = []

  init(contentsOf url: URL) throws {
    var printable = TermFormat.Characters.latin1
    var nodeNumbers: [String: Int] = [:]
    let file = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    // The lines are parted in bytes: to a string, an accent is part of what stands in front.
    for line in file.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let space = line.firstIndex(of: UInt8(ascii: " ")) else {
        preconditionFailure("no line of a recording: \(line)")
      }
      let (key, rest) = (Substring(line[..<space]), line[space...].dropFirst())
      switch key {
      case "range": printable = Substring(rest) == "unicode" ? .unicode : .latin1
      case "node":
        let parts = Substring(rest).split(separator: " ")
        let name = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: "'"))
        nodeNumbers[name] = Int(parts[1])
      case "term":
        entries.append(Entry(bytes: Self.bytes(rest), nodeNumbers: nodeNumbers))
      default:
        guard let last = entries.indices.last else { preconditionFailure("no term") }
        let text =
          rest.elementsEqual("=".utf8) ? entries[last].texts.last?.text : Self.unescaped(rest)
        let format = Self.format(String(key), printable)
        entries[last].texts.append((String(key), format, text ?? ""))
      }
    }
  }

  private static func bytes(_ digits: Substring.UTF8View) -> [UInt8] {
    let values = digits.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  private static func unescaped(_ text: Substring.UTF8View) -> String {
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in text {
      if isEscaped {
        bytes.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func format(_ key: String, _ printable: TermFormat.Characters) -> TermFormat {
    var rest = key[...]
    func number(behind mark: Character) -> Int? {
      guard let place = rest.firstIndex(of: mark) else { return nil }
      defer { rest = rest[..<place] }
      return Int(rest[place...].dropFirst())
    }
    let depth = number(behind: "/")
    let column = number(behind: "@") ?? 1
    let flags = rest.prefix { $0 == "t" || $0 == "l" }
    rest = rest.dropFirst(flags.count)
    let characters: TermFormat.Characters = flags.contains("t") ? .unicode : .latin1
    if rest == "w" { return .write(depth: depth, characters: characters) }
    guard rest.hasPrefix("p"), let lineWidth = Int(rest.dropFirst()) else {
      preconditionFailure("no format: \(key)")
    }
    return .pretty(
      lineWidth: lineWidth, column: column, depth: depth, characters: characters,
      printable: printable, findsStrings: !flags.contains("l"))
  }
}

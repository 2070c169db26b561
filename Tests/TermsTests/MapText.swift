/// The text of a term with the entries of each map in the order of their bytes, to compare texts
/// of maps whose entries stand in no order.
enum MapText {
  static func sorted(_ text: String) -> String {
    // What is open, innermost last: its entries, and whether they are those of a map.
    var open: [(entries: [[UInt8]], isMap: Bool)] = [([[]], false)]
    let bytes = Array(text.utf8)
    var place = 0
    func add(_ byte: UInt8) {
      open[open.count - 1].entries[open[open.count - 1].entries.count - 1].append(byte)
    }
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "'"):
        // A quoted atom, in which a backslash escapes.
        repeat {
          add(bytes[place])
          if bytes[place] == UInt8(ascii: "\\") {
            place += 1
            add(bytes[place])
          }
          place += 1
        } while bytes[place] != UInt8(ascii: "'")
        add(bytes[place])
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        add(byte)
        let isMap = byte == UInt8(ascii: "{") && place > 0 && bytes[place - 1] == UInt8(ascii: "#")
        open.append(([[]], isMap))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        var closed = open.removeLast()
        if closed.isMap {
          closed.entries.sort { $0.lexicographicallyPrecedes($1) }
        }
        for part in closed.entries.joined(separator: [UInt8(ascii: ",")]) { add(part) }
        add(byte)
      case UInt8(ascii: ","): open[open.count - 1].entries.append([])
      default: add(byte)
      }
      place += 1
    }
    return String(
      decoding: Array(open[0].entries.joined(separator: [UInt8(ascii: ",")])), as: UTF8.self)
  }
}

import Testing

@testable import Terms

/// Checks that a hash map is the one tree that its keys can have.
enum HashMapChecker<Hash: KeyHash> {
  /// Every defect of a map, in words; none for a good one.
  static func defects(of map: Term, scratch: any ScratchProvider) throws -> [String] {
    let root = map.boxed
    let header = Header(bits: root[0])
    var defects: [String] = []
    switch header.mapType {
    case .fullRoot where header.mapBitmap != 0xFFFF: defects.append("a full root that is not")
    case .root where header.mapBitmap == 0xFFFF: defects.append("a full root of the other kind")
    case .flat, .node: defects.append("no root")
    default: break
    }
    if header.rawWords != 1 { defects.append("a root of \(header.rawWords) raw words") }
    let leaves = try check(map, way: [], &defects, scratch)
    if leaves != map.mapSize { defects.append("\(leaves) leaves, but the size \(map.mapSize)") }
    if leaves < HashMap.minimumSize { defects.append("only \(leaves) leaves") }
    return defects
  }

  /// The slot of a key at a level.
  private static func slot(_ key: Term, _ level: Int, _ scratch: any ScratchProvider) throws -> Int
  {
    let hash = try Hash.hash(key, salt: level / 8, scratch: scratch)
    return Int(hash >> UInt32(level % 8 * 4) & 15)
  }

  private static func check(
    _ node: Term, way: [Int], _ defects: inout [String], _ scratch: any ScratchProvider
  ) throws -> Int {
    let header = node.header
    let slots = HashMap.slots(at: node.boxed)
    if way.isEmpty == (header.mapType == .node) { defects.append("\(way): the type of node") }
    if slots.isEmpty { defects.append("\(way): a node without slots") }
    if !way.isEmpty && slots.count == 1 && slots[0].isCons {
      defects.append("\(way): a node of one leaf")
    }
    var (place, leaves) = (0, 0)
    for bit in 0..<16 where header.mapBitmap >> UInt(bit) & 1 == 1 {
      let slot = slots[place]
      place += 1
      if slot.isCons {
        leaves += 1
        for (level, expected) in (way + [bit]).enumerated() {
          let actual = try self.slot(slot.cons[0], level, scratch)
          if actual != expected { defects.append("\(way + [bit]): a key of \(actual) at \(level)") }
        }
      } else if slot.isBoxed(.map) {
        leaves += try check(slot, way: way + [bit], &defects, scratch)
      } else {
        defects.append("\(way + [bit]): no slot")
      }
    }
    return leaves
  }
}

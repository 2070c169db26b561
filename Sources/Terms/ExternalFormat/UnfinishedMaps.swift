/// The maps whose pairs are read but not in order yet, the last one on top.
///
/// Flat maps are linked through their own words, with what is on top in `top`:
/// ```
///   flat map, unfinished      | what is beneath | size | offset in the input | key | value | ...
///   top                       | address         |      0 at the end
///                             | 1               |      a hash map: its words are on the stack
/// ```
struct UnfinishedMaps: ~Copyable {
  enum Map {
    case flat(UnsafeMutablePointer<UInt>)
    case hashed(
      cells: UnsafeMutablePointer<UInt>, count: Int, slot: UnsafeMutablePointer<UInt>)
  }

  private var top: UInt = 0
  private var stack: ScratchStack

  init(scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  mutating func pushFlat(_ map: UnsafeMutablePointer<UInt>, offset: Int) {
    map[0] = top
    map[2] = UInt(offset)
    top = UInt(bitPattern: map)
  }

  mutating func pushHashed(
    cells: UnsafeMutablePointer<UInt>, count: Int, slot: UnsafeMutablePointer<UInt>, offset: Int
  ) throws(ExternalFormatError) {
    do {
      try stack.push(top)
      try stack.push(UInt(bitPattern: cells))
      try stack.push(UInt(count))
      try stack.push(UInt(bitPattern: slot))
      try stack.push(UInt(offset))
    } catch {
      throw .init(.scratch(error), offset: offset)
    }
    top = 1
  }

  /// Takes the map read last, and where it began in the input.
  mutating func pop() -> (map: Map, offset: Int)? {
    if top == 0 { return nil }
    if top != 1 {
      let map = UnsafeMutablePointer<UInt>(bitPattern: top).unsafelyUnwrapped
      top = map[0]
      return (.flat(map), Int(map[2]))
    }
    guard let offset = stack.pop(),
      let slot = stack.pop().flatMap(UnsafeMutablePointer<UInt>.init(bitPattern:)),
      let count = stack.pop(),
      let cells = stack.pop().flatMap(UnsafeMutablePointer<UInt>.init(bitPattern:)),
      let beneath = stack.pop()
    else { preconditionFailure("the unfinished maps are in disorder") }
    top = beneath
    return (.hashed(cells: cells, count: Int(count), slot: slot), Int(offset))
  }
}

extension ExternalBuilder {
  mutating func finishMaps() throws(ExternalFormatError) {
    while let (map, offset) = unfinished.pop() {
      switch map {
      case .flat(let words): try finishFlat(words, offset: offset)
      case .hashed(let cells, let count, let slot):
        slot.pointee = try hashMap(cells: cells, count: count, offset: offset).bits
      }
    }
  }

  /// Parts keys and values and sorts them. Few keys, most often in order already.
  private func finishFlat(
    _ map: UnsafeMutablePointer<UInt>, offset: Int
  ) throws(ExternalFormatError) {
    let size = Int(map[1])
    try withUnsafeTemporaryAllocation(of: UInt.self, capacity: size) { waiting in
      Result { () throws(ExternalFormatError) in
        try part(map, size: size, keys: waiting, offset: offset)
      }
    }.get()
  }

  private func part(
    _ map: UnsafeMutablePointer<UInt>, size: Int, keys waiting: UnsafeMutableBufferPointer<UInt>,
    offset: Int
  ) throws(ExternalFormatError) {
    let values = FlatMap.values(at: map)
    for index in 0..<size {
      waiting[index] = values[2 &* index]
      values[index] = values[2 &* index &+ 1]
    }
    map[0] = Header.flatMap.bits
    let keyTuple = map + FlatMap.words(size: size)
    map[2] = Term.boxed(at: keyTuple).bits
    keyTuple[0] = Header.tuple(arity: size).bits
    let keys = keyTuple + 1
    keys[0] = waiting[0]
    for index in 1..<max(1, size) {
      let (key, value) = (waiting[index], values[index])
      var place = index
      while place > 0 {
        let order = try compare(Term(bits: key), Term(bits: keys[place &- 1]), offset: offset)
        if order == 0 { throw .init(.duplicateKey, offset: offset) }
        if order > 0 { break }
        keys[place] = keys[place &- 1]
        values[place] = values[place &- 1]
        place &-= 1
      }
      keys[place] = key
      values[place] = value
    }
  }

  private func compare(
    _ left: Term, _ right: Term, offset: Int
  ) throws(ExternalFormatError) -> Int {
    do {
      return try decoder.order.compareKeys(left, right)
    } catch {
      throw .init(.scratch(error), offset: offset)
    }
  }
}

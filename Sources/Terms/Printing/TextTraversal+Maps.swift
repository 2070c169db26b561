/// Maps of both kinds, as far as their depth allows.
extension TextTraversal where Parts: ~Copyable {
  mutating func beginMap(
    _ map: Term, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    // The plain form has no dots here: so in OTP 25.
    if map.mapSize == 0 || depth == 1 && format.pretty == nil { return try add("#{}", &output) }
    if depth == 1 { return try add("#{...}", &output) }
    try open("#{", .map, &output)
    if map.isHashMap { try walks.begin(map) }
    try pending.push(
      PendingText.Frame(
        kind: map.isHashMap ? .hashPairs : .flatPairs, word: UInt(bitPattern: map.boxed),
        depth: depth - 1))
  }

  mutating func resumeMap(
    _ frame: PendingText.Frame, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    let map = UnsafeMutablePointer<UInt>(bitPattern: frame.word).unsafelyUnwrapped
    if frame.count > 0 { parts.close(at: output.count) }
    let isComplete = frame.count == Term.boxed(at: map).mapSize
    let isTooDeep = frame.count == frame.depth
    // The plain form has dots behind the last pair, too, when the depth ends there: so in OTP 25.
    if isTooDeep && (!isComplete || format.pretty == nil) {
      output.append(UInt8(ascii: ","))
      try add("...", as: .dots, &output)
    }
    if isTooDeep || isComplete {
      if frame.kind == .hashPairs { walks.end() }
      close("}", &output)
      return nil
    }
    if frame.count > 0 { output.append(UInt8(ascii: ",")) }
    let (key, value) = try pair(of: map, frame)
    var rest = frame
    rest.count += 1
    try pending.push(rest)
    try pending.push(PendingText.Frame(kind: .value, word: value.bits, depth: frame.depth))
    try parts.open(.pair, at: output.count)
    return (key, frame.depth)
  }

  private mutating func pair(
    of map: UnsafeMutablePointer<UInt>, _ frame: PendingText.Frame
  ) throws(ScratchExhausted) -> (key: Term, value: Term) {
    if frame.kind == .hashPairs {
      guard let leaf = try walks.next() else {
        preconditionFailure("a hash map of fewer leaves than its size says")
      }
      return (leaf[0], leaf[1])
    }
    let value = FlatMap.values(at: map)[frame.count]
    return (FlatMap.keys(at: map).tupleElements[frame.count], Term(bits: value))
  }
}

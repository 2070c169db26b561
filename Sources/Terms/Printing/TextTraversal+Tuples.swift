/// Tuples, as far as their depth allows.
extension TextTraversal where Parts: ~Copyable {
  mutating func beginTuple(
    _ tuple: Term, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    let words = tuple.boxed
    let arity = Header(bits: words[0]).arity
    if arity == 0 { return try add("{}", &output) }
    if depth == 1 { return try add("{...}", &output) }
    let isTagged = arity > 1 && Term(bits: words[1]).isAtom
    try open("{", isTagged ? .taggedTuple : .tuple, &output)
    try pending.push(
      PendingText.Frame(kind: .elements, word: UInt(bitPattern: words), depth: depth))
  }

  mutating func resumeTuple(
    _ frame: PendingText.Frame, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    let words = UnsafePointer<UInt>(bitPattern: frame.word).unsafelyUnwrapped
    if frame.count == Header(bits: words[0]).arity {
      close("}", &output)
      return nil
    }
    if frame.count > 0 { output.append(UInt8(ascii: ",")) }
    if frame.depth == 1 {
      try add("...", as: .dots, &output)
      close("}", &output)
      return nil
    }
    var rest = frame
    rest.count += 1
    rest.depth -= 1
    try pending.push(rest)
    return (Term(bits: words[rest.count]), rest.depth)
  }
}

/// Lists, as far as their depth allows.
extension TextTraversal where Parts: ~Copyable {
  mutating func beginList(
    _ list: Term, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    if depth == 1 {
      try addDots(in: "[", .list, "]", &output)
      return nil
    }
    if let pretty = format.pretty, pretty.findsStrings,
      StringText.isPrintable(list, pretty.printable)
    {
      let start = output.count
      StringText.append(list, to: &output)
      try parts.add(.word, from: start, of: output)
      return nil
    }
    try open("[", .list, &output)
    return try writeCells(from: list, depth, &output)
  }

  /// Writes the cells of a list up to its end or to an element that is no immediate.
  private mutating func writeCells(
    from list: Term, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    var rest = list
    var depth = depth
    while rest.isCons {
      try checkLimit(output)
      depth -= 1
      let (head, tail) = (rest.cons[0], rest.cons[1])
      if !head.isImmediate {
        try pending.push(PendingText.Frame(kind: .tail, word: tail.bits, depth: depth))
        return (head, depth)
      }
      let start = output.count
      leaves.appendImmediate(head, to: &output)
      try parts.add(.word, from: start, of: output)
      if let item = try separate(tail, depth, &output) { return item }
      rest = tail
      if depth == 1 { return nil }
    }
    return nil
  }

  mutating func resumeList(
    _ frame: PendingText.Frame, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    let tail = Term(bits: frame.word)
    if let item = try separate(tail, frame.depth, &output) { return item }
    if !tail.isCons || frame.depth == 1 { return nil }
    return try writeCells(from: tail, frame.depth, &output)
  }

  /// Writes what stands between an element and the rest of its list, and the end of a list that
  /// has no rest or none within the depth.
  /// - Returns: the tail of an improper list.
  private mutating func separate(
    _ tail: Term, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    if tail.isNil {
      close("]", &output)
    } else if depth == 1 {
      output.append(UInt8(ascii: "|"))
      try add("...", as: .dots, &output)
      close("]", &output)
    } else if tail.isCons {
      output.append(UInt8(ascii: ","))
    } else {
      output.append(UInt8(ascii: "|"))
      parts.markTail()
      try pending.push(PendingText.Frame(kind: .closingBracket, word: 0, depth: 0))
      return (tail, depth - 1)
    }
    return nil
  }
}

/// Writes a term in one line, without recursion, and tells which part of the text is which term.
struct TextTraversal<Parts: TextParts & ~Copyable>: ~Copyable {
  let format: TermFormat
  let leaves: LeafText
  var parts: Parts
  private let endLimit: Int
  var pending: PendingText
  var walks: HashMapWalks

  /// - Parameter endLimit: about the size to which the output may grow.
  init(format: TermFormat, leaves: LeafText, parts: consuming Parts, endLimit: Int) {
    self.format = format
    self.leaves = leaves
    self.parts = parts
    self.endLimit = endLimit
    pending = PendingText(leaves.scratch)
    walks = HashMapWalks(leaves.scratch)
  }

  /// What was told of the parts.
  consuming func finish() -> Parts { parts }

  /// A term to write, and how far down.
  typealias Item = (term: Term, depth: Int)

  mutating func write(_ term: Term, to output: inout [UInt8]) throws(ScratchExhausted) {
    var current: Item = (term, format.depth)
    while true {
      try checkLimit(output)
      if let child = try begin(current, &output) {
        current = child
      } else if let next = try resume(&output) {
        current = next
      } else {
        return
      }
    }
  }

  func checkLimit(_ output: borrowing [UInt8]) throws(ScratchExhausted) {
    if output.count > endLimit { throw ScratchExhausted(requestedBytes: output.count) }
  }

  mutating func add(
    _ text: StaticString, as kind: TextPart = .word, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    let start = output.count
    text.withUTF8Buffer { output.append(contentsOf: $0) }
    try parts.add(kind, from: start, of: output)
  }

  mutating func open(
    _ bracket: StaticString, _ kind: TextPart, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    try parts.open(kind, at: output.count)
    bracket.withUTF8Buffer { output.append(contentsOf: $0) }
  }

  mutating func close(_ bracket: Unicode.Scalar, _ output: inout [UInt8]) {
    output.append(UInt8(ascii: bracket))
    parts.close(at: output.count)
  }

  /// Writes a term whose parts are too deep.
  mutating func addDots(
    in bracket: StaticString, _ kind: TextPart, _ end: Unicode.Scalar, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    try open(bracket, kind, &output)
    try add("...", as: .dots, &output)
    close(end, &output)
  }

  /// Writes a term that holds no terms, or the opening of one that does.
  /// - Returns: the first of the terms in a list; of other terms, all is then pending.
  private mutating func begin(
    _ item: Item, _ output: inout [UInt8]
  ) throws(ScratchExhausted) -> Item? {
    let (term, depth) = item
    if depth == 0 {
      try add("...", &output)
      return nil
    }
    if term.isCons { return try beginList(term, depth, &output) }
    if term.isImmediate {
      let start = output.count
      leaves.appendImmediate(term, to: &output)
      try parts.add(.word, from: start, of: output)
      return nil
    }
    switch term.header.subtag {
    case .tuple: try beginTuple(term, depth, &output)
    case .map: try beginMap(term, depth, &output)
    case .heapBinary, .binaryHandle, .subBinary: try write(term.bitRange, depth, &output)
    default:
      let start = output.count
      try leaves.appendBoxed(term, to: &output)
      try parts.add(.word, from: start, of: output)
    }
    return nil
  }

  private mutating func write(
    _ bits: BitRange, _ depth: Int, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    let start = output.count
    let isString = depth > 1 && BinaryText.appendString(bits, depth: depth, format, to: &output)
    if !isString { BinaryText.append(bits, depth: depth, to: &output) }
    let isWord = isString || depth == 1 || bits.bitCount == 0
    try parts.add(isWord ? .word : .bytes, from: start, of: output)
  }

  /// Goes on with what is pending.
  /// - Returns: the next term to write, or nothing when all is written.
  private mutating func resume(_ output: inout [UInt8]) throws(ScratchExhausted) -> Item? {
    while let frame = pending.pop() {
      let next: Item?
      switch frame.kind {
      case .closingBracket:
        close("]", &output)
        next = nil
      case .tail: next = try resumeList(frame, &output)
      case .elements: next = try resumeTuple(frame, &output)
      case .flatPairs, .hashPairs: next = try resumeMap(frame, &output)
      case .value:
        output.append(contentsOf: " => ".utf8)
        next = (Term(bits: frame.word), frame.depth)
      }
      if let next { return next }
    }
    return nil
  }
}

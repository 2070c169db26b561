/// Writes a term in one line, without recursion, and tells which part of the text is which term.
struct TextTraversal<Parts: TextParts & ~Copyable>: ~Copyable {
  private let format: TermFormat
  private let leaves: LeafText
  private var parts: Parts
  private let endLimit: Int
  private var pending: PendingText
  private var walks: HashMapWalks

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
  private typealias Item = (term: Term, depth: Int)

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

  private func checkLimit(_ output: borrowing [UInt8]) throws(ScratchExhausted) {
    if output.count > endLimit { throw ScratchExhausted(requestedBytes: output.count) }
  }

  private mutating func add(
    _ text: StaticString, as kind: TextPart = .word, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    let start = output.count
    text.withUTF8Buffer { output.append(contentsOf: $0) }
    try parts.add(kind, from: start, of: output)
  }

  private mutating func open(
    _ bracket: StaticString, _ kind: TextPart, _ output: inout [UInt8]
  ) throws(ScratchExhausted) {
    try parts.open(kind, at: output.count)
    bracket.withUTF8Buffer { output.append(contentsOf: $0) }
  }

  private mutating func close(_ bracket: Unicode.Scalar, _ output: inout [UInt8]) {
    output.append(UInt8(ascii: bracket))
    parts.close(at: output.count)
  }

  /// Writes a term whose parts are too deep.
  private mutating func addDots(
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

// MARK: - Lists

extension TextTraversal where Parts: ~Copyable {
  private mutating func beginList(
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

  private mutating func resumeList(
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

// MARK: - Tuples

extension TextTraversal where Parts: ~Copyable {
  private mutating func beginTuple(
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

  private mutating func resumeTuple(
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

// MARK: - Maps

extension TextTraversal where Parts: ~Copyable {
  private mutating func beginMap(
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

  private mutating func resumeMap(
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
      let leaf = try walks.next()
      return (leaf[0], leaf[1])
    }
    let value = FlatMap.values(at: map)[frame.count]
    return (FlatMap.keys(at: map).tupleElements[frame.count], Term(bits: value))
  }
}

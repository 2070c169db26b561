/// Writes terms as `io:format("~w")` of OTP 25 does, in UTF-8.
///
/// A pid divides as ``LocalIdentifier`` says. A reference shows the number that its raw words make,
/// in parts: each word but the lowest halved.
public struct TermPrinter {
  private let atoms: AtomTable
  private let scratch: any ScratchProvider
  private let funs: (any FunNaming)?
  private let byteLimit: Int

  /// Makes a printer.
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: working memory for terms in terms.
  ///   - funs: who names funs; a fun without a name prints as its entry word.
  ///   - byteLimit: about how long a text may become. A small term whose parts are shared many
  ///     times over can have a text beyond any memory.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil,
    byteLimit: Int = .max
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    self.byteLimit = byteLimit
  }

  /// The text of a term as a string.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory, or the text grows
  ///   beyond its limit.
  public func text(of term: Term) throws(ScratchExhausted) -> String {
    var output: [UInt8] = []
    try append(term, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Writes the text of a term behind what the output holds; a failure leaves a part of it.
  ///
  /// Time grows with the text, working memory with the depth of the term.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory, or the text grows
  ///   beyond its limit.
  public func append(_ term: Term, to output: inout [UInt8]) throws(ScratchExhausted) {
    var pending = PendingText(scratch)
    var current = term
    let start = output.count
    while true {
      guard output.count - start <= byteLimit else {
        throw ScratchExhausted(requestedBytes: output.count - start)
      }
      if let child = try begin(current, to: &output, pending: &pending) {
        current = child
      } else if let next = try resume(&pending, to: &output) {
        current = next
      } else {
        return
      }
    }
  }

  /// Writes a term that holds no terms, or the opening of one that does.
  /// - Returns: the first of the terms in it, when there are any; what follows is then pending.
  private func begin(
    _ term: Term, to output: inout [UInt8], pending: inout PendingText
  ) throws(ScratchExhausted) -> Term? {
    if term.isCons {
      output.append(UInt8(ascii: "["))
      return try appendCells(from: term, to: &output, pending: &pending)
    }
    if term.isImmediate {
      appendImmediate(term, to: &output)
      return nil
    }
    let words = term.boxed
    let header = Header(bits: words[0])
    switch header.subtag {
    case .tuple:
      output.append(UInt8(ascii: "{"))
      try pending.push(.elements, UInt(bitPattern: words), 0)
      return nil
    case .map:
      output.append(contentsOf: "#{".utf8)
      try pending.push(.keys, UInt(bitPattern: words), 0)
      return nil
    case .positiveBigInteger, .negativeBigInteger:
      try appendInteger(term, to: &output)
    case .float:
      FloatText.appendShortest(term.floatValue, to: &output)
    case .heapBinary:
      appendBinary(term.heapBinaryBytes, to: &output)
    case .reference:
      appendReference(words, to: &output)
    case .fun:
      appendFun(words, to: &output)
    default:
      preconditionFailure("no text for the header 0x\(String(header.bits, radix: 16))")
    }
    return nil
  }
}

// MARK: - Terms that hold terms

extension TermPrinter {
  /// Writes the cells of a list up to its end or to an element that holds terms itself.
  private func appendCells(
    from list: Term, to output: inout [UInt8], pending: inout PendingText
  ) throws(ScratchExhausted) -> Term? {
    var cell = list
    while true {
      let head = cell.cons[0]
      let tail = cell.cons[1]
      if !head.isImmediate {
        try pending.push(.tail, tail.bits, 0)
        return head
      }
      appendImmediate(head, to: &output)
      if !appendSeparator(before: tail, to: &output) { return nil }
      if !tail.isCons {
        try pending.push(.closingBracket, 0, 0)
        return tail
      }
      cell = tail
    }
  }

  /// Writes what stands between an element and the rest of its list.
  /// - Returns: whether there is a rest to write.
  private func appendSeparator(before tail: Term, to output: inout [UInt8]) -> Bool {
    output.append(UInt8(ascii: tail.isCons ? "," : tail.isNil ? "]" : "|"))
    return !tail.isNil
  }

  /// Goes on with what is pending.
  /// - Returns: the next term to write, or nothing when all is written.
  private func resume(
    _ pending: inout PendingText, to output: inout [UInt8]
  ) throws(ScratchExhausted) -> Term? {
    while let (kind, word, count) = pending.pop() {
      switch kind {
      case .closingBracket:
        output.append(UInt8(ascii: "]"))
      case .tail:
        let tail = Term(bits: word)
        if !appendSeparator(before: tail, to: &output) { continue }
        if !tail.isCons {
          try pending.push(.closingBracket, 0, 0)
          return tail
        }
        if let child = try appendCells(from: tail, to: &output, pending: &pending) { return child }
      case .elements:
        let tuple = UnsafePointer<UInt>(bitPattern: word).unsafelyUnwrapped
        if count == Header(bits: tuple[0]).arity {
          output.append(UInt8(ascii: "}"))
          continue
        }
        if count > 0 { output.append(UInt8(ascii: ",")) }
        try pending.push(.elements, word, count + 1)
        return Term(bits: tuple[1 + Int(count)])
      case .keys:
        let map = UnsafeMutablePointer<UInt>(bitPattern: word).unsafelyUnwrapped
        if count == FlatMap.size(at: map) {
          output.append(UInt8(ascii: "}"))
          continue
        }
        if count > 0 { output.append(UInt8(ascii: ",")) }
        try pending.push(.values, word, count)
        return FlatMap.keys(at: map).tupleElements[Int(count)]
      case .values:
        let map = UnsafeMutablePointer<UInt>(bitPattern: word).unsafelyUnwrapped
        output.append(contentsOf: " => ".utf8)
        try pending.push(.keys, word, count + 1)
        return Term(bits: FlatMap.values(at: map)[Int(count)])
      }
    }
    return nil
  }
}

// MARK: - Terms that hold none

extension TermPrinter {
  private func appendImmediate(_ term: Term, to output: inout [UInt8]) {
    if term.isSmall {
      appendNumber(term.smallValue, to: &output)
    } else if term.isAtom {
      atoms.withName(of: term) { AtomText.append($0, to: &output) }
    } else if term.isNil {
      output.append(contentsOf: "[]".utf8)
    } else if term.isLocalPid {
      let number = term.identifierNumber
      output.append(contentsOf: "<0.".utf8)
      appendNumber(LocalIdentifier.identifier(of: number), to: &output)
      output.append(UInt8(ascii: "."))
      appendNumber(LocalIdentifier.serial(of: number), to: &output)
      output.append(UInt8(ascii: ">"))
    } else if term.isLocalPort {
      output.append(contentsOf: "#Port<0.".utf8)
      appendNumber(term.identifierNumber, to: &output)
      output.append(UInt8(ascii: ">"))
    } else {
      preconditionFailure("no text for the word 0x\(String(term.bits, radix: 16))")
    }
  }

  private func appendInteger(
    _ term: Term, to output: inout [UInt8]
  ) throws(ScratchExhausted) {
    do {
      try IntegerArithmetic.appendText(term, base: 10, to: &output, scratch: scratch)
    } catch .scratch(let error) {
      throw error
    } catch {
      preconditionFailure("no text for the integer: \(error)")
    }
  }

  private func appendNumber(_ number: Int, to output: inout [UInt8]) {
    if number < 0 { output.append(UInt8(ascii: "-")) }
    appendNumber(number.magnitude, to: &output)
  }

  /// Writes a number in base 10; the digits come out lowest first.
  private func appendNumber(_ number: UInt, to output: inout [UInt8]) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var count = 0
    var rest = number
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[count] = UInt8(ascii: "0") + UInt8(digit)
      count += 1
      rest = quotient
    } while rest > 0
    while count > 0 {
      count -= 1
      output.append(digits[count])
    }
  }

  private func appendBinary(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    output.append(contentsOf: "<<".utf8)
    for (offset, byte) in bytes.enumerated() {
      if offset > 0 { output.append(UInt8(ascii: ",")) }
      appendNumber(UInt(byte), to: &output)
    }
    output.append(contentsOf: ">>".utf8)
  }

  private func appendReference(_ words: UnsafePointer<UInt>, to output: inout [UInt8]) {
    output.append(contentsOf: "#Ref<0".utf8)
    for place in (1...Header(bits: words[0]).arity).reversed() {
      let halves = place > 1 ? [words[place] >> 32, words[place] & 0xFFFF_FFFF] : [words[place]]
      for part in halves {
        output.append(UInt8(ascii: "."))
        appendNumber(part, to: &output)
      }
    }
    output.append(UInt8(ascii: ">"))
  }

  private func appendFun(_ words: UnsafePointer<UInt>, to output: inout [UInt8]) {
    let entry = Fun.entry(at: words)
    if Fun.isExternal(at: words), let name = funs?.externalFunName(entry: entry) {
      output.append(contentsOf: "fun ".utf8)
      atoms.withName(of: name.module) { AtomText.append($0, wide: .plain, to: &output) }
      output.append(UInt8(ascii: ":"))
      atoms.withName(of: name.function) { AtomText.append($0, wide: .plain, to: &output) }
      output.append(UInt8(ascii: "/"))
      appendNumber(Fun.arity(at: words), to: &output)
      return
    }
    output.append(contentsOf: "#Fun<".utf8)
    if !Fun.isExternal(at: words), let name = funs?.localFunName(entry: entry) {
      // The module stands as it is, without quotes.
      atoms.withName(of: name.module) { output.append(contentsOf: $0) }
      output.append(contentsOf: ".\(name.oldIndex).\(name.oldUnique)".utf8)
    } else {
      appendNumber(entry, to: &output)
    }
    output.append(UInt8(ascii: ">"))
  }
}

/// What is left to write of the terms that are begun, the innermost on top.
private struct PendingText: ~Copyable {
  enum Kind: UInt {
    /// The rest of a list, in the word.
    case tail
    /// The end of an improper list.
    case closingBracket
    /// The tuple at the address in the word, from the count-th element on.
    case elements
    /// The keys and values of the map at the address in the word, from the count-th key on.
    case keys
    /// The same from the count-th value on.
    case values
  }

  private var stack: ScratchStack

  init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  mutating func push(_ kind: Kind, _ word: UInt, _ count: UInt) throws(ScratchExhausted) {
    try stack.push(word)
    try stack.push(count << 3 | kind.rawValue)
  }

  mutating func pop() -> (kind: Kind, word: UInt, count: UInt)? {
    guard let low = stack.pop() else { return nil }
    guard let kind = Kind(rawValue: low & 7), let word = stack.pop() else {
      preconditionFailure("the pending text is in disorder")
    }
    return (kind, word, low >> 3)
  }
}

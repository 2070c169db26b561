/// Writes the terms that hold no others, but for bit strings.
struct LeafText {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  let funs: (any FunNaming)?
  let localNode: Node?
  let wide: AtomText.WideCharacters

  func appendImmediate(_ term: Term, to output: inout [UInt8]) {
    if term.isSmall {
      NumberText.append(term.smallValue, to: &output)
    } else if term.isAtom {
      atoms.withName(of: term) { AtomText.append($0, wide: wide, to: &output) }
    } else if term.isNil {
      output.append(contentsOf: "[]".utf8)
    } else if term.isLocalPid {
      let number = term.identifierNumber
      output.append(UInt8(ascii: "<"))
      appendNumbers(
        0, LocalIdentifier.identifier(of: number), LocalIdentifier.serial(of: number),
        to: &output)
    } else if term.isLocalPort {
      output.append(contentsOf: "#Port<".utf8)
      appendNumbers(0, term.identifierNumber, to: &output)
    } else {
      preconditionFailure("no text for the word 0x\(String(term.bits, radix: 16))")
    }
  }

  /// Writes a boxed term.
  func appendBoxed(_ term: Term, to output: inout [UInt8]) throws(ScratchExhausted) {
    let words = term.boxed
    switch Header(bits: words[0]).subtag {
    case .positiveBigInteger, .negativeBigInteger: try appendInteger(term, to: &output)
    case .float: FloatText.appendShortest(term.floatValue, to: &output)
    case .reference: appendReference(words, to: &output)
    case .fun: appendFun(words, to: &output)
    case .externalPid:
      let data = ExternalIdentifier.data(at: words)
      output.append(UInt8(ascii: "<"))
      appendNumbers(nodeNumber(words), data & 0xFFFF_FFFF, data >> 32, to: &output)
    case .externalPort:
      output.append(contentsOf: "#Port<".utf8)
      appendNumbers(nodeNumber(words), ExternalIdentifier.data(at: words), to: &output)
    case .externalReference: appendExternalReference(words, to: &output)
    default: preconditionFailure("no text for the header 0x\(String(words[0], radix: 16))")
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
}

// MARK: - Identifiers

extension LeafText {
  /// The index of the node's name, or 0 where that is this node's: another life of it.
  private func nodeNumber(_ words: UnsafePointer<UInt>) -> UInt {
    let name = ExternalIdentifier.node(at: words).name
    let localName = localNode?.name ?? atoms.existing(utf8: ExternalNode.defaultName)
    return name == localName ? 0 : UInt(name.atomIndex)
  }

  /// Writes numbers with points between them and `>` behind the last.
  private func appendNumbers(_ numbers: UInt..., to output: inout [UInt8]) {
    var separator: UInt8?
    for number in numbers {
      if let separator { output.append(separator) }
      NumberText.append(number, to: &output)
      separator = UInt8(ascii: ".")
    }
    output.append(UInt8(ascii: ">"))
  }

  private func appendReference(_ words: UnsafePointer<UInt>, to output: inout [UInt8]) {
    output.append(contentsOf: "#Ref<0".utf8)
    for place in (0..<LocalReference.identifyingNumbers).reversed() {
      output.append(UInt8(ascii: "."))
      NumberText.append(UInt(LocalReference.number(place, at: words)), to: &output)
    }
    output.append(UInt8(ascii: ">"))
  }

  private func appendExternalReference(_ words: UnsafePointer<UInt>, to output: inout [UInt8]) {
    output.append(contentsOf: "#Ref<".utf8)
    NumberText.append(nodeNumber(words), to: &output)
    for place in (0..<ExternalIdentifier.numberCount(at: words)).reversed() {
      output.append(UInt8(ascii: "."))
      NumberText.append(UInt(ExternalIdentifier.number(place, at: words)), to: &output)
    }
    output.append(UInt8(ascii: ">"))
  }
}

// MARK: - Funs

extension LeafText {
  private func appendFun(_ words: UnsafePointer<UInt>, to output: inout [UInt8]) {
    let entry = Fun.entry(at: words)
    if Fun.isExternal(at: words), let name = funs?.externalFunName(entry: entry) {
      output.append(contentsOf: "fun ".utf8)
      atoms.withName(of: name.module) { AtomText.append($0, wide: .plain, to: &output) }
      output.append(UInt8(ascii: ":"))
      atoms.withName(of: name.function) { AtomText.append($0, wide: .plain, to: &output) }
      output.append(UInt8(ascii: "/"))
      NumberText.append(Fun.externalArity(at: words), to: &output)
      return
    }
    output.append(contentsOf: "#Fun<".utf8)
    if !Fun.isExternal(at: words),
      let name = funs?.localFunName(entry: entry, variant: Fun.variant(at: words))
    {
      // The module stands as it is, without quotes.
      atoms.withName(of: name.module) { output.append(contentsOf: $0) }
      output.append(contentsOf: ".\(name.oldIndex).\(name.oldUnique)".utf8)
    } else {
      NumberText.append(entry, to: &output)
    }
    output.append(UInt8(ascii: ">"))
  }
}

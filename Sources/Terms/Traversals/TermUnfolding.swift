extension TermSize {
  /// The words of ``flatWords(of:within:scratch:)`` in the time of
  /// ``sharedWords(of:scratch:)``: what is shared is looked at once, and counted as often as it is
  /// reached.
  ///
  /// - Parameters:
  ///   - boundary: which terms count nothing.
  ///   - scratch: working memory for the objects met and for terms in terms, as many as a list is
  ///     long.
  /// - Returns: `Int.max` where there are more.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  package static func unfoldedWords(
    of term: Term, within boundary: some CopyBoundary, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int {
    if term.isImmediate || boundary.leaves(term) { return 0 }
    var known = AddressSet(provider: scratch, holdsNumbers: true)
    // Frames of three words: an object, the words counted for it, and how many of its terms those
    // are the words of.
    var open = ScratchStack(provider: scratch)
    try open.push(term.bits, UInt(ownWords(of: term)), 0)
    while true {
      let (bits, words, place) = open.popThree()
      let object = Term(bits: bits)
      let terms = terms(of: object)
      if Int(place) == terms.count {
        try known.insert(bits, number: Int(words))
        if open.isEmpty { return Int(words) }
        continue
      }
      let next = Term(bits: terms.first[Int(place)])
      if next.isImmediate || boundary.leaves(next) {
        try open.push(bits, words, place + 1)
      } else if let inner = known.number(of: next.bits) {
        let (sum, isBeyond) = Int(words).addingReportingOverflow(inner)
        try open.push(bits, isBeyond ? UInt(Int.max) : UInt(sum), place + 1)
      } else {
        // Comes back to this term when its words are known.
        try open.push(bits, words, place)
        try open.push(next.bits, UInt(ownWords(of: next)), 0)
      }
    }
  }

  private static func ownWords(of term: Term) -> Int {
    if term.isCons { return 2 }
    if term.bits == Term.emptyTuple.bits { return 0 }
    let object = term.boxed
    let header = Header(bits: object[0])
    if header.subtag == .subBinary { return SubBinary.copyWords(at: object) }
    return header.objectWords(at: object)
  }

  private static func terms(
    of term: Term
  ) -> (first: UnsafeMutablePointer<UInt>, count: Int) {
    if term.isCons { return (term.consWords, 2) }
    let object = term.boxed
    let header = Header(bits: object[0])
    if header.subtag == .subBinary || term.bits == Term.emptyTuple.bits { return (object, 0) }
    let first = 1 + header.rawWords
    return (object + first, header.objectWords(at: object) - first)
  }
}

/// Writes terms as `io:format` of OTP 25 does, in UTF-8: plainly (`~w`) or in lines (`~p`), all of
/// a term or down to a depth; see ``TermFormat``.
///
/// A pid divides as ``LocalIdentifier`` says. The first number of a pid, port or reference is 0 if
/// it is of a node of this one's name, and else the index of its node's name in the table of atoms, as in ERTS.
public struct TermPrinter {
  private let atoms: AtomTable
  private let scratch: any ScratchProvider
  private let funs: (any FunNaming)?
  private let localNode: Node?
  private let byteLimit: Int

  /// Makes a printer.
  /// - Parameters:
  ///   - atoms: the names of the atoms in the terms.
  ///   - scratch: working memory for terms in terms.
  ///   - funs: who names funs; a fun without a name prints as its entry word.
  ///   - localNode: where identifiers without a node were made; `nonode@nohost` if none.
  ///   - byteLimit: about how long a text may become. A small term whose parts are shared many
  ///     times over, or that is indented ever deeper, can have a text beyond any memory.
  public init(
    atoms: AtomTable, scratch: any ScratchProvider, funs: (any FunNaming)? = nil,
    localNode: Node? = nil, byteLimit: Int = .max
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.funs = funs
    self.localNode = localNode
    self.byteLimit = byteLimit
  }

  /// The text of a term as a string.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory, or the text grows
  ///   beyond its limit.
  public func text(
    of term: Term, as format: TermFormat = .write()
  ) throws(ScratchExhausted) -> String {
    var output: [UInt8] = []
    try append(term, as: format, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Writes the text of a term behind what the output holds; a failure leaves a part of it.
  ///
  /// Time grows with the text. Working memory grows with the depth of the term, and in the pretty
  /// form with the number of terms in it, too: 3 words each.
  /// - Throws: ``ScratchExhausted`` where the provider has no working memory, or the text grows
  ///   beyond its limit.
  public func append(
    _ term: Term, as format: TermFormat = .write(), to output: inout [UInt8]
  ) throws(ScratchExhausted) {
    let leaves = LeafText(
      atoms: atoms, scratch: scratch, funs: funs, localNode: localNode,
      wide: format.characters == .latin1 ? .escaped : .plain)
    let start = output.count
    let end = start.addingReportingOverflow(byteLimit)
    let endLimit = end.overflow ? Int.max : end.partialValue
    guard let pretty = format.pretty else {
      var traversal = TextTraversal(
        format: format, leaves: leaves, parts: NoParts(), endLimit: endLimit)
      return try traversal.write(term, to: &output)
    }
    var traversal = TextTraversal(
      format: format, leaves: leaves, parts: PartTape(scratch), endLimit: endLimit)
    try traversal.write(term, to: &output)
    if pretty.lineWidth == 0 { return }
    let breaks = try LineLayout(traversal.finish(), of: output, pretty, scratch).findBreaks()
    try breaks.insert(into: &output, endLimit: endLimit)
  }
}

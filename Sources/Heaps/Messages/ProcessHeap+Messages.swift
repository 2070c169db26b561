import Carriers
import Terms

/// How terms are copied into messages.
public struct MessageCopying: Equatable, Sendable {
  /// Whether what is shared in a term is shared in its copy; else it is there once for each
  /// reference, as in ERTS.
  public var keepsSharing: Bool
  /// The most words of a copy that does not keep sharing, which without a limit may be beyond all
  /// memory where the term is small.
  public var flatteningLimitWords: Int

  /// The limit where nothing else is said: a copy of a gibibyte.
  public static var usualLimitWords: Int { 1 << 27 }

  /// Makes a way of copying.
  public init(
    keepsSharing: Bool = true, flatteningLimitWords: Int = MessageCopying.usualLimitWords
  ) {
    self.keepsSharing = keepsSharing
    self.flatteningLimitWords = flatteningLimitWords
  }

  /// Copies as ERTS does.
  public static func flattening(
    limitWords: Int = MessageCopying.usualLimitWords
  ) -> MessageCopying {
    MessageCopying(keepsSharing: false, flatteningLimitWords: limitWords)
  }
}

extension ProcessHeap {
  /// Copies a term of this heap into a message. The heap is only read.
  ///
  /// - Parameters:
  ///   - term: any term but a match context. Literals in it are not copied, binaries outside the
  ///     heap neither: the copy refers to them as well.
  ///   - copying: whether sharing is kept.
  ///   - takesLiterals: whether literals in it are copied all the same: for a message that may be
  ///     kept for any time, or by whom no release of an area would ask.
  /// - Returns: the message, and how many references of the term lead to what others lead to as
  ///   well: 0 where nothing in it is shared, or where sharing is not kept.
  /// - Throws: ``MessageError``; then nothing is held.
  /// - Complexity: O(words of the graph) where sharing is kept, else O(words of the copy).
  package func makeMessage(
    of term: Term, copying: MessageCopying = MessageCopying(),
    takingLiterals takesLiterals: Bool = false
  ) throws(MessageError) -> (message: Message, sharedReferences: Int) {
    if copying.keepsSharing || copying.flatteningLimitWords >= SmallGraph.mostWords,
      let small = try makeSmallMessage(of: term, takingLiterals: takesLiterals)
    {
      return (small, 0)
    }
    return try makeLargeMessage(of: term, copying: copying, takingLiterals: takesLiterals)
  }

  /// Copies a small term in which nothing is shared into a message, as ``makeMessage(of:copying:)``.
  /// - Returns: nothing where the term is another one.
  /// - Complexity: O(1)
  package func makeSmallMessage(
    of term: Term, takingLiterals takesLiterals: Bool = false
  ) throws(MessageError) -> Message? {
    let environment = environment
    if term.isImmediate { return try environment.makeMessage(of: term) }
    return try withSenderSpaces(takingLiterals: takesLiterals) { spaces throws(MessageError) in
      if !spaces.copies(term.bits) {
        return try environment.makeMessage(of: term)
      }
      var small = SmallGraph(spaces: spaces)
      guard let words = small.words(of: term), !small.isShared else { return nil }
      return try Self.flatten(term, spaces, words: words, environment)
    }
  }

  /// Copies a term into a message, as ``makeMessage(of:copying:)``, without a look whether it is small.
  package func makeLargeMessage(
    of term: Term, copying: MessageCopying, takingLiterals takesLiterals: Bool = false
  ) throws(MessageError) -> (message: Message, sharedReferences: Int) {
    let environment = environment
    if term.isImmediate { return (try environment.makeMessage(of: term), 0) }
    return try withSenderSpaces(takingLiterals: takesLiterals) { spaces throws(MessageError) in
      if !spaces.copies(term.bits) {
        return (try environment.makeMessage(of: term), 0)
      }
      if copying.keepsSharing {
        return try Self.copySharing(term, spaces, firstWords: Self.firstBlockWords, environment)
      }
      let limit = copying.flatteningLimitWords
      // Where nothing is shared both copies are the same, and that which keeps sharing is made in one
      // pass.
      if let copy = try? Self.copySharing(
        term, spaces, firstWords: Self.firstBlockWords, environment)
      {
        if copy.sharedReferences == 0 && copy.message.words <= limit { return copy }
        environment.free(copy.message)
      }
      let flatWords: Int?
      do throws(ScratchExhausted) {
        flatWords = try self.flatWords(of: term, spaces, upTo: limit)
      } catch {
        throw MessageError(error)
      }
      guard let flatWords else { throw .flatteningBeyondLimit(limitWords: limit) }
      return (try Self.flatten(term, spaces, words: flatWords, environment), 0)
    }
  }

  /// The words of a copy that does not keep sharing, in the time of the heap however many they are.
  /// - Returns: nothing where there are more than the limit.
  private func flatWords(
    of term: Term, _ spaces: SenderSpaces, upTo limit: Int
  ) throws(ScratchExhausted) -> Int? {
    // What has more words than the heap shares some: there may be any number of ways through it.
    let walked = min(limit, state.pointee.wordsInUse)
    let words = try TermSize.flatWords(
      of: term, within: spaces, upTo: walked, scratch: environment.scratch)
    if words != nil || walked == limit { return words }
    let unfolded = try TermSize.unfoldedWords(
      of: term, within: spaces, scratch: environment.scratch)
    return unfolded <= limit ? unfolded : nil
  }

  /// The words of the first block of a copy whose size is not known.
  private static var firstBlockWords: Int { 128 }

  private static func flatten(
    _ term: Term, _ spaces: SenderSpaces, words: Int, _ environment: HeapEnvironment
  ) throws(MessageError) -> Message {
    try environment.makeMessage(words: words) { cursor, list in
      TermCopy.copy(term, words: words, within: spaces, into: &cursor, list: &list)
    }
  }

  private static func copySharing(
    _ term: Term, _ spaces: SenderSpaces, firstWords: Int, _ environment: HeapEnvironment
  ) throws(MessageError) -> (message: Message, sharedReferences: Int) {
    var rest = try SharingCopyRest(spaces: spaces, environment: environment)
    let room = try rest.blocks.grow(from: nil, words: firstWords)
    var root = term.bits
    let end = withUnsafeMutablePointer(to: &rest) { rest in
      withUnsafeMutablePointer(to: &root) { root in
        var copy = SharingCopy(room: room, rest: rest)
        return copy.visit(root, root + 1, copy.beginning(at: room))
      }
    }
    guard let end else {
      rest.offHeap.releaseAll(to: environment.binaries)
      throw rest.failure ?? .tooLarge(words: 0)
    }
    let message = rest.blocks.finish(at: end, term: Term(bits: root), offHeap: rest.offHeap)
    return (message, rest.sharedReferences)
  }
}

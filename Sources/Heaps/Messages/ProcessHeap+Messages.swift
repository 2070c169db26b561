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

  /// Makes a way of copying.
  public init(keepsSharing: Bool = true, flatteningLimitWords: Int = 1 << 40) {
    self.keepsSharing = keepsSharing
    self.flatteningLimitWords = flatteningLimitWords
  }

  /// Copies as ERTS does.
  public static func flattening(limitWords: Int = 1 << 40) -> MessageCopying {
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
  /// - Returns: the message, and how many references of the term lead to what others lead to as
  ///   well: 0 where nothing in it is shared, or where sharing is not kept.
  /// - Throws: ``MessageError``; then nothing is held.
  /// - Complexity: O(words of the graph) where sharing is kept, else O(words of the copy).
  package func makeMessage(
    of term: Term, copying: MessageCopying = MessageCopying()
  ) throws(MessageError) -> (message: Message, sharedReferences: Int) {
    let environment = environment
    if term.isImmediate { return (try environment.makeMessage(words: 0) { _, _ in term }, 0) }
    var rare = SenderSpaces.Rare(environment: environment)
    return try withUnsafeMutablePointer(to: &rare) { rare throws(MessageError) in
      let spaces = SenderSpaces(state, rare: rare)
      if !spaces.copies(term.bits) {
        return (try environment.makeMessage(words: 0) { _, _ in term }, 0)
      }
      if copying.keepsSharing {
        var small = SmallGraph(spaces: spaces)
        if let words = small.words(of: term), !small.isShared {
          return (try Self.flatten(term, spaces, words: words, environment), 0)
        }
        return try Self.copySharing(term, spaces, firstWords: Self.firstBlockWords, environment)
      }
      let mostWords = copying.flatteningLimitWords
      let flatWords: Int?
      do throws(ScratchExhausted) {
        flatWords = try TermSize.flatWords(
          of: term, within: spaces, upTo: mostWords, scratch: environment.scratch)
      } catch {
        throw MessageError(error)
      }
      guard let flatWords else { throw .flatteningBeyondLimit(limitWords: mostWords) }
      return (try Self.flatten(term, spaces, words: flatWords, environment), 0)
    }
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

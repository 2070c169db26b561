import Carriers
import Heaps
import Terms

/// Memory of a specification: a copy of its term and, behind it, constants that are written with
/// `{{ ... }}` or `const` and so do not stand in it as they are.
///
/// ```
/// | copy of the specification    | constants built -> | free |
/// ```
/// What is built never takes more words than what it is built of, so twice the words are enough.
struct MatchConstants: ~Copyable {
  private let environment: HeapEnvironment
  private var block: MemoryBlock?
  private var list = OffHeapList()
  /// Where constants are built.
  private var cursor = WordCursor(top: Term.emptyTuple.boxed, limit: Term.emptyTuple.boxed)
  /// The specification in this memory.
  private(set) var specification = Term.nil

  /// Copies a specification.
  init(
    copying specification: Term, environment: HeapEnvironment
  ) throws(MatchSpecificationError) {
    self.environment = environment
    self.specification = try copy(specification, moreWords: 0)
  }

  /// Makes a specification `[{Head, [], [Body]}]` of a copy of the head.
  init(
    head: Term, body: Term, environment: HeapEnvironment
  ) throws(MatchSpecificationError) {
    self.environment = environment
    let head = try copy(head, moreWords: 8)
    let clause = cursor.makeTuple(head, .nil, cursor.makeCons(body, .nil))
    specification = cursor.makeCons(clause, .nil)
  }

  private mutating func copy(
    _ term: Term, moreWords: Int
  ) throws(MatchSpecificationError) -> Term {
    let words: Int
    do throws(ScratchExhausted) {
      words = try TermSize.flatWords(of: term, scratch: environment.scratch)
    } catch {
      throw MatchSpecificationError(error)
    }
    let capacity = 2 * words + moreWords
    if capacity == 0 { return term }
    let block: MemoryBlock
    do throws(MemoryError) {
      block = try environment.allocator.allocate(
        byteCount: capacity * MemoryLayout<UInt>.stride, kind: .literal)
    } catch {
      throw .outOfMemory(error)
    }
    self.block = block
    let start = block.base.bindMemory(to: UInt.self, capacity: capacity)
    cursor = WordCursor(top: start, limit: start + capacity)
    return TermCopy.copy(term, words: words, into: &cursor, list: &list)
  }

  deinit {
    guard let block else { return }
    var list = list
    list.releaseAll(to: environment.binaries)
    environment.allocator.free(block, kind: .literal)
  }

  /// Takes words for a constant that is built of what stands in the specification.
  mutating func reserve(_ words: Int) -> UnsafeMutablePointer<UInt> {
    precondition(words <= cursor.remainingWords, "a constant larger than what it is built of")
    return cursor.reserve(words)
  }
}

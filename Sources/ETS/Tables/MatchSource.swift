import Heaps
import Terms

/// The results of a match specification for the objects of a walk, all of them or as many as a slice
/// may have.
struct MatchSource: ~Copyable, ListSource {
  private let storage: TableStorage
  private(set) var walk: MatchWalk
  private var matcher: ObjectMatcher
  private var entry = TableEntry.none
  private var result = Term.none
  private(set) var words = 0
  /// The results that may still be given, and the objects that may still be looked at; a key's
  /// objects are looked at together.
  var resultsLeft = Int.max
  var stepsLeft = Int.max
  private var hasBegun = false

  init(_ walk: MatchWalk, _ matcher: consuming ObjectMatcher, of storage: TableStorage) {
    self.storage = storage
    self.walk = walk
    self.matcher = matcher
  }

  /// Where to go on later; nothing where no object was looked at.
  var position: WalkPosition? { hasBegun ? walk.position : nil }

  mutating func advance() throws(TableError) -> Bool {
    while true {
      if resultsLeft == 0 || stepsLeft <= 0 && !walk.isWithinKey { return false }
      stepsLeft &-= 1
      hasBegun = true
      entry = try walk.next(of: storage)
      if entry.isNone { return false }
      guard let result = try matcher.run(on: entry) else { continue }
      self.result = result
      resultsLeft &-= 1
      if result == matcher.object {
        words = StoredObject.copiedWords(of: entry)
        return true
      }
      do {
        words = try TermSize.flatWords(of: result, scratch: matcher.scratch)
      } catch {
        throw TableError(error)
      }
      return true
    }
  }

  func copy(into cursor: inout WordCursor, list: inout OffHeapList) -> Term {
    if result == matcher.object { return StoredObject.copy(entry, into: &cursor, list: &list) }
    return TermCopy.copy(result, words: words, into: &cursor, list: &list)
  }
}

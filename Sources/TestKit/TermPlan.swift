import Terms

/// What is to be built: objects in order, each of words, of earlier ones and of what roots refer
/// to. So its size is known before room is ensured, and no term of it can go stale meanwhile.
public struct TermPlan {
  /// Where the term of a slot comes from.
  public enum Source {
    /// A word as it is.
    case word(Term)
    /// What a path of slots from a root leads to.
    case root(Int, path: [Int])
    /// An object of the plan.
    case planned(Int)
  }

  /// An object to build, in the order of its words.
  public struct Object {
    /// The header word; nothing for a cons cell.
    public var header: UInt?
    /// The words behind the header that are no terms.
    public var rawWords: [UInt] = []
    /// The terms.
    public var slots: [Source] = []

    /// All words of the object.
    public var words: Int { (header == nil ? 0 : 1) + rawWords.count + slots.count }
  }

  /// A term on a heap and its counterpart in a model.
  public typealias Pair = (model: ModelTerm, term: Term)

  /// The objects, in the order in which they are built.
  public var objects: [Object] = []
  /// The words of all objects.
  public var words: Int { objects.reduce(0) { $0 + $1.words } }

  /// Makes a plan of no objects.
  public init() {}

  /// What a path of slots leads to, on the heap and in the model.
  public static func follow(_ path: [Int], from root: Pair, in model: ModelHeap) -> Pair {
    var (reached, term) = root
    for slot in path {
      guard case .object(let number) = reached else { break }
      reached = model.objects[number].slots[slot]
      term = ObjectWords(of: term).slots[slot]
    }
    return (reached, term)
  }

  /// Builds the objects at a cursor and in a model.
  /// - Parameters:
  ///   - cursor: over at least ``words`` words.
  ///   - model: what the same objects are added to.
  ///   - root: the root with a number as it is now.
  /// - Returns: the last object.
  public func build(
    cursor: inout WordCursor, model: inout ModelHeap, root: (Int) -> Pair
  ) -> Pair {
    var built: [Pair] = []
    func find(_ source: Source, in model: ModelHeap) -> Pair {
      switch source {
      case .word(let word): return (.word(word), word)
      case .planned(let number): return built[number]
      case .root(let number, let path):
        return Self.follow(path, from: root(number), in: model)
      }
    }
    for object in objects {
      let slots = object.slots.map { find($0, in: model) }
      let words = cursor.reserve(object.words)
      var place = 0
      for word in (object.header.map { [$0] } ?? []) + object.rawWords + slots.map(\.term.bits) {
        words[place] = word
        place += 1
      }
      let added = model.add(
        ModelObject(
          header: object.header, rawWords: object.rawWords, slots: slots.map(\.model)))
      built.append((added, object.header == nil ? .cons(at: words) : .boxed(at: words)))
    }
    guard let last = built.last else { preconditionFailure("a plan of nothing") }
    return last
  }
}

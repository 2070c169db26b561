import Terms

/// A way from a root to a place on a heap, through one object after the other.
public struct HeapPath: Equatable, Sendable, CustomStringConvertible {
  /// Where a way begins.
  public enum Start: Equatable, Sendable {
    /// A word of the stack, counted from its top.
    case stack(Int)
    /// A slot of the root sources, counted in the order in which they show them.
    case root(Int)
  }

  /// Where it begins.
  public let start: Start
  /// The word of each object on the way that leads on, counted from the object's first; the last
  /// is the place itself.
  public let words: [Int]

  /// Makes a way.
  public init(start: Start, words: [Int]) {
    self.start = start
    self.words = words
  }

  /// The way in one line.
  public var description: String {
    let start =
      switch start {
      case .stack(let word): "from word \(word) of the stack"
      case .root(let slot): "from root \(slot)"
      }
    return words.isEmpty
      ? start : "\(start) by words \(words.map(String.init).joined(separator: ", "))"
  }
}

/// Looks for a shortest way to an address, on a heap any word of which may be wrong.
struct HeapPathSearch: RootVisitor {
  /// An object that was reached: from which one before it, or from which start.
  private struct Reached {
    var term: UInt
    var origin: Origin
    var word: Int
  }
  private enum Origin {
    case start(HeapPath.Start)
    case object(Int)
  }

  private let target: UInt
  /// In the order of their addresses.
  private let spaces: [AddressRange]
  private var reached: [Reached] = []
  private var visited: Set<UInt> = []
  private var rootSlots = 0
  private var isOnStack = true
  private var found: HeapPath?

  private init(target: UInt, state: HeapState) {
    self.target = target
    var spaces: [AddressRange] = []
    state.forEachSpace { spaces.append(AddressRange($0, $1)) }
    self.spaces = spaces.sorted { $0.start < $1.start }
  }

  /// A way to an address; nothing where no root leads there.
  /// - Complexity: linear in what the roots reach.
  static func path(
    to target: UInt, in state: HeapState, roots: inout some RootSource & ~Copyable
  ) -> HeapPath? {
    var search = HeapPathSearch(target: target, state: state)
    search.visitRoots(state.stackTop, count: state.stackWords)
    search.isOnStack = false
    SlotVisitor.handing(to: &search) { roots.visitSlots(&$0) }
    var next = 0
    while search.found == nil, next < search.reached.count {
      search.visitObject(next)
      next += 1
    }
    return search.found
  }

  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) {
      let start = isOnStack ? HeapPath.Start.stack(index) : .root(rootSlots)
      if !isOnStack { rootSlots += 1 }
      if found != nil { continue }
      if UInt(bitPattern: base + index) == target { found = HeapPath(start: start, words: []) }
      reach(base[index], from: .start(start), word: 0)
    }
  }

  private mutating func reach(_ bits: UInt, from origin: Origin, word: Int) {
    guard bits & 3 == 1 || bits & 3 == 2, spaces.place(of: bits, in: { $0 }) != nil,
      visited.insert(bits).inserted
    else { return }
    reached.append(Reached(term: bits, origin: origin, word: word))
  }

  private mutating func visitObject(_ number: Int) {
    let bits = reached[number].term
    guard let space = spaces.place(of: bits, in: { $0 }).map({ spaces[$0] }),
      let object = UnsafeMutablePointer<UInt>(bitPattern: bits & ~7)
    else { return }
    let left = Int(space.start &+ space.byteCount &- UInt(bitPattern: object)) / 8
    let (first, words) = Self.extent(of: object, isCons: bits & 3 == 1, left: left)
    let distance = target &- UInt(bitPattern: object)
    if distance < UInt(8 * words) {
      found = way(to: number, ending: Int(distance) / 8)
      return
    }
    for word in first..<max(first, words) {
      reach(object[word], from: .object(number), word: word)
    }
  }

  /// The first word that is a term and the words of an object, as far as its header can be trusted.
  private static func extent(
    of object: UnsafeMutablePointer<UInt>, isCons: Bool, left: Int
  ) -> (first: Int, words: Int) {
    if isCons { return (0, min(2, left)) }
    if object[0] & 3 != 0
      || ObjectStarts.problem(withObjectAt: object, before: object + left) != nil
    {
      return (1, 1)
    }
    return (
      ObjectStarts.terms(ofObjectAt: object) - object, ObjectStarts.end(ofObjectAt: object) - object
    )
  }

  private func way(to number: Int, ending last: Int) -> HeapPath {
    var words = [last]
    var number = number
    while true {
      switch reached[number].origin {
      case .start(let start): return HeapPath(start: start, words: words.reversed())
      case .object(let before):
        words.append(reached[number].word)
        number = before
      }
    }
  }
}

/// Builds a flat map from keys in any order, where of equal keys the last one given counts.
///
/// Keys and values are sorted where they will stand: behind the cursor's top, which moves only in
/// ``finish(cursor:)``. Until then nothing else may be built at that cursor.
public struct FlatMapBuilder {
  private let map: UnsafeMutablePointer<UInt>
  private let capacity: Int
  private let order: TermOrder
  /// The number of unlike keys so far.
  public private(set) var size = 0

  /// The most words that a map built of so many pairs takes.
  public static func words(pairs: Int) -> Int {
    let size = min(pairs, FlatMap.maximumSize)
    return FlatMap.words(size: size) + (size == 0 ? 0 : 1 + size)
  }

  /// Begins a map.
  /// - Parameters:
  ///   - pairs: the most pairs that will be inserted.
  ///   - order: the order of the keys.
  ///   - cursor: over at least ``words(pairs:)`` words.
  public init(pairs: Int, order: TermOrder, cursor: WordCursor) {
    assert(Self.words(pairs: pairs) <= cursor.remainingWords, "a map of \(pairs) pairs")
    map = cursor.top
    capacity = min(pairs, FlatMap.maximumSize)
    self.order = order
  }

  private var values: UnsafeMutablePointer<UInt> { FlatMap.values(at: map) }
  private var keys: UnsafeMutablePointer<UInt> { map + FlatMap.words(size: capacity) + 1 }

  /// Adds a key, or replaces an equal one and its value.
  /// - Parameter keepsKey: whether only the value is replaced. Equal keys may differ in their
  ///   words, and then in their text, as 0.0 and -0.0 do.
  /// - Throws: ``FlatMapError/mapTooLarge`` where the key would be one too many.
  public mutating func insert(
    _ key: Term, _ value: Term, keepsKey: Bool = false
  ) throws(FlatMapError) {
    let (keys, size, order) = (keys, size, order)
    let (place, isPresent) = try FlatMap.scratched { () throws(ScratchExhausted) in
      // Pairs come in order more often than not.
      if size > 0, try order.compareKeys(key, Term(bits: keys[size - 1])) > 0 {
        return (place: size, isPresent: false)
      }
      return try FlatMap.insertionPlace(of: key, among: keys, count: size, order: order)
    }
    if isPresent {
      if !keepsKey { keys[place] = key.bits }
      values[place] = value.bits
      return
    }
    if size == FlatMap.maximumSize { throw .mapTooLarge }
    precondition(size < capacity, "more than the \(capacity) pairs announced")
    for moved in (place..<size).reversed() {
      keys[moved + 1] = keys[moved]
      values[moved + 1] = values[moved]
    }
    keys[place] = key.bits
    values[place] = value.bits
    self.size = size + 1
  }

  /// Ends the map and moves the cursor behind it.
  /// - Parameter cursor: the one that the builder began with, unmoved since.
  public func finish(cursor: inout WordCursor) -> Term {
    precondition(cursor.top == map, "the cursor moved while a map was built at it")
    map[0] = Header.flatMap.bits
    map[1] = UInt(size)
    if size == 0 {
      map[2] = Term.emptyTuple.bits
      return .boxed(at: cursor.reserve(FlatMap.words(size: 0)))
    }
    let sortedKeys = keys
    let keyTuple = map + FlatMap.words(size: size)
    _ = cursor.reserve(FlatMap.words(size: size) + 1 + size)
    keyTuple[0] = Header.tuple(arity: size).bits
    (keyTuple + 1).update(from: sortedKeys, count: size)
    map[2] = Term.boxed(at: keyTuple).bits
    return .boxed(at: map)
  }
}

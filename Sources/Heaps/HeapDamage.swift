/// What is wrong with a heap: the first thing that a walk over it found.
public struct HeapDamage: Error, Equatable, Sendable, CustomStringConvertible {
  /// What a word or an object is part of.
  public enum Place: String, Sendable {
    /// What was built since the last collection.
    case young
    /// What survived one collection.
    case mature
    /// What was built beside the young block.
    case fragment
    /// What survived two collections.
    case old
    /// The stack.
    case stack
    /// A slot outside heap and stack.
    case root
    /// The list of objects that hold something outside the heap.
    case list = "off-heap list"
    /// What the heap says of itself: its bounds and its counts.
    case accounting
    /// A binary outside the heaps.
    case binary
    /// A message on its way.
    case message
    /// An area of literals.
    case literal
  }

  /// The address of the slot or, where ``word`` is nothing, of the object that is wrong.
  public var address: UInt
  /// What stands in the slot.
  public var word: UInt?
  /// What the address is part of.
  public var place: Place
  /// What is wrong with it, as a predicate: `is no immediate`.
  public var problem: String
  /// A way there from a root; nothing where none leads there, or where it is no place in memory.
  public var path: HeapPath?

  init(at address: UInt, word: UInt? = nil, _ place: Place, _ problem: String) {
    self.address = address
    self.word = word
    self.place = place
    self.problem = problem
  }

  init(at pointer: UnsafeRawPointer, word: UInt? = nil, _ place: Place, _ problem: String) {
    self.init(at: UInt(bitPattern: pointer), word: word, place, problem)
  }

  /// One line that tells all of it.
  public var description: String {
    func hex(_ number: UInt) -> String { "0x" + String(number, radix: 16) }
    let subject = word.map { "the word \(hex($0)) at \(hex(address))" } ?? hex(address)
    let way = path.map { "; \($0)" } ?? ""
    return "heap verifier: \(subject) (\(place.rawValue)) \(problem)\(way)"
  }
}

extension HeapDamage {
  /// Throws unless a condition holds.
  @inline(__always)
  static func unless(
    _ condition: Bool, _ damage: @autoclosure () -> HeapDamage
  ) throws(HeapDamage) {
    if !condition { throw damage() }
  }
}

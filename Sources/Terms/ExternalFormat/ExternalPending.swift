/// What is left to encode of the terms that are begun, the innermost on top.
struct ExternalPending: ~Copyable {
  typealias Words = UnsafeMutablePointer<UInt>

  enum Frame {
    /// Terms side by side.
    case elements(Words, count: Int)
    /// The rest of a list, of which so many cells are done and whose head is at a mark.
    case list(Term, count: Int, mark: Int)
    /// The pairs of a flat map from a place on: even places are keys, odd ones values.
    case pairs(Words, place: Int)
    /// The slots of a hash map's node.
    case slots(Words, count: Int)
    /// The leaves of a hash map in the order of their keys, from an index on.
    case leaves(Words, index: Int, count: Int)
    /// The end of a fun that began at a position, and whose size belongs at a mark.
    case size(mark: Int, position: Int)
  }

  private enum Kind: UInt {
    case elements, list, pairs, slots, leaves, size
  }

  private let scratch: any ScratchProvider
  private var stack: ScratchStack

  init(scratch: any ScratchProvider) {
    self.scratch = scratch
    stack = ScratchStack(provider: scratch)
  }

  /// Gives back what the leaves that are in order hold, after a failure.
  mutating func abandon() {
    while let frame = pop() {
      if case .leaves(let cells, _, let count) = frame { freeLeaves(cells, count: count) }
    }
  }

  /// Puts a frame on top: whole, or not at all where memory is refused.
  @inline(__always)
  mutating func push(_ frame: Frame) throws(ExternalEncodeError) {
    do {
      switch frame {
      case .elements(let address, let count): try push(address, count, .elements)
      case .list(let rest, let count, let mark):
        try stack.push(
          UInt(bitPattern: mark), rest.bits, Self.word(count, .list))
      case .pairs(let map, let place): try push(map, place, .pairs)
      case .slots(let address, let count): try push(address, count, .slots)
      case .leaves(let cells, let index, let count):
        try stack.push(
          UInt(bitPattern: index), UInt(bitPattern: cells), Self.word(count, .leaves))
      case .size(let mark, let position):
        try stack.push(UInt(bitPattern: position), Self.word(mark, .size))
      }
    } catch {
      throw .scratch(error)
    }
  }

  @inline(__always)
  private mutating func push(
    _ address: Words, _ count: Int, _ kind: Kind
  ) throws(ScratchExhausted) {
    try stack.push(UInt(bitPattern: address), Self.word(count, kind))
  }

  /// The uppermost word of a frame.
  @inline(__always)
  private static func word(_ number: Int, _ kind: Kind) -> UInt {
    UInt(bitPattern: number) << 3 | kind.rawValue
  }

  @inline(__always)
  mutating func pop() -> Frame? {
    guard let low = stack.pop() else { return nil }
    let count = Int(bitPattern: low >> 3)
    guard let kind = Kind(rawValue: low & 7) else { preconditionFailure(Self.disorder) }
    switch kind {
    case .size: return .size(mark: count, position: Int(bitPattern: word()))
    case .list:
      let rest = Term(bits: word())
      return .list(rest, count: count, mark: Int(bitPattern: word()))
    case .elements: return .elements(address(), count: count)
    case .pairs: return .pairs(address(), place: count)
    case .slots: return .slots(address(), count: count)
    case .leaves:
      let cells = address()
      return .leaves(cells, index: Int(bitPattern: word()), count: count)
    }
  }

  private static var disorder: String { "the pending terms are in disorder" }

  @inline(__always)
  private mutating func word() -> UInt {
    guard let word = stack.pop() else { preconditionFailure(Self.disorder) }
    return word
  }

  @inline(__always)
  private mutating func address() -> Words {
    guard let address = Words(bitPattern: word()) else { preconditionFailure(Self.disorder) }
    return address
  }

  /// Takes memory for the cells of so many leaves, and as much again to sort them in.
  func allocateLeaves(count: Int) throws(ScratchExhausted) -> Words {
    try scratch.allocateScratch(byteCount: 2 * count * MemoryLayout<UInt>.stride)
      .bindMemory(to: UInt.self, capacity: 2 * count)
  }

  /// Gives back the memory of so many leaves.
  func freeLeaves(_ cells: Words, count: Int) {
    scratch.freeScratch(cells, byteCount: 2 * count * MemoryLayout<UInt>.stride)
  }
}

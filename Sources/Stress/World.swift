/// A heap of a few objects, each a cons, a tuple, a float or a handle of a binary, each slot an
/// immediate or any earlier object.
public struct World: Equatable, Sendable, CustomStringConvertible {
  /// Eight small numbers in a word, which is fast in debug builds too.
  private struct Octets: Equatable {
    private var bits: UInt64 = 0

    subscript(index: Int) -> UInt8 {
      @inline(__always) get { UInt8(truncatingIfNeeded: bits &>> UInt64(8 &* index)) }
      set { bits = bits & ~(0xFF << UInt64(8 * index)) | UInt64(newValue) << UInt64(8 * index) }
    }
  }

  /// What an object is.
  public enum Kind: UInt8, Sendable {
    case cons, tuple1, tuple2, float, handle

    /// The words of the object.
    var words: Int {
      switch self {
      case .cons, .tuple1, .float: 2
      case .tuple2: 3
      case .handle: 6
      }
    }
  }

  /// The most objects.
  public static var largest: Int { 6 }

  /// The objects there are.
  public let count: Int
  private var kinds = Octets()
  /// The object in each slot, counted from 1; 0 for an immediate.
  private var firsts = Octets()
  private var seconds = Octets()

  /// The number of worlds of so many objects.
  public static func count(objects: Int) -> Int {
    (1...objects).reduce(1) { $0 * choices(for: $1) }
  }

  /// What an object may be where a slot has so many choices.
  private static func choices(for slot: Int) -> Int { 2 * slot * slot + slot + 2 }

  /// The world of a number below ``count(objects:)``.
  public init(number: Int, objects count: Int) {
    self.count = count
    var rest = number
    for object in 0..<count {
      let slot = object + 1
      var choice = rest % Self.choices(for: slot)
      rest /= Self.choices(for: slot)
      let kind: Kind
      if choice < 2 * slot * slot {
        kind = choice < slot * slot ? .cons : .tuple2
        choice %= slot * slot
        firsts[object] = UInt8(choice % slot)
        seconds[object] = UInt8(choice / slot)
      } else if choice < 2 * slot * slot + slot {
        kind = .tuple1
        firsts[object] = UInt8(choice - 2 * slot * slot)
      } else {
        kind = choice == 2 * slot * slot + slot ? .float : .handle
      }
      kinds[object] = kind.rawValue
    }
  }

  @inline(__always)
  func kind(of object: Int) -> Kind { Kind(rawValue: kinds[object]).unsafelyUnwrapped }

  /// The object in the first slot; -1 for an immediate, or where there is no slot.
  @inline(__always)
  func first(of object: Int) -> Int { Int(firsts[object]) - 1 }

  /// The object in the second slot; -1 for an immediate, or where there is no slot.
  @inline(__always)
  func second(of object: Int) -> Int { Int(seconds[object]) - 1 }

  /// The objects that a set of roots reaches, both sets as bits.
  func reachable(from roots: Int) -> Int {
    var reached = roots
    for object in stride(from: count - 1, through: 0, by: -1) where reached >> object & 1 == 1 {
      if firsts[object] > 0 { reached |= 1 << first(of: object) }
      if seconds[object] > 0 { reached |= 1 << second(of: object) }
    }
    return reached
  }

  /// Whether what a set of roots does not reach are cells of immediates and handles only.
  ///
  /// No collection reads the words of what it does not reach, but for the handles on the off-heap
  /// list. So a world with other objects that are dead is collected as one that has such cells in
  /// their place, and need not be tried.
  public func hasPlainGarbage(_ roots: Int) -> Bool {
    let dead = ~reachable(from: roots)
    for object in 0..<count where dead >> object & 1 == 1 {
      let isPlain =
        kind(of: object) == .handle
        || (kind(of: object) == .cons && firsts[object] == 0 && seconds[object] == 0)
      if !isPlain { return false }
    }
    return true
  }

  /// The words of a set of objects.
  func words(of set: Int) -> Int {
    (0..<count).reduce(0) { set >> $1 & 1 == 0 ? $0 : $0 + kind(of: $1).words }
  }

  /// The objects with what stands in their slots.
  public var description: String {
    let objects = (0..<count).map { object in
      func slot(_ target: Int) -> String { target < 0 ? "-" : "\(target)" }
      switch kind(of: object) {
      case .cons: return "[\(slot(first(of: object)))|\(slot(second(of: object)))]"
      case .tuple1: return "{\(slot(first(of: object)))}"
      case .tuple2: return "{\(slot(first(of: object))),\(slot(second(of: object)))}"
      case .float: return "float"
      case .handle: return "handle"
      }
    }
    return objects.joined(separator: " ")
  }
}

import Carriers
import Heaps
import Terms

/// A process's own table of keys and values, with both as terms of its heap.
///
/// ```
/// | key 0 | value 0 | key 1 | value 1 | ...        |   key = no value: an empty place
/// ```
/// Open addressing, linear probing, a power of two of places, at most three quarters full.
/// Immediate keys are spread by their word. Boxed keys move, so their word is no hash: they all
/// start at one place and are told apart by comparison.
public struct ProcessDictionary: ~Copyable {
  private let allocator: UncountedAllocator
  private var entries: UnsafeMutablePointer<Term>?
  // Every process has a dictionary, few have a large one: so its numbers are kept short.
  private var places32: UInt32 = 0
  private var count32: UInt32 = 0
  private var places: Int { Int(places32) }
  /// How many keys there are.
  public private(set) var count: Int {
    get { Int(count32) }
    set { count32 = UInt32(newValue) }
  }

  init(allocator: UncountedAllocator) { self.allocator = allocator }

  deinit {
    if let entries { Self.free(entries, places: places, allocator) }
  }

  /// The bytes of its places.
  var byteCount: Int { Self.byteCount(places: places) }

  private static func byteCount(places: Int) -> Int { 2 * places * MemoryLayout<Term>.stride }

  private static func free(
    _ entries: UnsafeMutablePointer<Term>, places: Int, _ allocator: UncountedAllocator
  ) {
    allocator.free(at: entries, byteCount: byteCount(places: places), kind: .fixed)
  }

  private var base: UnsafeMutablePointer<Term> { entries.unsafelyUnwrapped }

  /// Every key and value, empty places included: the dictionary's roots. Nothing before the first
  /// key is set.
  var slots: RootSlots? {
    entries.map { RootSlots(base: $0, count: 2 * places) }
  }

  private func firstPlace(of key: Term) -> Int {
    guard key.isImmediate else { return 0 }
    let spread = key.bits &* 0x9E37_79B9_7F4A_7C15
    return Int(spread >> 32) & (places - 1)
  }

  private func place(
    of key: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> (place: Int, isFound: Bool) {
    var place = firstPlace(of: key)
    while true {
      let found = base[2 * place]
      if found.isNone { return (place, false) }
      if try TermEquality.isExactlyEqual(found, key, scratch: scratch) { return (place, true) }
      place = (place + 1) & (places - 1)
    }
  }

  /// The value of a key, or nothing.
  public func value(
    of key: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term? {
    guard count > 0 else { return nil }
    let (place, isFound) = try place(of: key, scratch: scratch)
    return isFound ? base[2 * place + 1] : nil
  }

  /// Sets the value of a key and returns the value it had.
  /// - Throws: ``DictionaryError``; the dictionary is then as it was.
  public mutating func set(
    _ value: Term, of key: Term, scratch: any ScratchProvider
  ) throws(DictionaryError) -> Term? {
    if 4 * (count + 1) > 3 * places { try grow() }
    do {
      let (place, isFound) = try place(of: key, scratch: scratch)
      let before = isFound ? base[2 * place + 1] : nil
      base[2 * place] = key
      base[2 * place + 1] = value
      if !isFound { count += 1 }
      return before
    } catch {
      throw .scratch(error)
    }
  }

  /// Removes a key and returns its value.
  public mutating func remove(
    _ key: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term? {
    guard count > 0 else { return nil }
    let (place, isFound) = try place(of: key, scratch: scratch)
    guard isFound else { return nil }
    let value = base[2 * place + 1]
    close(place)
    count -= 1
    return value
  }

  /// Empties a place and moves back what its being full had pushed on.
  private mutating func close(_ emptied: Int) {
    var hole = emptied
    var place = (emptied + 1) & (places - 1)
    while !base[2 * place].isNone {
      let distanceFromHome = (place - firstPlace(of: base[2 * place])) & (places - 1)
      let distanceFromHole = (place - hole) & (places - 1)
      if distanceFromHome >= distanceFromHole {
        base[2 * hole] = base[2 * place]
        base[2 * hole + 1] = base[2 * place + 1]
        hole = place
      }
      place = (place + 1) & (places - 1)
    }
    base[2 * hole] = .none
    base[2 * hole + 1] = .none
  }

  /// Calls a closure with each key and value, in no order.
  public func forEach(_ body: (_ key: Term, _ value: Term) -> Void) {
    for place in 0..<places where !base[2 * place].isNone {
      body(base[2 * place], base[2 * place + 1])
    }
  }

  /// Removes every key.
  public mutating func removeAll() {
    for slot in 0..<(2 * places) { base[slot] = .none }
    count = 0
  }

  private mutating func grow() throws(DictionaryError) {
    let doubled = max(8, 2 * places)
    let larger: MemoryBlock
    do throws(MemoryError) {
      if doubled > Int(UInt32.max) { throw .invalidSize(byteCount: doubled) }
      larger = try allocator.allocate(byteCount: Self.byteCount(places: doubled), kind: .fixed)
    } catch {
      throw .memory(error)
    }
    let before = entries
    let beforePlaces = places
    let base = larger.base.bindMemory(to: Term.self, capacity: 2 * doubled)
    base.initialize(repeating: .none, count: 2 * doubled)
    entries = base
    places32 = UInt32(doubled)
    guard let before else { return }
    for entry in 0..<beforePlaces where !before[2 * entry].isNone {
      var place = firstPlace(of: before[2 * entry])
      while !base[2 * place].isNone { place = (place + 1) & (places - 1) }
      base[2 * place] = before[2 * entry]
      base[2 * place + 1] = before[2 * entry + 1]
    }
    Self.free(before, places: beforePlaces, allocator)
  }
}

/// Why a dictionary could not take a key.
public enum DictionaryError: Error, Equatable, Sendable {
  /// There was no memory for a larger table.
  case memory(MemoryError)
  /// There was no working memory to compare keys.
  case scratch(ScratchExhausted)
}

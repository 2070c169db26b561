import Glibc
import Synchronization
import Tenure

/// What natives keep for all processes of a machine: arrays of counters, and persistent terms.
///
/// An array lives as long as the machine: nobody is told when the last reference to it is gone.
final class SharedObjects: Sendable {
  private struct PersistentTerm {
    let key: Term
    let value: Term
    let area: LiteralArea
  }

  private struct State {
    var arrays: [UInt64: CounterArray] = [:]
    /// By the hash of the key.
    var terms: [UInt32: [PersistentTerm]] = [:]
    var termCount = 0
    var termWords = 0
    /// What could not be released yet.
    var keptAreas: [LiteralArea] = []
    var lastTimestamp = 0
  }

  let fileBuffers = FileBuffers()
  private let system: MemorySystem
  private let lastNumber = Atomic<UInt64>(0)
  private let state = Mutex(State())

  init(system: MemorySystem) { self.system = system }

  /// A number that was not given before.
  func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

  /// The microseconds since 1970, a later number than was given before.
  func nextTimestamp() -> Int {
    let now = nanoseconds(CLOCK_REALTIME) / 1000
    return state.withLock { state in
      state.lastTimestamp = max(now, state.lastTimestamp + 1)
      return state.lastTimestamp
    }
  }

  // MARK: - Arrays

  func add(_ array: CounterArray, number: UInt64) {
    state.withLock { $0.arrays[number] = array }
  }

  func array(number: UInt64) -> CounterArray? { state.withLock { $0.arrays[number] } }

  // MARK: - Persistent terms

  /// How many there are, and their words.
  var termFigures: (count: Int, words: Int) { state.withLock { ($0.termCount, $0.termWords) } }

  /// The value of a key; no value where there is none.
  func term(_ key: Term, hash: UInt32, _ isEqual: (Term) -> Bool) -> Term {
    state.withLock { state in
      state.terms[hash]?.first { isEqual($0.key) }?.value ?? .none
    }
  }

  /// All pairs of keys and values.
  var allTerms: [(key: Term, value: Term)] {
    state.withLock { state in state.terms.values.flatMap { $0 }.map { ($0.key, $0.value) } }
  }

  /// Puts terms that stand in a literal area.
  func put(
    _ key: Term, _ value: Term, in area: LiteralArea, hash: UInt32, _ isEqual: (Term) -> Bool
  ) {
    let replaced = state.withLock { state in
      let replaced = remove(hash: hash, isEqual, from: &state)
      state.terms[hash, default: []].append(PersistentTerm(key: key, value: value, area: area))
      state.termCount += 1
      state.termWords += area.words
      return replaced
    }
    if let replaced { release([replaced]) }
  }

  /// Takes a key away; whether it was there.
  func erase(hash: UInt32, _ isEqual: (Term) -> Bool) -> Bool {
    let erased = state.withLock { remove(hash: hash, isEqual, from: &$0) }
    if let erased { release([erased]) }
    return erased != nil
  }

  private func remove(
    hash: UInt32, _ isEqual: (Term) -> Bool, from state: inout State
  ) -> LiteralArea? {
    guard let index = state.terms[hash]?.firstIndex(where: { isEqual($0.key) }),
      let removed = state.terms[hash]?.remove(at: index)
    else { return nil }
    if state.terms[hash]?.isEmpty == true { state.terms[hash] = nil }
    state.termCount -= 1
    state.termWords -= removed.area.words
    return removed.area
  }

  /// Has areas released to which only processes still refer; where there is no memory to ask these,
  /// together with the next ones.
  func release(_ areas: [LiteralArea]) {
    let all = state.withLock { state in
      defer { state.keptAreas = [] }
      return areas + state.keptAreas
    }
    system.release(all) { [weak self] isReleased in
      if !isReleased { self?.state.withLock { $0.keptAreas.append(contentsOf: all) } }
    }
  }
}

/// Numbers of 64 bits that any process may change.
final class CounterArray: @unchecked Sendable {  // All its numbers are atomic.
  let count: Int
  /// Whether numbers have a sign.
  let isSigned: Bool
  private let numbers: UnsafeMutablePointer<Atomic<Int>>

  init(count: Int, isSigned: Bool) {
    self.count = count
    self.isSigned = isSigned
    numbers = .allocate(capacity: count)
    for index in 0..<count { (numbers + index).initialize(to: Atomic(0)) }
  }

  deinit {
    numbers.deinitialize(count: count)
    numbers.deallocate()
  }

  func load(_ index: Int) -> Int { numbers[index].load(ordering: .sequentiallyConsistent) }
  func store(_ value: Int, _ index: Int) {
    numbers[index].store(value, ordering: .sequentiallyConsistent)
  }
  /// Adds and returns the sum, which wraps.
  func add(_ value: Int, _ index: Int) -> Int {
    numbers[index].wrappingAdd(value, ordering: .sequentiallyConsistent).newValue
  }
  func exchange(_ value: Int, _ index: Int) -> Int {
    numbers[index].exchange(value, ordering: .sequentiallyConsistent)
  }
  /// Stores a number where another is; returns what was there otherwise.
  func compareExchange(_ expected: Int, _ value: Int, _ index: Int) -> Int? {
    let result = numbers[index].compareExchange(
      expected: expected, desired: value, ordering: .sequentiallyConsistent)
    return result.exchanged ? nil : result.original
  }
}

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
    let words: Int
  }

  private struct State {
    var arrays: [UInt64: CounterArray] = [:]
    /// By the hash of the key.
    var terms: [UInt32: [PersistentTerm]] = [:]
    var termCount = 0
    var termWords = 0
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
  func put(_ key: Term, _ value: Term, words: Int, hash: UInt32, _ isEqual: (Term) -> Bool) {
    state.withLock { state in
      remove(hash: hash, isEqual, from: &state)
      state.terms[hash, default: []].append(PersistentTerm(key: key, value: value, words: words))
      state.termCount += 1
      state.termWords += words
    }
  }

  /// Takes a key away; whether it was there.
  func erase(hash: UInt32, _ isEqual: (Term) -> Bool) -> Bool {
    state.withLock { remove(hash: hash, isEqual, from: &$0) }
  }

  @discardableResult
  private func remove(hash: UInt32, _ isEqual: (Term) -> Bool, from state: inout State) -> Bool {
    guard let index = state.terms[hash]?.firstIndex(where: { isEqual($0.key) }),
      let removed = state.terms[hash]?.remove(at: index)
    else { return false }
    state.termCount -= 1
    state.termWords -= removed.words
    return true
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

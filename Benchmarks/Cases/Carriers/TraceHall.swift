import Foundation
import Synchronization
import Tenure

/// A block on its way, with its size.
struct TraceBlock {
  var base: UnsafeMutableRawPointer
  var byteCount: Int
}

typealias TraceBlocks = UnsafeMutableBufferPointer<TraceBlock>

/// Where two threads meet and leave blocks for each other. Nothing in it allocates once it is made,
/// so that only the trace is measured.
final class TraceHall: @unchecked Sendable {
  // Unchecked: a set belongs to one thread between two meetings, a ring orders its own accesses.

  /// Blocks that threads hand to each other at a meeting.
  let sets: [TraceBlocks]
  /// Batches for each thread.
  let rings: [TraceRing]
  private var barrier = pthread_barrier_t()

  init(threadCount: Int) {
    sets = (0..<2).map { _ in .allocate(capacity: 16_384) }
    rings = (0..<2).map { _ in TraceRing() }
    pthread_barrier_init(&barrier, nil, UInt32(threadCount))
  }

  deinit {
    for set in sets { set.deallocate() }
    for ring in rings { ring.destroy() }
    pthread_barrier_destroy(&barrier)
  }

  /// Waits until all threads are here.
  func meet() { pthread_barrier_wait(&barrier) }
}

/// Batches of blocks from one thread to another. By the address of its state: two threads that count
/// references to one object would measure that.
struct TraceRing: @unchecked Sendable {
  // Unchecked: a place is written before `written` says so, and read before `taken` says so.

  private struct State: ~Copyable {
    let written = Atomic<Int>(0)
    let closed = Atomic<Bool>(false)
    /// Keeps what the other thread writes off the line above.
    private let padding = InlineArray<16, UInt64>(repeating: 0)
    let taken = Atomic<Int>(0)

    init() {}
  }

  static let batchCapacity = 4_096
  private static let placeCount = 16
  private let places: TraceBlocks
  private let counts: UnsafeMutablePointer<Int>
  private let state: UnsafeMutablePointer<State>

  /// Says that no batch will be left any more.
  func close() { state.pointee.closed.store(true, ordering: .releasing) }

  /// Whether every batch there will ever be is here.
  var isClosed: Bool { state.pointee.closed.load(ordering: .acquiring) }

  init() {
    places = .allocate(capacity: Self.batchCapacity * Self.placeCount)
    counts = .allocate(capacity: Self.placeCount)
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  func destroy() {
    places.deallocate()
    counts.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Leaves a batch, where there is a place for it.
  func leave(_ batch: UnsafeMutablePointer<TraceBlock>, count: Int) -> Bool {
    let number = state.pointee.written.load(ordering: .relaxed)
    if number - state.pointee.taken.load(ordering: .acquiring) == Self.placeCount { return false }
    let place = number % Self.placeCount
    places.baseAddress.unsafelyUnwrapped.advanced(by: place * Self.batchCapacity)
      .update(from: batch, count: count)
    counts[place] = count
    state.pointee.written.store(number + 1, ordering: .releasing)
    return true
  }

  /// Calls the body with each block of the next batch; `false` where there is none.
  @inline(__always)
  func take(_ body: (TraceBlock) -> Void) -> Bool {
    let number = state.pointee.taken.load(ordering: .relaxed)
    if number == state.pointee.written.load(ordering: .acquiring) { return false }
    let place = number % Self.placeCount
    for index in 0..<counts[place] { body(places[place * Self.batchCapacity + index]) }
    state.pointee.taken.store(number + 1, ordering: .releasing)
    return true
  }
}

/// Runs a piece of work on threads at the same time.
enum TraceThreads {
  static func run(
    count: Int, _ body: @escaping @Sendable (Int) -> TraceWork
  ) -> (works: [TraceWork], nanoseconds: Double) {
    let start = MonotonicTime.nanoseconds()
    if count == 1 { return ([body(0)], Double(MonotonicTime.nanoseconds() - start)) }
    let results = Results()
    for number in 0..<count { Thread { results.add(body(number)) }.start() }
    results.wait(for: count)
    return (results.works, Double(MonotonicTime.nanoseconds() - start))
  }

  private final class Results: @unchecked Sendable {
    // Unchecked: reached under the condition's lock only.
    private let condition = NSCondition()
    private(set) var works: [TraceWork] = []

    func add(_ work: TraceWork) {
      condition.lock()
      works.append(work)
      condition.signal()
      condition.unlock()
    }

    func wait(for count: Int) {
      condition.lock()
      while works.count < count { condition.wait() }
      condition.unlock()
    }
  }
}

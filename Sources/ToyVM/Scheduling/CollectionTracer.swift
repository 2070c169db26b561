import Glibc
import Synchronization
import Tenure

/// Who is told of a process's collections, and how (`erlang:trace/3` with `garbage_collection`).
struct CollectionTracing: Sendable, Equatable {
  /// What stands behind a message's items.
  enum Timestamp: Sendable { case none, wallClock, monotonic }

  /// The pid of who is told.
  var tracer: Term
  var timestamp = Timestamp.none
  /// Whether processes that it begins are traced as it is.
  var isInherited = false
  /// Whether it is told of collections at all: the flags beside may stand alone.
  var tellsCollections = false

  /// What `process_info/2` tells of it, the bits of ERTS.
  var flags: Int {
    let time =
      switch timestamp {
      case .wallClock: 1
      case .monotonic: 4
      case .none: 0
      }
    return time | (isInherited ? 1 << 6 : 0) | (tellsCollections ? 1 << 14 : 0)
  }
}

/// Tells of the collections of one process by messages, in the form of ERTS:
/// ```
/// {trace, Pid, gc_minor_start, [{wordsize, Needed}, {old_heap_block_size, Words}, ...]}
/// {trace, Pid, gc_minor_end, [{wordsize, Freed}, {old_heap_block_size, Words}, ...]}
/// {trace, Pid, gc_max_heap_size, [{old_heap_block_size, Words}, ...]}
/// ```
/// The last one where a collection has begun that is beyond the limit: its blocks are those that there
/// would be. No end is told of a collection that ends the process.
final class CollectionTracer: CollectionListener {
  private let tracing: CollectionTracing
  private let pid: Term
  // It is held by a heap of this system.
  private unowned let system: MemorySystem
  /// What a collection found that was told to have begun, as it is beyond the limit.
  private let begun = Mutex<HeapFigures?>(nil)

  init(tracing: CollectionTracing, pid: Term, system: MemorySystem) {
    self.tracing = tracing
    self.pid = pid
    self.system = system
  }

  func collected(_ event: CollectionEvent) {
    guard tracing.tellsCollections else { return }
    let begun = self.begun.withLock { found in
      defer { found = nil }
      return found == event.before
    }
    // A minor collection that could not run left all as it was.
    if event.followsFailedMinor && !begun {
      tell("gc_minor_start", event.neededWords, event.before)
      tell("gc_minor_end", 0, event.before)
    }
    let name = name(of: event.kind)
    if !begun { tell("\(name)_start", event.neededWords, event.before) }
    tell("\(name)_end", event.freedWords, event.after)
  }

  func reachedLimit(_ event: LimitEvent) {
    guard tracing.tellsCollections else { return }
    for (number, collection) in event.collections.enumerated() {
      if number > 0 {
        tell("\(name(of: event.collections[number - 1].kind))_end", 0, event.figures)
      }
      tell("\(name(of: collection.kind))_start", event.neededWords, event.figures)
      if collection.isBeyondLimit { tell("gc_max_heap_size", nil, collection.figures) }
    }
    begun.withLock { $0 = event.figures }
  }

  private func name(of kind: CollectionEvent.Kind) -> String {
    kind == .minor ? "gc_minor" : "gc_major"
  }

  private func tell(_ name: String, _ words: Int?, _ figures: HeapFigures) {
    let items = (words.map { [("wordsize", $0)] } ?? []) + figures.named.map { ($0.name, $0.words) }
    let isStamped = tracing.timestamp != .none
    guard let mark = try? system.atoms.atom(isStamped ? "trace_ts" : "trace"),
      let name = try? system.atoms.atom(name)
    else { return }
    let atoms = items.compactMap { try? system.atoms.atom($0.0) }
    guard atoms.count == items.count else { return }
    // Without memory for it a message is lost: tracing does not end a process.
    _ = try? system.send(to: tracing.tracer, words: 5 * items.count + 6 + 4) { cursor in
      var list = Term.nil
      for (atom, item) in zip(atoms, items).reversed() {
        list = cursor.makeCons(cursor.makeTuple(atom, .small(item.1)), list)
      }
      guard let stamp = makeTimestamp(&cursor) else {
        return cursor.makeTuple(mark, pid, name, list)
      }
      return cursor.makeTuple(mark, pid, name, list, stamp)
    }
  }

  private func makeTimestamp(_ cursor: inout WordCursor) -> Term? {
    switch tracing.timestamp {
    case .none: return nil
    case .monotonic: return .small(nanoseconds(CLOCK_MONOTONIC))
    case .wallClock:
      let parts = timestampParts(nanoseconds(CLOCK_REALTIME))
      return cursor.makeTuple(.small(parts.0), .small(parts.1), .small(parts.2))
    }
  }
}

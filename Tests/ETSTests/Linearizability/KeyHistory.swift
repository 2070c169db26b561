import ETS

/// What threads did with one key, and when.
///
/// The objects of the key are `{Key, Value, Counter}`.
struct KeyHistory {
  /// The elements of an object behind its key.
  struct Pair: Hashable {
    var value: Int
    var counter: Int
  }

  /// What is done.
  enum Action: Hashable {
    case insert(Pair)
    case insertNew(Pair)
    case lookup
    case contains
    case delete
    case deleteObject(Pair)
    case take
    /// Of the counter; not for bags.
    case add(Int)
    /// Of the value; not for bags.
    case update(Int)
    case lookupCounter
  }

  /// What came of it.
  enum Answer: Hashable {
    case done
    case bool(Bool)
    case objects([Pair])
    case number(Int)
    case numbers([Int])
    case noKey
  }

  /// An action with its answer and the times before and after it, of a clock that all share.
  struct Event {
    let action: Action
    let answer: Answer
    let begin: Int
    let end: Int
  }

  let type: TableType
  /// The events of each thread, one after the other.
  var threads: [[Event]]

  /// What an action answers in a state, which it changes: the sequential specification.
  static func apply(_ action: Action, to objects: inout [Pair], _ type: TableType) -> Answer {
    switch action {
    case .insert(let pair):
      if type != .bag {
        objects = [pair]
      } else if !objects.contains(pair) {
        objects.append(pair)
      }
      return .done
    case .insertNew(let pair):
      if !objects.isEmpty { return .bool(false) }
      objects = [pair]
      return .bool(true)
    case .lookup: return .objects(objects)
    case .contains: return .bool(!objects.isEmpty)
    case .delete:
      objects = []
      return .done
    case .deleteObject(let pair):
      objects.removeAll { $0 == pair }
      return .done
    case .take:
      defer { objects = [] }
      return .objects(objects)
    case .add(let increment):
      if objects.isEmpty { return .noKey }
      objects[0].counter += increment
      return .number(objects[0].counter)
    case .update(let value):
      if objects.isEmpty { return .bool(false) }
      objects[0].value = value
      return .bool(true)
    case .lookupCounter:
      if objects.isEmpty { return .noKey }
      return type == .bag ? .numbers(objects.map(\.counter)) : .number(objects[0].counter)
    }
  }
}

// MARK: The search

extension KeyHistory {
  /// How far each thread's events are in an order, and what the key's objects are then.
  fileprivate struct Place: Hashable {
    var done: [Int]
    var objects: [Pair]
  }

  /// Whether some order of all events, in which none stands before one that ended before it began,
  /// answers as they did: the search of Wing and Gong ("Testing and Verifying Concurrent Objects",
  /// JPDC 1993), which remembers the places that it has been to, as Lowe's does ("Testing for
  /// linearizability", 2017).
  func isLinearizable() -> Bool {
    let start = Place(done: threads.map { _ in 0 }, objects: [])
    var seen: Set<Place> = [start]
    var waiting = [start]
    while let place = waiting.popLast() {
      if zip(place.done, threads).allSatisfy({ $0 == $1.count }) { return true }
      for thread in threads.indices {
        guard let next = place.following(thread, in: self) else { continue }
        if seen.insert(next).inserted { waiting.append(next) }
      }
    }
    return false
  }
}

extension KeyHistory.Place {
  /// The place behind the next event of a thread, where that may come next and answers so.
  fileprivate func following(_ thread: Int, in history: KeyHistory) -> KeyHistory.Place? {
    guard let event = next(of: thread, in: history) else { return nil }
    for other in history.threads.indices where other != thread {
      if let rival = next(of: other, in: history), rival.end < event.begin { return nil }
    }
    var place = self
    let answer = KeyHistory.apply(event.action, to: &place.objects, history.type)
    if answer != event.answer { return nil }
    place.done[thread] += 1
    return place
  }

  private func next(of thread: Int, in history: KeyHistory) -> KeyHistory.Event? {
    let events = history.threads[thread]
    return done[thread] < events.count ? events[done[thread]] : nil
  }
}

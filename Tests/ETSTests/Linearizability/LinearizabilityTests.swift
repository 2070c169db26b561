import Carriers
import ETS
import Foundation
import Heaps
import Processes
import Synchronization
import Terms
import TestKit
import Testing

/// Random operations of many threads on few keys: for each key some order of them, one that keeps to
/// the times, must explain all answers. `TENURE_HISTORY_ROUNDS` says how many histories of each kind.
@Suite struct LinearizabilityTests {
  private static let rounds =
    ProcessInfo.processInfo.environment["TENURE_HISTORY_ROUNDS"].flatMap(Int.init) ?? 3
  private static let keyCount = 3

  @Test(arguments: [TableType.set, .bag, .orderedSet], [WriteConcurrency.off, .on])
  func historiesHaveAnOrder(type: TableType, writeConcurrency: WriteConcurrency) throws {
    for round in 0..<Self.rounds {
      for threadCount in [2, 4, 8] {
        let seed = UInt64.random(in: 0..<1_000_000)
        let place = "\(type), \(writeConcurrency), \(threadCount) threads, seed \(seed)"
        var options = TableOptions(type: type, protection: .public)
        options.writeConcurrency = writeConcurrency
        let histories = try record(options, threadCount, seed, steps: 1200 / threadCount)
        for (key, history) in histories.enumerated() {
          #expect(history.isLinearizable(), "key \(key), \(place)")
        }
        if round == 0 { expectDamageIsFound(histories[0], place) }
      }
    }
  }

  /// A history with one answer that nothing explains is not taken for a right one.
  private func expectDamageIsFound(_ history: KeyHistory, _ place: String) {
    var damaged = history
    for thread in damaged.threads.indices {
      guard
        let index = damaged.threads[thread].lastIndex(where: { event in
          if case .objects(let pairs) = event.answer { !pairs.isEmpty } else { false }
        })
      else { continue }
      let event = damaged.threads[thread][index]
      damaged.threads[thread][index] = KeyHistory.Event(
        action: event.action, answer: .objects([KeyHistory.Pair(value: -1, counter: -1)]),
        begin: event.begin, end: event.end)
      #expect(!damaged.isLinearizable(), "an answer was changed: \(place)")
      return
    }
    Issue.record("no lookup found anything: \(place)")
  }

  /// The histories of all keys.
  private func record(
    _ options: TableOptions, _ threadCount: Int, _ seed: UInt64, steps: Int
  ) throws -> [KeyHistory] {
    let system = MemorySystem()
    let table = try system.tables.makeTable(named: .ok, options: options, owner: .pid(1 << 20))
    let recorders = (0..<threadCount).map { number in
      HistoryRecorder(table, options.type, seed: seed &* 31 &+ UInt64(number), number)
    }
    let clock = SharedClock()
    let failures = TestThreads.run(threadCount, of: system) { number, heap in
      clock.wait(for: threadCount)
      try recorders[number].work(steps, keyCount: Self.keyCount, clock, &heap)
    }
    #expect(failures.isEmpty)
    return (0..<Self.keyCount).map { key in
      KeyHistory(type: options.type, threads: recorders.map { $0.events[key] })
    }
  }
}

/// Counts the moments at which something began or ended.
final class SharedClock: Sendable {
  private let moments = Atomic<Int>(0)
  private let arrived = Atomic<Int>(0)

  func moment() -> Int { moments.add(1, ordering: .sequentiallyConsistent).oldValue }

  /// Waits until so many threads have come, so that they begin side by side.
  func wait(for count: Int) {
    arrived.add(1, ordering: .sequentiallyConsistent)
    while arrived.load(ordering: .sequentiallyConsistent) < count { sched_yield() }
  }
}

/// What one thread does.
private final class HistoryRecorder: @unchecked Sendable {
  // Unchecked: used by one thread, and by the one that joins it.

  /// By key.
  private(set) var events: [[KeyHistory.Event]] = []
  private let table: Table
  private let type: TableType
  private var random: SeededGenerator
  private var nextValue: Int

  init(_ table: Table, _ type: TableType, seed: UInt64, _ number: Int) {
    (self.table, self.type) = (table, type)
    random = SeededGenerator(seed: seed)
    // Values that no other thread has.
    nextValue = 1_000_000 * (1 + number)
  }

  func work(
    _ steps: Int, keyCount: Int, _ clock: SharedClock, _ heap: inout ProcessHeap
  ) throws {
    events = Array(repeating: [], count: keyCount)
    for _ in 0..<steps {
      let key = Int(random.next() % UInt64(keyCount))
      let action = makeAction()
      var roots = NoRoots()
      try heap.ensureFree(words: 64, roots: &roots)
      let begin = clock.moment()
      let answer = try perform(action, .small(key), &heap)
      let end = clock.moment()
      events[key].append(
        KeyHistory.Event(action: action, answer: answer, begin: begin, end: end))
    }
  }

  private func makeAction() -> KeyHistory.Action {
    nextValue += 1
    // Values of a bag return, so that some are there already.
    let value = type == .bag ? Int(random.next() % 4) : nextValue
    let pair = KeyHistory.Pair(value: value, counter: 0)
    switch random.next() % 20 {
    case 0..<4: return .insert(pair)
    case 4..<6: return .insertNew(pair)
    case 6..<9: return .lookup
    case 9: return .contains
    case 10: return .delete
    case 11: return .take
    case 12: return .lookupCounter
    case 13..<15: return .deleteObject(pair)
    case 15..<18: return type == .bag ? .lookup : .add(Int(random.next() % 5) + 1)
    default: return type == .bag ? .insert(pair) : .update(value)
    }
  }

  private func perform(
    _ action: KeyHistory.Action, _ key: Term, _ heap: inout ProcessHeap
  ) throws(TableError) -> KeyHistory.Answer {
    let caller = Term.pid(1 << 20)
    func object(_ pair: KeyHistory.Pair, _ heap: inout ProcessHeap) -> Term {
      heap.build { $0.makeTuple(key, .small(pair.value), .small(pair.counter)) }
    }
    do throws(TableError) {
      switch action {
      case .insert(let pair): try table.insert(object(pair, &heap), by: caller)
      case .insertNew(let pair):
        return .bool(try table.insertNew(object(pair, &heap), by: caller))
      case .lookup: return .objects(pairs(try table.lookup(key, by: caller, on: &heap)))
      case .contains: return .bool(try table.contains(key, by: caller))
      case .delete: try table.delete(key, by: caller)
      case .deleteObject(let pair): try table.deleteObject(object(pair, &heap), by: caller)
      case .take: return .objects(pairs(try table.take(key, by: caller, on: &heap)))
      case .add(let increment):
        let step = CounterStep(position: 3, increment: .small(increment))
        return .number(
          try table.updateCounter(key, step: step, by: caller, on: &heap).smallValue)
      case .update(let value):
        let update = ElementUpdate(position: 2, value: .small(value))
        return .bool(try table.updateElements(key, [update], by: caller))
      case .lookupCounter:
        let counter = try table.lookupElement(key, 3, by: caller, on: &heap)
        return counter.isSmall ? .number(counter.smallValue) : .numbers(numbers(counter))
      }
      return .done
    } catch {
      if error == .noKey { return .noKey }
      throw error
    }
  }

  private func pairs(_ list: Term) -> [KeyHistory.Pair] {
    elements(list).map { object in
      let elements = object.tupleElements
      return KeyHistory.Pair(value: elements[1].smallValue, counter: elements[2].smallValue)
    }
  }

  private func numbers(_ list: Term) -> [Int] { elements(list).map(\.smallValue) }

  private func elements(_ list: Term) -> [Term] {
    var (found, rest) = ([Term](), list)
    while rest.isCons {
      found.append(rest.cons[0])
      rest = rest.cons[1]
    }
    return found
  }
}

import Carriers
import ETS
import Heaps
import TestKit
import Terms

/// One thread: a process with a heap, tables of its own and models of them.
struct TableStressThread: ~Copyable {
  /// A table that nobody else writes, and what is in it.
  struct OwnTable {
    let table: Table
    var model: TableModel
    let keyPosition: Int
  }

  let stress: TableStress
  var heap: ProcessHeap
  var random: SeededGenerator
  var pid: Term
  var own: [OwnTable] = []
  private let number: Int

  init(_ number: Int, of stress: TableStress) throws(HeapError) {
    self.number = number
    self.stress = stress
    heap = try ProcessHeap(environment: stress.environment)
    random = SeededGenerator(seed: stress.seed &* 31 &+ UInt64(number))
    pid = .pid(1 + UInt(number))
  }

  /// Words that are free before each step: what a step builds itself.
  private static var stepWords: Int { 1000 }

  mutating func work() {
    for step in 0..<1500 {
      do {
        var roots = NoRoots()
        try heap.ensureFree(words: Self.stepWords, roots: &roots)
        switch random.next() % 100 {
        case 0..<45: try useOwnTable()
        case 45..<99: try useSharedTable()
        default: if random.next() % 4 == 0 { end() }
        }
      } catch let error as TableError {
        note(error, step)
      } catch is HeapError where stress.isRefusing {
      } catch {
        stress.complain("thread \(number), step \(step): \(error)")
      }
    }
    for index in own.indices { check(own[index]) }
  }

  /// What a table may answer when others use it too.
  private func note(_ error: TableError, _ step: Int) {
    switch error {
    case .noTable, .noAccess, .notOwner, .isOwner, .noKey, .nameTaken, .noProcess, .unsupported:
      return
    case .outOfMemory, .scratchExhausted, .heap:
      if stress.isRefusing { return }
    default: break
    }
    stress.complain("thread \(number), step \(step): \(error)")
  }

  /// A number below a bound.
  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  /// Ends the process; another one goes on in its place.
  private mutating func end() {
    for index in own.indices { check(own[index]) }
    let (old, new) = (pid, Term.pid(pid.identifierNumber + 100))
    stress.state.withLock { state in
      state.dead.insert(old)
      state.living.removeAll { $0 == old }
      state.living.append(new)
    }
    stress.registry.end(owner: old)
    for table in own where table.table.isAlive && table.table.owner == old {
      stress.complain("table \(table.table.number) outlives its owner")
    }
    own = []
    pid = new
  }

  mutating func makeOptions() -> TableOptions {
    var options = TableOptions(type: TableType.allCases[below(4)], keyPosition: 1 + below(2))
    options.writeConcurrency = WriteConcurrency.allCases[below(3)]
    options.readConcurrency = below(2) == 0
    options.isCompressed = below(4) == 0
    options.decentralizedCounters = [nil, true, false][below(3)]
    return options
  }
}

// MARK: Objects

extension TableStressThread {
  /// Builds an object `{Key, Value, Payload, 0}`, or with its first two elements swapped. The
  /// payload follows from the two: a number, a list, a float, or a binary that all share.
  mutating func object(_ key: Int, _ value: Int, keyPosition: Int) -> Term {
    let payload = payload(key, value)
    return heap.build { cursor in
      let (key, value) = (Term.small(key), Term.small(value))
      return keyPosition == 1
        ? cursor.makeTuple(key, value, payload, .small(0))
        : cursor.makeTuple(value, key, payload, .small(0))
    }
  }

  mutating func payload(_ key: Int, _ value: Int) -> Term {
    switch (key &+ value) % 4 {
    case 0: return .small(key ^ value)
    case 1:
      return heap.build { $0.makeList([Term.small(key), .small(value), .small(key &+ value)]) }
    case 2: return heap.build { $0.makeFloat(Double(key) + Double(value) / 8) }
    default:
      let binary = stress.binaries[(key &* 7 &+ value) % stress.binaries.count]
      binary.retain()
      return heap.buildLinked { (cursor, list) throws(Never) in
        cursor.makeBinaryHandle(binary, byteCount: binary.capacity, list: &list)
      }
    }
  }

  /// The key and the value of an object that is as it was built; nothing of one that is not.
  static func parts(of object: Term, keyPosition: Int) -> (key: Int, value: Int)? {
    guard object.isTuple(arity: 4) else { return nil }
    let elements = object.tupleElements
    let (first, second) = (elements[keyPosition - 1], elements[2 - keyPosition])
    guard first.isSmall, second.isSmall, elements[3].isSmall else { return nil }
    let (key, value) = (first.smallValue, second.smallValue)
    return isPayload(elements[2], key, value) ? (key, value) : nil
  }

  private static func isPayload(_ payload: Term, _ key: Int, _ value: Int) -> Bool {
    switch (key &+ value) % 4 {
    case 0: return payload == .small(key ^ value)
    case 1:
      var rest = payload
      for number in [key, value, key &+ value] {
        guard rest.isCons, rest.cons[0] == .small(number) else { return false }
        rest = rest.cons[1]
      }
      return rest.isNil
    case 2:
      return payload.isBoxed(.float)
        && payload.floatValue == Double(key) + Double(value) / 8
    default:
      guard payload.isBoxed(.binaryHandle) else { return false }
      let number = (key &* 7 &+ value) % 8
      let bytes = payload.wholeBinaryBytes
      return bytes.count == 100 + 900 * number && bytes.first == UInt8(number)
        && bytes.last == UInt8(number)
    }
  }

  /// The keys and values of the objects of a list; complains of one that is damaged.
  func parts(ofList list: Term, keyPosition: Int) -> [(key: Int, value: Int)] {
    var found: [(key: Int, value: Int)] = []
    var rest = list
    while rest.isCons {
      if let parts = Self.parts(of: rest.cons[0], keyPosition: keyPosition) {
        found.append(parts)
      } else {
        stress.complain("thread \(number) finds a damaged object")
      }
      rest = rest.cons[1]
    }
    return found
  }
}

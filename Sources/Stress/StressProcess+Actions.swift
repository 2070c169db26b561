import Carriers
import ETS
import Heaps
import Processes
import Synchronization
import TestKit
import Terms

extension StressProcess {
  /// Does something at random.
  mutating func act() throws {
    switch random.next() % 100 {
    case 0..<36: try sendSomewhere()
    case 36..<44: registers[anyRegister] = try process.makeTerm(of: randomValue(depth: 3))
    case 44..<50:
      try collect { process, roots throws(HeapError) in
        try process.ensureFree(words: 200, roots: &roots)
      }
    case 50..<53:
      try collect { process, roots throws(HeapError) in
        try process.collectGarbage(fully: true, roots: &roots)
      }
    case 53..<60: try relate()
    case 60..<67: try watch()
    case 67..<69: process.trapsExits.toggle()
    case 69: if let pid = stress.anyPid(&random) { try askToEnd(pid) }
    case 70..<75: try useNames()
    case 75..<82: try useTables()
    case 82..<84: try makeTable()
    case 84..<90: try keep()
    case 90..<94: try ask()
    case 94..<96: try sendToSelf()
    case 96: try useTimers()
    case 97:
      if random.next() % 16 == 0 { try stress.literals.replace() }
      registers[anyRegister] = stress.literals.term
    default: try setKey()
    }
  }

  private var anyRegister: Int {
    mutating get { Int(random.next() % UInt64(registers.count)) }
  }

  /// Does what may collect, with the registers as roots.
  private mutating func collect(
    _ body: (inout Process, inout StressRoots) throws(HeapError) -> Void
  ) throws(HeapError) {
    var roots = StressRoots(registers: registers)
    // What was collected before it failed has moved the registers all the same.
    defer { registers = roots.registers }
    try body(&process, &roots)
  }

  /// Does what others asked for that needs the registers.
  mutating func answerRequests() throws(HeapError) {
    if !process.hasRequests { return }
    try collect { process, roots throws(HeapError) in
      try process.answerRequests(roots: &roots)
    }
  }

  private mutating func randomValue(depth: Int) -> TermValue {
    switch random.next() % (depth == 0 ? 4 : 9) {
    case 0: return .integer(Int(truncatingIfNeeded: random.next()))
    case 1: return .atom("name\(random.next() % 32)")
    case 2: return .float(Double(Int64(truncatingIfNeeded: random.next())))
    case 3: return .binary(Array(repeating: 7, count: Int(random.next() % 200)))
    case 4, 5:
      return .tuple((0..<(random.next() % 6)).map { _ in randomValue(depth: depth - 1) })
    case 6: return .list((0..<(random.next() % 12)).map { _ in randomValue(depth: depth - 1) })
    case 7:
      let pairs = (0..<(random.next() % 40)).map {
        (TermValue.integer(Int($0)), TermValue.integer(1))
      }
      return .map(Dictionary(pairs) { _, last in last })
    default:
      // The same part twice.
      let part = randomValue(depth: depth - 1)
      guard let handle = try? process.keep(part) else { return part }
      return .tuple([.kept(handle), .kept(handle)])
    }
  }

  // MARK: Messages

  /// Builds `{Pid, Number, Hash, Payload}`.
  mutating func makeMessage() throws -> Term {
    let payload =
      random.next() % 2 == 0
      ? registers[anyRegister] : try process.makeTerm(of: randomValue(depth: 2))
    let hash = try hash(of: payload)
    sentCount += 1
    let (pid, number) = (process.pid, sentCount)
    return try process.heap.buildInPlace(words: 5) { cursor, _ in
      cursor.makeTuple(pid, .small(number), .small(hash), payload)
    }
  }

  /// Builds `{Hash, Payload}`, a message without a number: it comes in no order.
  private mutating func makePayload() throws -> Term {
    let payload = registers[anyRegister]
    let hash = try hash(of: payload)
    return try process.heap.buildInPlace(words: 3) { cursor, _ in
      cursor.makeTuple(.small(hash), payload)
    }
  }

  private func hash(of term: Term) throws(ScratchExhausted) -> Int {
    let system = stress.system
    return try PortableHash(atoms: system.atoms, scratch: system.heaps.scratch).hash(term)
  }

  private mutating func sendSomewhere() throws {
    guard let pid = stress.anyPid(&random) else { return }
    let message = try makeMessage()
    let copying = random.next() % 8 == 0 ? MessageCopying.flattening() : MessageCopying()
    let outcome = try process.send(message, to: pid, copying: copying)
    if outcome == .suspended { isSuspended = true }
  }

  /// Sets a timer with what was prepared, or has one fire that anybody set.
  private mutating func useTimers() throws {
    if random.next() % 2 == 0, let message = stress.timers.take(&random) {
      guard let pid = stress.anyPid(&random) else { return }
      try stress.system.send(message, to: pid)
    } else {
      stress.timers.set(try process.prepare(try makePayload()))
    }
  }

  private mutating func sendToSelf() throws {
    let alias = random.next() % 2 == 0 ? try process.makeAlias() : nil
    _ = try process.send(try makeMessage(), to: alias ?? process.pid)
    if let alias, random.next() % 2 == 0 { _ = process.removeAlias(alias) }
  }

  /// Receives some of what there is, in its order or not.
  mutating func receiveSome() throws {
    for _ in 0..<(random.next() % 12) {
      guard let message = try process.nextMessage() else { break }
      let skips = random.next() % 8 == 0
      check(message, skips: skips)
      if skips {
        process.skipMessage()
        continue
      }
      process.removeMessage()
      // The next one is the first of those that are left.
    }
    process.restartReceive()
  }

  /// Looks whether a message is whole and comes once, and behind what its sender sent before, unless it
  /// was skipped when it did.
  private mutating func check(_ message: Term, skips: Bool) {
    if message.isTuple(arity: 2), message.tupleElements[0].isSmall {
      check(message.tupleElements[1], hash: message.tupleElements[0], "what a timer sent")
    }
    guard message.isTuple(arity: 4), message.tupleElements[0].isLocalPid else { return }
    let elements = message.tupleElements
    let (sender, number) = (elements[0], elements[1].smallValue)
    check(elements[3], hash: elements[2], "message \(number) of \(sender)")
    let wasSkipped = skippedNumbers[sender]?.remove(number) != nil
    let last = lastNumbers[sender] ?? 0
    if !wasSkipped && number <= last {
      stress.complain("message \(number) of \(sender) came to process \(place) behind \(last)")
    }
    lastNumbers[sender] = max(number, last)
    if skips { skippedNumbers[sender, default: []].insert(number) }
  }

  private func check(_ payload: Term, hash: Term, _ what: String) {
    if let found = try? self.hash(of: payload), found != hash.smallValue {
      stress.complain("\(what) to process \(place) is damaged")
    }
  }

  // MARK: Others

  private mutating func relate() throws {
    if random.next() % 3 == 0, let linked = process.links.randomElement(using: &random) {
      try process.unlink(from: linked)
    } else if let pid = stress.anyPid(&random) {
      try process.link(to: pid)
    }
  }

  private mutating func watch() throws {
    if let handle = reference, random.next() % 2 == 0 {
      let term = try process.term(of: handle)
      _ = try process.demonitor(term, flushing: random.next() % 2 == 0)
      reference = nil
    } else if let pid = stress.anyPid(&random) {
      reference = try process.keep(try process.monitor(pid))
    }
  }

  private mutating func askToEnd(_ pid: Term) throws {
    let reasons: [Term] = [.kill, .badArgument, .normal, registers[anyRegister]]
    try process.askToEnd(pid, reason: reasons.randomElement(using: &random) ?? .kill)
  }

  private mutating func useNames() throws {
    let name = stress.names.randomElement(using: &random) ?? .ok
    switch random.next() % 4 {
    case 0: _ = try stress.system.register(name, as: process.pid)
    case 1: _ = stress.system.unregister(name)
    default:
      do { _ = try process.send(try makeMessage(), to: name) } catch SendError.badReceiver {}
    }
  }

  private mutating func ask() throws {
    guard let pid = stress.anyPid(&random) else { return }
    stress.questions.add(1, ordering: .relaxed)
    let stress = stress
    do {
      switch random.next() % 3 {
      case 0:
        try stress.system.garbageCollect(pid, type: .minor) { _ in
          stress.answers.add(1, ordering: .relaxed)
        }
      case 1:
        try stress.system.inspect(pid) { process in
          stress.answers.add(1, ordering: .relaxed)
          let system = stress.system
          let hashing = PortableHash(atoms: system.atoms, scratch: system.heaps.scratch)
          process.forEachMessage { _ = try? hashing.hash($0) }
          process.dictionary.forEach { _ = try? hashing.hash($1) }
        } ifGone: {
          stress.answers.add(1, ordering: .relaxed)
        }
      default:
        try stress.system.requestInformation(of: pid) { information in
          stress.answers.add(1, ordering: .relaxed)
          if let information, information.pid != pid { stress.complain("another one answered") }
        }
      }
    } catch {
      stress.answers.add(1, ordering: .relaxed)
      throw error
    }
  }

  // MARK: What is kept

  private mutating func keep() throws {
    if kept.count > 6 || !kept.isEmpty && random.next() % 3 == 0 {
      kept.remove(at: Int(random.next() % UInt64(kept.count)))
    } else {
      kept.append(try process.keep(registers[anyRegister]))
    }
  }

  private mutating func setKey() throws {
    let key = Term.small(Int(random.next() % 20))
    let value = registers[anyRegister]
    do {
      _ = try process.dictionary.set(value, of: key, scratch: stress.system.heaps.scratch)
    } catch DictionaryError.memory(let error) { throw error }
  }

  private mutating func useTables() throws {
    guard let table = stress.tables.randomElement(using: &random) else { return }
    let key = Term.small(Int(random.next() % 500))
    do {
      switch random.next() % 4 {
      case 0, 1:
        let value = registers[anyRegister]
        let object = try process.heap.buildInPlace(words: 3) { cursor, _ in
          cursor.makeTuple(key, value)
        }
        try table.insert(object, by: process.pid)
      case 2: registers[anyRegister] = try table.lookup(key, by: process.pid, on: &process.heap)
      default: try table.delete(key, by: process.pid)
      }
    } catch let error as TableError {
      if !stress.isRefusing { throw error }
    }
  }

  /// Makes a table that ends with the process, or goes to another one.
  private mutating func makeTable() throws {
    if stress.tablesLeft.subtract(1, ordering: .relaxed).newValue < 0 { return }
    do {
      let table = try stress.system.tables.makeTable(named: .ok, owner: process.pid)
      for key in 0..<(random.next() % 20) {
        let object = try process.heap.buildInPlace(words: 3) { cursor, _ in
          cursor.makeTuple(.small(Int(key)), .ok)
        }
        try table.insert(object, by: process.pid)
      }
      if let other = stress.anyPid(&random), other != process.pid, random.next() % 4 == 0 {
        return try table.giveAway(to: other, data: registers[anyRegister], by: process.pid)
      }
      if let heir = stress.anyPid(&random), random.next() % 2 == 0 {
        try table.setHeir(heir, data: registers[anyRegister], by: process.pid)
      }
    } catch let error as TableError {
      // The heir may have ended.
      if case .noProcess = error { return }
      // The group may be full.
      if !stress.isRefusing && process.group == nil { throw error }
    }
  }
}

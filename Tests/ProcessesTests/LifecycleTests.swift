import Carriers
import ETS
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Ends of processes, and who is told.
@Suite struct LifecycleTests {
  private let recorder = ProcessRecorder()
  private let system: MemorySystem

  init() {
    system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), processListener: recorder))
  }

  private func reason(_ process: TestProcess, _ text: String) throws -> Term {
    let atom = try system.atoms.atom(text)
    return process.build { $0.makeTuple(atom, $0.makeList([.small(1), .small(2)])) }
  }

  @Test func anEndReachesWhoIsLinked() throws {
    let first = try TestProcess(system)
    let second = try TestProcess(system)
    let third = try TestProcess(system)
    third.process.trapsExits = true
    try first.link(to: second.pid)
    try first.link(to: third.pid)
    try first.link(to: third.pid)
    #expect(try second.handleSignals())
    #expect(try third.handleSignals())
    #expect(second.links == [first.pid])
    #expect(Set(first.links) == [second.pid, third.pid])
    first.end(reason: try reason(first, "oops"))
    #expect(try !second.handleSignals())
    let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
    #expect(try printer.text(of: second.exitReason ?? .none) == "{oops,[1,2]}")
    // The reason is a root.
    try second.collectGarbage()
    #expect(try printer.text(of: second.exitReason ?? .none) == "{oops,[1,2]}")
    #expect(try third.receiveText() == "{'EXIT',<0.1.0>,{oops,[1,2]}}")
    #expect(third.links.isEmpty)
    #expect(recorder.heard.ended == [first.pid])
  }

  /// A record that is used again tells nothing of the process before.
  @Test func whatAProcessSetEndsWithIt() throws {
    do {
      let first = try TestProcess(system)
      first.process.setKeepsMessagesOnHeap(true)
      first.process.trapsExits = true
      _ = try first.send(1, to: first.pid)
    }
    let second = try TestProcess(system)
    #expect(!second.process.keepsMessagesOnHeap && !second.process.trapsExits)
    #expect(second.process.keptTermCount == 0 && second.process.group == nil)
    #expect(try second.receiveText() == nil)
  }

  /// A timer may run down for a process that was woken and ended meanwhile, whose record another one has.
  @Test func whoComesLateTakesNoOtherProcessBack() throws {
    let pid: Term
    do {
      let first = try TestProcess(system)
      pid = first.pid
      #expect(first.park())
      #expect(first.takeBack())
      first.end(reason: .normal)
    }
    let second = try TestProcess(system)
    // The same place, used once more.
    #expect(try second.text(of: second.pid) == "<0.1.1>")
    #expect(second.park())
    #expect(!system.takeBack(pid))
    #expect(!system.unpark(pid))
    #expect(second.unpark())
  }

  @Test func normalEndsEndNobodyElse() throws {
    let other = try TestProcess(system)
    do {
      let process = try TestProcess(system)
      try process.link(to: other.pid)
      #expect(try other.handleSignals())
    }
    #expect(try other.handleSignals())
    #expect(other.links.isEmpty)
  }

  @Test func whatIsUnlinkedIsNotTold() throws {
    let first = try TestProcess(system)
    let second = try TestProcess(system)
    try first.link(to: second.pid)
    // Both at once: one link.
    try second.link(to: first.pid)
    #expect(try first.handleSignals())
    #expect(try second.handleSignals())
    try first.process.unlink(from: second.pid)
    try first.process.unlink(from: second.pid)
    #expect(try second.handleSignals())
    #expect(second.links.isEmpty)
    first.end(reason: .badArgument)
    #expect(try second.handleSignals())
  }

  /// A request to unlink that meets a new link on its way ends that one on both sides.
  @Test func whatIsUnlinkedByBothAndLinkedAgainIsLinkedOnBothSidesOrNeither() throws {
    let first = try TestProcess(system)
    let second = try TestProcess(system)
    for order in 0..<4 {
      try first.link(to: second.pid)
      #expect(try second.handleSignals())
      try first.process.unlink(from: second.pid)
      try second.process.unlink(from: first.pid)
      try second.link(to: first.pid)
      if order & 1 != 0 { try first.link(to: second.pid) }
      for step in 0..<4 {
        let process = (order / 2 + step) % 2 == 0 ? first : second
        #expect(try process.handleSignals())
      }
      #expect(first.links.isEmpty == second.links.isEmpty)
      #expect(first.links.isEmpty == (order & 1 == 0))
      try first.process.unlink(from: second.pid)
      for process in [second, first] { #expect(try process.handleSignals()) }
      #expect(first.links.isEmpty && second.links.isEmpty)
    }
    // Linked again before the answer came: the link stays.
    try first.link(to: second.pid)
    try first.process.unlink(from: second.pid)
    try first.link(to: second.pid)
    for process in [second, first] { #expect(try process.handleSignals()) }
    #expect(first.links == [second.pid] && second.links == [first.pid])
    // An end between the request and its answer.
    try first.process.unlink(from: second.pid)
    second.end(reason: .badArgument)
    #expect(try first.handleSignals())
    #expect(first.links.isEmpty)
    try first.link(to: second.pid)
    #expect(try !first.handleSignals())
    #expect(first.exitReason == .noProcess)
  }

  @Test func aLinkWithNobodyIsAnExitSignal() throws {
    let process = try TestProcess(system)
    try process.link(to: .pid(99))
    #expect(try !process.handleSignals())
    #expect(process.exitReason == .noProcess)
    let trapping = try TestProcess(system)
    trapping.process.trapsExits = true
    try trapping.link(to: .pid(99))
    #expect(try trapping.receiveText() == "{'EXIT',<0.99.0>,noproc}")
  }

  @Test func exitSignalsDoAsInErlang() throws {
    let sender = try TestProcess(system)
    // Asked with, whether it traps, and what becomes of it.
    let cases: [(Term, Bool, String)] = [
      (.kill, true, "killed"), (.kill, false, "killed"), (.normal, false, "alive"),
      (.normal, true, "{'EXIT',<0.1.0>,normal}"), (.badArgument, false, "badarg"),
      (.badArgument, true, "{'EXIT',<0.1.0>,badarg}"),
    ]
    for (reason, traps, outcome) in cases {
      let process = try TestProcess(system)
      process.process.trapsExits = traps
      try sender.process.askToEnd(process.pid, reason: reason)
      let goesOn = try process.handleSignals()
      let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
      let seen =
        try goesOn
        ? process.receiveText() ?? "alive" : printer.text(of: process.exitReason ?? .none)
      #expect(seen == outcome)
    }
    // `normal` asked of oneself is an end.
    try sender.process.askToEnd(sender.pid, reason: .normal)
    #expect(try !sender.handleSignals())
  }

  @Test func monitorsTellOnce() throws {
    let watcher = try TestProcess(system)
    let watched = try TestProcess(system)
    let first = try watcher.monitor(watched.pid)
    let second = try watcher.monitor(watched.pid)
    #expect(watcher.monitoredProcesses == [watched.pid, watched.pid])
    #expect(try watched.handleSignals())
    #expect(try watcher.demonitor(first))
    #expect(try !watcher.demonitor(first))
    watched.end(reason: try reason(watched, "done"))
    let message = try #require(try watcher.nextMessage())
    let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
    let reference = try printer.text(of: second)
    #expect(
      try printer.text(of: message) == "{'DOWN',\(reference),process,<0.2.0>,{done,[1,2]}}")
    watcher.process.removeMessage()
    #expect(try watcher.nextMessage() == nil)
    #expect(watcher.monitoredProcesses.isEmpty)
    // Of one that is gone, and of one that never heard of the monitor.
    _ = try watcher.monitor(watched.pid)
    #expect(try watcher.receiveText()?.hasSuffix("<0.2.0>,noproc}") == true)
    let deaf = try TestProcess(system)
    _ = try watcher.monitor(deaf.pid)
    deaf.end(reason: .badArgument)
    #expect(try watcher.receiveText()?.hasSuffix("badarg}") == true)
  }

  @Test func tablesGoToTheirHeirs() throws {
    let heir = try TestProcess(system)
    do {
      let owner = try TestProcess(system)
      let inherited = try system.tables.makeTable(named: .ok, owner: owner.pid)
      let data = owner.build { $0.makeCons(.small(1), .nil) }
      try inherited.setHeir(heir.pid, data: data, by: owner.pid)
      _ = try system.tables.makeTable(named: .error, owner: owner.pid)
    }
    #expect(system.tables.tables.map(\.owner) == [heir.pid])
    let text = try #require(try heir.receiveText())
    #expect(text.hasPrefix("{'ETS-TRANSFER',#Ref<0."))
    #expect(text.hasSuffix(",<0.2.0>,[1]}"))
    heir.end(reason: .normal)
    #expect(system.tables.tables.isEmpty)
  }

  /// Looks, whenever a process becomes runnable, at what there is of one that ends.
  private final class EndListener: ProcessListener, @unchecked Sendable {
    // Unchecked: all is done by one thread.
    weak var system: MemorySystem?
    var name = Term.none
    var seen: [String] = []

    func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
      guard let system else { return }
      seen.append("\(system.tables.tables.count) tables, name: \(system.pid(named: name) != nil)")
    }
  }

  /// Who is told of an end finds neither tables nor names, as in ERTS: whether it watched for long, asked
  /// just now, or was linked.
  @Test(arguments: ["watches", "asks", "links"])
  func whatAProcessHadIsGoneBeforeAnybodyIsTold(how: String) throws {
    let listener = EndListener()
    let system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), processListener: listener))
    listener.system = system
    listener.name = try system.atoms.atom("its_name")
    let (owner, other) = (try TestProcess(system), try TestProcess(system))
    _ = try system.tables.makeTable(named: .ok, owner: owner.pid)
    #expect(try system.register(listener.name, as: owner.pid))
    other.process.trapsExits = true
    if how == "links" {
      try other.link(to: owner.pid)
    } else {
      _ = try other.monitor(owner.pid)
    }
    if how != "asks" { #expect(try owner.handleSignals()) }
    #expect(other.park())
    owner.end(reason: .normal)
    #expect(listener.seen == ["0 tables, name: false"])
    #expect(try other.receiveText() != nil)
  }

  /// A heap of both generations and a fragment goes to another process as it is.
  @Test(arguments: [false, true])
  func aResultIsHandedOverWithoutCopying(isLarge: Bool) throws {
    let parent = try TestProcess(system)
    let count = isLarge ? 50_000 : 40
    let binary = try system.heaps.binaries.makeBinary(byteCount: 1000)
    do {
      let child = try TestProcess(system)
      var list = RootSlots(base: .allocate(capacity: 1), count: 1)
      defer { list.base.deallocate() }
      list.base.initialize(to: .nil)
      for number in 0..<count {
        try child.process.ensureFree(words: 2, roots: &list)
        list.base[0] = child.build { $0.makeCons(.small(number), list.base[0]) }
        if number == count / 2 { try child.process.collectGarbage(roots: &list) }
      }
      try child.process.ensureFree(words: 6, roots: &list)
      let handle = child.process.heap.buildLinked { cursor, offHeap in
        cursor.makeBinaryHandle(binary, byteCount: 1000, list: &offHeap)
      }
      let address = list.base[0].bits
      let result = try child.process.heap.buildInPlace(words: 1000) { cursor, _ in
        cursor.makeTuple(list.base[0], handle)
      }
      #expect(try child.process.end(handing: result, to: parent.pid) == .delivered)
      let message = try #require(try parent.nextMessage())
      #expect(message.tupleElements[0].bits == address)
    }
    #expect(binary.references == 1)
    let message = try #require(try parent.nextMessage())
    parent.process.removeMessage()
    parent.process.heap.push(message)
    for fully in [false, true] { try parent.collectGarbage(fully: fully) }
    var rest = parent.process.heap.pop().tupleElements[0]
    for number in (0..<count).reversed() {
      if rest.cons[0] != .small(number) { Issue.record("not \(number)") }
      rest = rest.cons[1]
    }
    try parent.collectGarbage()
    #expect(parent.process.heap.figures.youngUsedWords == 0)
    #expect(recorder.heard.ended.count == 1)
  }

  @Test func allMemoryReturns() throws {
    let system = MemorySystem()
    _ = try system.makeProcess()  // The records' first block stays.
    let before = system.allocator.allocatedBlockCount
    var random = SeededGenerator(seed: 5)
    for _ in 0..<20 {
      let processes = UnsafeMutablePointer<Process>.allocate(capacity: 10)
      defer { processes.deallocate() }
      for index in 0..<10 { (processes + index).initialize(to: try system.makeProcess()) }
      for _ in 0..<200 {
        let one = processes + Int(random.next() % 10)
        let other = processes[Int(random.next() % 10)].pid
        switch random.next() % 7 {
        case 0: try one.pointee.link(to: other)
        case 1: try one.pointee.unlink(from: other)
        case 2: _ = try one.pointee.monitor(other)
        case 3: try one.pointee.askToEnd(other, reason: .normal)
        case 4: _ = try one.pointee.handleSignals()
        case 5: if try one.pointee.nextMessage() != nil { one.pointee.removeMessage() }
        default: _ = try one.pointee.send(.small(1), to: other)
        }
      }
      for index in 0..<10 {
        if random.next() % 2 == 0 { processes[index].end(reason: .badArgument) }
      }
      processes.deinitialize(count: 10)
    }
    #expect(system.processCount == 0)
    #expect(system.pids.isEmpty)
    #expect(system.allocator.allocatedBlockCount == before)
  }
}

import Foundation
import Carriers
import Heaps
import Processes
import Synchronization
import TestKit
import Terms
import Testing

/// Literals that are replaced and released while processes on several threads read them and send them on.
@Suite struct AreaReleaseThreadTests {
  /// The literal that processes find, `{N, [N, N]}`, as a persistent term is found.
  private final class Shared: @unchecked Sendable {
    // Unchecked: touched under the lock only.
    private let current = Guarded<(area: LiteralArea, term: Term)?>(nil)
    let replaced = Atomic<Int>(0)
    let released = Atomic<Int>(0)
    let hops = Atomic<Int>(0)
    let complaints = Mutex<[String]>([])

    var term: Term { current.withLock { $0?.term ?? .nil } }

    func replace(in system: MemorySystem) throws {
      let number = Term.small(replaced.add(1, ordering: .relaxed).newValue)
      var term = Term.nil
      let area = try system.heaps.literals.build(words: 7) { (cursor, _) throws(Never) in
        term = cursor.makeTuple(number, cursor.makeList([number, number]))
      }
      let before = current.withLock { current in
        defer { current = (area, term) }
        return current
      }
      if let before {
        system.release([before.area]) { isReleased in
          if isReleased { self.released.add(1, ordering: .relaxed) }
        }
      }
    }

    func check(_ term: Term) {
      let number = term.tupleElements[0]
      let list = term.tupleElements[1]
      if !number.isSmall || !list.isCons || list.cons[0] != number || !list.cons[1].isCons
        || list.cons[1].cons[0] != number
      {
        complaints.withLock { $0.append("a literal was damaged") }
      }
    }
  }

  @Test(arguments: [1, 2, 4])
  func literalsAreReplacedWhileTheyAreSentOn(threads: Int) throws {
    let (size, hops) = (16, 20_000)
    let scheduler = TestScheduler()
    let system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), heapOptions: .tiny(), processListener: scheduler))
    let before = system.allocator.memory(by: .literal).byteCount
    let shared = Shared()
    try shared.replace(in: system)
    let processes = try TestScheduler.makeProcesses(size, in: system)
    defer { processes.deallocate() }
    let pids = (0..<size).map { processes[$0].pid }
    for index in 0..<size {
      _ = try processes[index].send(shared.term, to: pids[index])
      scheduler.add(processes + index)
    }
    scheduler.run(threads: threads) { process in
      var random = SeededGenerator(
        seed: UInt64(shared.hops.load(ordering: .relaxed)) &+ UInt64(process.pointee.pid.bits))
      do {
        try Self.run(process, shared, pids, &random, hops)
        if shared.hops.load(ordering: .relaxed) >= hops { scheduler.end() }
      } catch {
        shared.complaints.withLock { $0.append("\(error)") }
        scheduler.end()
      }
    }
    #expect(shared.complaints.withLock { $0 } == [])
    var roots = NoRoots()
    // The last one too: no process is without what it holds of it.
    try shared.replace(in: system)
    for _ in 0..<6 {
      for index in 0..<size {
        _ = try processes[index].handleSignals()
        try processes[index].answerRequests(roots: &roots)
      }
    }
    let (replaced, released) = (
      shared.replaced.load(ordering: .relaxed), shared.released.load(ordering: .relaxed)
    )
    #expect(replaced > 100 && released == replaced - 1)
    #expect(system.allocator.memory(by: .literal).blockCount == 1)
    #expect(system.allocator.memory(by: .literal).byteCount - before < 200)
    for index in 0..<size { #expect(processes[index].firstDamage(roots: &roots) == nil) }
    processes.deinitialize(count: size)
  }

  /// Receives what there is, sends each on or something newer in its place, and parks.
  private static func run(
    _ process: UnsafeMutablePointer<SystemProcess>, _ shared: Shared, _ pids: [Term],
    _ random: inout SeededGenerator, _ hops: Int
  ) throws {
    var roots = NoRoots()
    let system = process.pointee.system
    while true {
      guard try process.pointee.handleSignals() else { return }
      try process.pointee.answerRequests(roots: &roots)
      guard let message = try process.pointee.nextMessage() else {
        if process.pointee.hasRequests { continue }
        if process.pointee.park() { return }
        continue
      }
      shared.check(message)
      process.pointee.removeMessage()
      let choice = random.next() % 64
      if choice == 0 { try shared.replace(in: system) }
      let kept = choice < 16 ? shared.term : message
      _ = try process.pointee.dictionary.set(kept, of: .ok, scratch: system.heaps.scratch)
      if choice % 4 == 0 { try process.pointee.ensureFree(words: 40, roots: &roots) }
      guard shared.hops.add(1, ordering: .relaxed).newValue < hops else { return }
      let value = try process.pointee.dictionary.value(of: .ok, scratch: system.heaps.scratch)
      let receiver = pids[Int(random.next() % UInt64(pids.count))]
      _ = try process.pointee.send(value ?? shared.term, to: receiver)
    }
  }
}

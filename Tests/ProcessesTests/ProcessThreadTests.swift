import Foundation
import Carriers
import Heaps
import Processes
import Synchronization
import TestKit
import Terms
import Testing

/// Processes that several threads run and send to.
@Suite struct ProcessThreadTests {
  private final class Counts: Sendable {
    let done = Atomic<Int>(0)
    let faults = Atomic<Int>(0)
  }

  /// A ring in which tokens go round: none is lost, and whoever is parked is woken.
  @Test(arguments: [1, 2, 4])
  func tokensGoRoundARing(threads: Int) throws {
    let (size, hops, tokens) = (20, 20_000, 5)
    let scheduler = TestScheduler()
    let system = MemorySystem(
      configuration: SystemConfiguration(
        heapOptions: .tiny(), processListener: scheduler))
    let processes = try TestScheduler.makeProcesses(size, in: system)
    defer { processes.deallocate() }
    let pids = (0..<size).map { processes[$0].pid }
    let counts = Counts()
    for token in 0..<tokens {
      var roots = NoRoots()
      try processes[0].ensureFree(words: 3, roots: &roots)
      let term = processes[0].heap.build { $0.makeTuple(.small(token), .small(0)) }
      _ = try processes[0].send(term, to: pids[0])
    }
    for index in 0..<size { scheduler.add(processes + index) }
    let base = Int(bitPattern: processes)
    scheduler.run(threads: threads) { process in
      let index = (Int(bitPattern: process) - base) / MemoryLayout<SystemProcess>.stride
      do {
        while true {
          guard let message = try process.pointee.nextMessage() else {
            if process.pointee.park() { return }
            continue
          }
          let token = message.tupleElements[0].smallValue
          let hop = message.tupleElements[1].smallValue
          process.pointee.removeMessage()
          if hop % size != index { counts.faults.add(1, ordering: .relaxed) }
          if hop == hops {
            if counts.done.add(1, ordering: .relaxed).newValue == tokens { scheduler.end() }
            continue
          }
          var roots = NoRoots()
          try process.pointee.ensureFree(words: 3, roots: &roots)
          let next = process.pointee.heap.build { $0.makeTuple(.small(token), .small(hop + 1)) }
          let outcome = try process.pointee.send(next, to: pids[(index + 1) % size])
          if outcome != .delivered { counts.faults.add(1, ordering: .relaxed) }
        }
      } catch {
        counts.faults.add(1, ordering: .relaxed)
        scheduler.end()
      }
    }
    #expect(counts.done.load(ordering: .relaxed) == tokens)
    #expect(counts.faults.load(ordering: .relaxed) == 0)
    processes.deinitialize(count: size)
    #expect(system.processCount == 0)
  }

  /// Threads that each run some processes, which send to all, link, watch, end and begin.
  @Test(arguments: UInt64(0)..<4)
  func processesComeAndGo(seed: UInt64) throws {
    let threads = 4
    let system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), heapOptions: .tiny()))
    _ = try system.makeProcess()
    let shared = Shared(processes: threads * Self.own)
    let group = DispatchGroup()
    for thread in 0..<threads {
      group.enter()
      Thread.detachNewThread {
        do { try Self.work(thread, seed, system, shared) } catch {
          shared.add("thread \(thread): \(error)")
        }
        group.leave()
      }
    }
    group.wait()
    #expect(shared.faults.withLock { $0 } == [])
    #expect(system.processCount == 0)
    for kind in [MemoryKind.processHeap, .oldHeap, .message, .scratch] {
      #expect(system.allocator.memory(by: kind).byteCount == 0)
    }
  }

  /// Senders that wait for room, on several threads: each is run by one thread at a time, and every
  /// message arrives, in its order.
  @Test(arguments: [1, 2, 3]) func sendersWaitForRoom(room: Int) throws {
    let (senders, messages) = (6, 3_000)
    let scheduler = TestScheduler()
    let system = MemorySystem(
      configuration: SystemConfiguration(heapOptions: .tiny(), processListener: scheduler))
    let processes = UnsafeMutablePointer<SystemProcess>.allocate(capacity: senders + 1)
    defer { processes.deallocate() }
    for index in 0...senders {
      let limit = index == 0 ? MailboxLimit(messages: room, policy: .suspendSender) : nil
      (processes + index).initialize(to: try system.makeProcess(mailboxLimit: limit))
      processes[index].context = UnsafeMutableRawPointer(processes + index)
    }
    let receiver = processes[0].pid
    let none = [Int](repeating: 0, count: senders + 1)
    let state = Guarded((running: Set<Int>(), sent: none, next: none))
    let faults = Atomic<Int>(0)
    for index in 0...senders { scheduler.add(processes + index) }
    let base = Int(bitPattern: processes)
    scheduler.run(threads: 4) { process in
      let index = (Int(bitPattern: process) - base) / MemoryLayout<SystemProcess>.stride
      let isAlone = state.withLock { $0.running.insert(index).inserted }
      if !isAlone { faults.add(1, ordering: .relaxed) }
      // Before it parks: then another thread may run it.
      func park() -> Bool {
        state.withLock { _ = $0.running.remove(index) }
        if process.pointee.park() { return true }
        state.withLock { _ = $0.running.insert(index) }
        return false
      }
      do {
        while true {
          if index == 0 {
            while let message = try process.pointee.nextMessage() {
              let elements = message.tupleElements
              let (sender, number) = (elements[0].smallValue, elements[1].smallValue)
              process.pointee.removeMessage()
              let left = state.withLock { state in
                if state.next[sender] != number { faults.add(1, ordering: .relaxed) }
                state.next[sender] = number + 1
                return state.next.reduce(0, +)
              }
              if left == senders * messages { scheduler.end() }
            }
          } else {
            _ = try process.pointee.handleSignals()
            while true {
              let number = state.withLock { $0.sent[index] }
              if number == messages { break }
              var roots = NoRoots()
              try process.pointee.ensureFree(words: 3, roots: &roots)
              let term = process.pointee.heap.build { $0.makeTuple(.small(index), .small(number)) }
              guard try process.pointee.send(term, to: receiver) == .delivered else { break }
              state.withLock { $0.sent[index] += 1 }
            }
          }
          if park() { return }
        }
      } catch {
        faults.add(1, ordering: .relaxed)
        scheduler.end()
      }
    }
    #expect(faults.load(ordering: .relaxed) == 0)
    processes.deinitialize(count: senders + 1)
    #expect(system.processCount == 0)
  }

  /// Two that link and unlink each other at the same time: in the end both are linked or neither.
  @Test func linksAreOfBothOrOfNeither() throws {
    let system = MemorySystem()
    let pair = UnsafeMutablePointer<SystemProcess>.allocate(capacity: 2)
    defer { pair.deallocate() }
    for index in 0...1 { (pair + index).initialize(to: try system.makeProcess()) }
    let base = UInt(bitPattern: pair)
    let pids = [pair[0].pid, pair[1].pid]
    let rounds = 300
    let counts = Counts()
    let group = DispatchGroup()
    for index in 0...1 {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        guard let pair = UnsafeMutablePointer<SystemProcess>(bitPattern: base) else { return }
        var random = SeededGenerator(seed: UInt64(index))
        /// Waits until both are here so many times.
        func meet(_ times: Int) {
          counts.done.add(1, ordering: .sequentiallyConsistent)
          while counts.done.load(ordering: .sequentiallyConsistent) < 2 * times { sched_yield() }
        }
        for round in 0..<rounds {
          meet(5 * round + 1)
          do {
            for _ in 0..<(1 + random.next() % 4) {
              if random.next() % 2 == 0 {
                try pair[index].link(to: pids[1 - index])
              } else {
                try pair[index].unlink(from: pids[1 - index])
              }
              if random.next() % 3 == 0 { _ = try pair[index].handleSignals() }
            }
            // What is asked is answered, and then nothing is on its way.
            for step in 2...4 {
              meet(5 * round + step)
              _ = try pair[index].handleSignals()
            }
            meet(5 * round + 5)
          } catch { counts.faults.add(1, ordering: .relaxed) }
          if index == 0 && pair[0].links.isEmpty != pair[1].links.isEmpty {
            counts.faults.add(1, ordering: .relaxed)
          }
        }
      }
    }
    group.wait()
    #expect(counts.faults.load(ordering: .relaxed) == 0)
    pair.deinitialize(count: 2)
  }

  /// The processes of a thread.
  private static let own = 6

  /// What the threads share.
  private final class Shared: Sendable {
    let pids: Guarded<[Term]>
    let faults = Guarded<[String]>([])
    init(processes: Int) { pids = Guarded([Term](repeating: .pid(1), count: processes)) }
    func add(_ fault: String) { faults.withLock { $0.append(fault) } }
  }

  private static func work(
    _ thread: Int, _ seed: UInt64, _ system: MemorySystem, _ shared: Shared
  ) throws {
    var random = SeededGenerator(seed: seed &* 31 &+ UInt64(thread))
    let processes = UnsafeMutablePointer<SystemProcess>.allocate(capacity: own)
    defer { processes.deallocate() }
    var sent = 0
    for index in 0..<own { (processes + index).initialize(to: try system.makeProcess()) }
    for step in 0..<4_000 {
      let index = Int(random.next() % UInt64(own))
      let process = processes + index
      shared.pids.withLock { $0[thread * own + index] = process.pointee.pid }
      let other = shared.pids.withLock { $0[Int(random.next() % UInt64(4 * own))] }
      var roots = NoRoots()
      switch random.next() % 16 {
      case 0: try process.pointee.link(to: other)
      case 1: _ = try process.pointee.monitor(other)
      case 2: try process.pointee.unlink(from: other)
      case 3: process.pointee.trapsExits = random.next() % 2 == 0
      case 4 where step % 4 == 0:
        process.pointee.end(reason: random.next() % 2 == 0 ? .normal : .badArgument)
        process.deinitialize(count: 1)
        process.initialize(to: try system.makeProcess())
      case 5...9:
        var last: [Int: Int] = [:]
        while let message = try process.pointee.nextMessage() {
          if message.isTuple(arity: 2) {
            let from = message.tupleElements[0].smallValue
            let number = message.tupleElements[1].cons[0].smallValue
            if number <= last[from] ?? -1 {
              shared.add("\(number) of thread \(from) came late")
            }
            last[from] = number
          }
          process.pointee.removeMessage()
        }
        if process.pointee.exitReason != nil {
          process.deinitialize(count: 1)
          process.initialize(to: try system.makeProcess())
        }
      default:
        sent += 1
        try process.pointee.ensureFree(words: 5, roots: &roots)
        let term = process.pointee.heap.build {
          $0.makeTuple(.small(thread), $0.makeCons(.small(sent), .nil))
        }
        _ = try process.pointee.send(term, to: other)
      }
    }
    processes.deinitialize(count: own)
  }
}

import Carriers
import Glibc
import Heaps
import Processes
import Synchronization
import TestKit
import Terms

/// Processes that receive, park, are taken back, end and begin again, run by several threads.
final class ParkedReceivers: @unchecked Sendable {
  // Unchecked: a receiver is its runner's until it parks, and the rest is atomic or under the lock.

  /// Puts who became runnable into the queue that its context leads to.
  struct Listener: ProcessListener {
    func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
      guard let slot = context?.assumingMemoryBound(to: Slot.self) else { return }
      slot.pointee.owner.takeUnretainedValue().add(slot)
    }
  }

  struct Slot: ~Copyable {
    let owner: Unmanaged<ParkedReceivers>
    var process: Process
    var random: SeededGenerator
    var lastNumbers: [Int: Int] = [:]
  }

  private struct State {
    var queue: [UInt] = []
    /// Runners that look at a receiver of the queue.
    var running = 0
    var complaints: [String] = []
  }

  private let system: MemorySystem
  private let count: Int
  private let slots: UnsafeMutablePointer<Slot>
  private let pids: UnsafeMutablePointer<Atomic<UInt>>
  private let state = Guarded(State())
  private let sendersDone = Atomic<Int>(0)

  init(_ system: MemorySystem, count: Int, seed: UInt64) throws {
    self.system = system
    self.count = count
    slots = .allocate(capacity: count)
    pids = .allocate(capacity: count)
    for index in 0..<count {
      (slots + index).initialize(
        to: Slot(
          owner: .passUnretained(self), process: try system.makeProcess(),
          random: SeededGenerator(seed: seed &+ UInt64(index))))
      slots[index].process.context = UnsafeMutableRawPointer(slots + index)
      (pids + index).initialize(to: Atomic(slots[index].process.pid.bits))
      add(slots + index)
    }
  }

  deinit {
    pids.deinitialize(count: count)
    pids.deallocate()
    slots.deallocate()
  }

  /// Ends all.
  func end() { slots.deinitialize(count: count) }

  func pid(_ index: Int) -> Term { Term(bits: pids[index].load(ordering: .relaxed)) }
  func senderIsDone() { sendersDone.add(1, ordering: .sequentiallyConsistent) }
  func complain(_ text: String) { state.withLock { $0.complaints.append(text) } }
  var complaints: [String] { state.withLock { $0.complaints } }

  private func add(_ slot: UnsafeMutablePointer<Slot>) {
    state.withLock { $0.queue.append(UInt(bitPattern: slot)) }
  }

  /// Runs receivers until all senders are done and nobody is runnable.
  func run(until senders: Int) {
    while true {
      let isOver = sendersDone.load(ordering: .sequentiallyConsistent) == senders
      let (next, areAllParked) = state.withLock { state -> (UInt?, Bool) in
        let next = state.queue.popLast()
        if next != nil { state.running += 1 }
        return (next, next == nil && state.running == 0)
      }
      if let slot = UnsafeMutablePointer<Slot>(bitPattern: next ?? 0) {
        do { try run(slot) } catch { complain("\(error)") }
        state.withLock { $0.running -= 1 }
      } else if isOver && areAllParked {
        return
      } else {
        sched_yield()
      }
    }
  }

  /// Receives what there is and parks; now and then takes it back, or ends and begins again.
  private func run(_ slot: UnsafeMutablePointer<Slot>) throws {
    while true {
      try receiveAll(slot)
      switch slot.pointee.random.next() % 16 {
      case 0:
        // As a timer does, and who looks at it.
        let (pid, isTimer) = (slot.pointee.process.pid, slot.pointee.random.next() % 2 == 0)
        if !slot.pointee.process.park() { continue }
        if !(isTimer ? system.unpark(pid) : system.takeBack(pid)) { return }
      case 1:
        // It ends while senders know its pid, and some write to it.
        let (index, pid) = (slot - slots, slot.pointee.process.pid)
        if !slot.pointee.process.park() { continue }
        if !system.takeBack(pid) { return }
        slot.pointee.process = try system.makeProcess()
        slot.pointee.process.context = UnsafeMutableRawPointer(slot)
        pids[index].store(slot.pointee.process.pid.bits, ordering: .relaxed)
        slot.pointee.lastNumbers = [:]
      default:
        if slot.pointee.process.park() { return }
      }
    }
  }

  private func receiveAll(_ slot: UnsafeMutablePointer<Slot>) throws {
    while let message = try slot.pointee.process.nextMessage() {
      let elements = message.tupleElements
      let (sender, number) = (elements[0].smallValue, elements[1].smallValue)
      if number <= slot.pointee.lastNumbers[sender] ?? -1 {
        complain("\(number) of \(sender) came late")
      }
      slot.pointee.lastNumbers[sender] = number
      var (rest, expected) = (elements[2], 0)
      while rest.isCons {
        if rest.cons[0] != .small(expected) { complain("\(number) of \(sender) is damaged") }
        rest = rest.cons[1]
        expected += 1
      }
      slot.pointee.process.removeMessage()
      var roots = NoRoots()
      if slot.pointee.random.next() % 8 == 0 {
        try slot.pointee.process.ensureFree(words: 30, roots: &roots)
      }
    }
  }
}

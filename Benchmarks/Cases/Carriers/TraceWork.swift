import Glibc

/// One thread's part of a trace.
struct TraceWork {
  let thread: Int
  let hall: TraceHall
  /// What the other thread leaves, and what it takes.
  private let inbox: TraceRing
  private let outbox: TraceRing
  /// Blocks allocated.
  private(set) var operationCount = 0
  /// Sum of the sizes.
  private(set) var check: UInt64 = 0
  private var random: UInt64

  init(thread: Int, hall: TraceHall) {
    self.thread = thread
    self.hall = hall
    inbox = hall.rings[thread]
    outbox = hall.rings[1 - thread]
    random = 88_172_645_463_325_252 &+ UInt64(thread)
  }

  @inline(__always)
  private mutating func next() -> UInt64 {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return random
  }

  @inline(__always)
  private mutating func next(below limit: Int) -> Int {
    Int(truncatingIfNeeded: (next() >> 32) &* UInt64(limit) >> 32)
  }

  @inline(__always)
  private mutating func take<Door: TraceDoor & ~Copyable>(
    _ byteCount: Int, _ door: borrowing Door
  ) -> TraceBlock {
    operationCount += 1
    check &+= UInt64(byteCount)
    let base = door.allocate(byteCount)
    // As any client would, it writes to what it got.
    base.storeBytes(of: UInt8(truncatingIfNeeded: byteCount), as: UInt8.self)
    return TraceBlock(base: base, byteCount: byteCount)
  }

  @inline(__always)
  private func free<Door: TraceDoor & ~Copyable>(_ block: TraceBlock, _ door: borrowing Door) {
    door.free(block.base, block.byteCount)
  }

  mutating func pair<Door: TraceDoor & ~Copyable>(_ door: borrowing Door, rounds: Int) {
    for _ in 0..<rounds { free(take(64, door), door) }
  }

  /// Random blocks replace each other.
  @inline(__always)
  private mutating func replace<Door: TraceDoor & ~Copyable>(
    _ blocks: TraceBlocks, alive: Int, sizes: ClosedRange<Int>, rounds: Int,
    _ door: borrowing Door
  ) {
    for _ in 0..<rounds {
      let index = next(below: alive)
      free(blocks[index], door)
      blocks[index] = take(sizes.lowerBound + next(below: sizes.count), door)
    }
  }

  mutating func replace<Door: TraceDoor & ~Copyable>(
    _ door: borrowing Door, alive: Int, sizes: ClosedRange<Int>, rounds: Int
  ) {
    let blocks = hall.sets[thread]
    for index in 0..<alive { blocks[index] = take(sizes.lowerBound, door) }
    replace(blocks, alive: alive, sizes: sizes, rounds: rounds, door)
    for index in 0..<alive { free(blocks[index], door) }
  }

  mutating func larson<Door: TraceDoor & ~Copyable>(_ door: borrowing Door, rounds: Int) {
    let alive = 5_000
    for index in 0..<alive { hall.sets[thread][index] = take(8 + next(below: 993), door) }
    hall.meet()
    for round in 0..<rounds {
      replace(
        hall.sets[(thread + round) % 2], alive: alive, sizes: 8...1_000, rounds: 50_000, door)
      hall.meet()
    }
    for index in 0..<alive { free(hall.sets[thread][index], door) }
  }

  mutating func exchange<Door: TraceDoor & ~Copyable>(_ door: borrowing Door, batches: Int) {
    let batch = hall.sets[thread].baseAddress.unsafelyUnwrapped
    for _ in 0..<batches {
      for index in 0..<100 { batch[index] = take(16 + next(below: 497), door) }
      // Who waits for a place lets others run: else a thread that has no core is waited for.
      while !outbox.leave(batch, count: 100) { if !takeBatch(door) { sched_yield() } }
      takeBatch(door)
    }
    takeRest(door)
  }

  /// Frees the next batch that the other thread left; `false` where there is none.
  @discardableResult
  private func takeBatch<Door: TraceDoor & ~Copyable>(_ door: borrowing Door) -> Bool {
    inbox.take { free($0, door) }
  }

  /// Frees all that the other thread leaves until it is done: it may wait for a place meanwhile.
  private func takeRest<Door: TraceDoor & ~Copyable>(_ door: borrowing Door) {
    outbox.close()
    while true {
      let isClosed = inbox.isClosed
      while inbox.take({ free($0, door) }) {}
      if isClosed { return }
      sched_yield()
    }
  }

  mutating func bursts<Door: TraceDoor & ~Copyable>(_ door: borrowing Door, rounds: Int) {
    let burst = TraceBlocks.allocate(capacity: 2_000)
    defer { burst.deallocate() }
    var keptCounts = [0, 0]
    for round in 0..<rounds {
      // Every fourth round the threads change what they keep.
      let set = (thread + round / 4) % 2
      let kept = hall.sets[set]
      var count = 0
      for _ in 0..<2_000 {
        let factor = next(below: 100) == 0 ? 100 : 1
        burst[count] = take(8 * (1 + next(below: 64)) * factor, door)
        count += 1
        if next(below: 4) == 0 {
          let index = next(below: count)
          free(burst[index], door)
          count -= 1
          burst[index] = burst[count]
        }
      }
      for index in 0..<count {
        if index % 10 == 0 && keptCounts[set] < kept.count {
          kept[keptCounts[set]] = burst[index]
          keptCounts[set] += 1
        } else {
          free(burst[index], door)
        }
      }
      while keptCounts[set] > 5_000 {
        keptCounts[set] -= 1
        free(kept[keptCounts[set]], door)
      }
      if round % 4 == 3 {
        // Both threads keep as many, so each knows the other's count.
        keptCounts[1 - set] = keptCounts[set]
        hall.meet()
      }
    }
    for index in 0..<keptCounts[thread] { free(hall.sets[thread][index], door) }
  }

  /// Does what a program did, until it was at least so many steps.
  mutating func replay<Door: TraceDoor & ~Copyable>(
    _ door: borrowing Door, script: TraceScript, steps: Int
  ) {
    let places = TraceBlocks.allocate(capacity: max(1, script.placeCount))
    defer { places.deallocate() }
    script.steps.withUnsafeBufferPointer { script in
      for _ in 0...(steps / max(1, script.count)) {
        for step in script {
          let place = Int(step.place)
          if step.byteCount > 0 {
            places[place] = take(Int(step.byteCount), door)
          } else {
            free(places[place], door)
          }
        }
      }
    }
  }

  mutating func runs<Door: TraceDoor & ~Copyable>(
    _ door: borrowing Door, rounds: Int, givesAway: Bool
  ) {
    let count = 5_000
    let half = count / 2
    let blocks = hall.sets[thread].baseAddress.unsafelyUnwrapped
    for round in 0..<rounds {
      let size = 16 + next(below: 400)
      for index in 0..<count { blocks[index] = take(size + index % 7 * 24, door) }
      // From both ends, then what is left from the middle.
      var index = 0
      while index < half {
        free(blocks[index], door)
        index += 2
      }
      while index > 0 {
        index -= 2
        free(blocks[index + 1], door)
      }
      let isLeft =
        givesAway && round % 4 == 0 && outbox.leave(blocks + half, count: count - half)
      if !isLeft { for index in half..<count { free(blocks[index], door) } }
      if givesAway { takeBatch(door) }
    }
    if givesAway { takeRest(door) }
  }
}

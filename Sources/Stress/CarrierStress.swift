import Carriers
import Synchronization
import TestKit

extension NamedStress {
  static let carriers = NamedStress(
    "carriers", "threads that share an allocator, under random levers and strategies"
  ) { CarrierStress(seed: $0).run() }
}

/// Threads allocate, resize and free blocks of an allocator, their own and each other's; each block
/// bears a pattern that must still be there. At the end nothing may be left.
final class CarrierStress: @unchecked Sendable {
  // Unchecked: what threads share is the exchange, whose places are atomic, and the allocator.

  /// A block on its way: its pattern, and its size as the allocator told it.
  private struct Entry {
    var block: MemoryBlock
    var kind: MemoryKind
    var pattern: UInt64
  }

  private static let placeCount = 64
  private let seed: UInt64
  private let source: PageSource
  private let allocator: BlockAllocator
  private let isRefusing: Bool
  private let threadCount: Int
  /// Addresses of entries left for whoever comes by; 0 for none.
  private let exchange: UnsafeMutablePointer<Atomic<UInt>>
  private let damagedCount = Atomic<Int>(0)
  /// What was found wrong with headers or orders while threads worked.
  private let brokenOrder = Guarded<String?>(nil)

  init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    var configuration = MemoryConfiguration()
    configuration.usesTinyCarriers = random.next() % 2 == 0
    configuration.carrierCacheLimitBytes = [nil, 0, 1 << 18].randomElement(using: &random) ?? nil
    configuration.carrierDecayMilliseconds = random.next() % 2 == 0 ? 0 : 10_000
    for kind in MemoryKind.allCases {
      configuration.strategies[kind] = BlockStrategy.allCases.randomElement(using: &random)
    }
    configuration.isHardened = random.next() % 4 == 0
    isRefusing = random.next() % 4 == 0
    if isRefusing { configuration.failingRequest = 1 + Int(random.next() % 60) }
    threadCount = 1 + Int(random.next() % 16)
    source = PageSource(configuration: configuration)
    allocator = BlockAllocator(configuration: configuration, source: source)
    exchange = .allocate(capacity: Self.placeCount)
    for place in 0..<Self.placeCount { (exchange + place).initialize(to: Atomic(0)) }
  }

  deinit { exchange.deallocate() }

  /// Runs it; answers what went wrong.
  func run() -> String? {
    let refusal = StressThreads.run(threadCount) { [self] number in work(number: number) }
    if let refusal { return refusal }
    for place in 0..<Self.placeCount { takeFrom(place: place) }
    return fault()
  }

  private func fault() -> String? {
    let damaged = damagedCount.load(ordering: .relaxed)
    if damaged > 0 { return "\(damaged) blocks lost what was written" }
    if let fault = brokenOrder.withLock({ $0 }) ?? allocator.firstFault() { return fault }
    let left = allocator.allocatedBlockCount
    if left != 0 { return "\(left) blocks are left" }
    var walked = 0
    allocator.forEachBlock { _ in walked += 1 }
    if walked != 0 { return "a walk finds \(walked) blocks where none is left" }
    allocator.trim()
    let pages = source.statistics
    if pages.committedBytes != 0 { return "\(pages.committedBytes) bytes are left committed" }
    if isRefusing && pages.failedRequestCount > 1 {
      return "\(pages.failedRequestCount) requests failed, one was told to"
    }
    return nil
  }

  /// One thread's work.
  private func work(number: Int) {
    var random = SeededGenerator(seed: seed &* 31 &+ UInt64(number))
    var entries: [Entry] = []
    for _ in 0..<4_000 {
      switch random.next() % 100 {
      case 0..<45: if let entry = allocate(&random) { entries.append(entry) }
      case 45..<75: if let entry = removeAny(&entries, &random) { free(entry) }
      case 75..<85:
        guard let entry = removeAny(&entries, &random) else { continue }
        leave(entry, place: Int(random.next() % UInt64(Self.placeCount)))
      case 85..<95: takeFrom(place: Int(random.next() % UInt64(Self.placeCount)))
      case 95..<99:
        guard let entry = removeAny(&entries, &random) else { continue }
        entries.append(resize(entry, &random))
      default:
        if random.next() % 8 == 0 { allocator.trim() }
        if random.next() % 8 == 0 { allocator.decay() }
        if random.next() % 16 == 0 { _ = allocator.report() }
        if random.next() % 16 == 0, let fault = allocator.firstFault() {
          brokenOrder.withLock { $0 = fault }
        }
      }
    }
    for entry in entries { free(entry) }
  }

  private func removeAny(_ entries: inout [Entry], _ random: inout SeededGenerator) -> Entry? {
    if entries.isEmpty { return nil }
    entries.swapAt(Int(random.next() % UInt64(entries.count)), entries.count - 1)
    return entries.removeLast()
  }

  /// A block with its pattern, or nothing where memory is refused.
  private func allocate(_ random: inout SeededGenerator) -> Entry? {
    let kind = MemoryKind.allCases.randomElement(using: &random) ?? .fixed
    let size = Self.size(&random)
    guard let block = try? allocator.allocate(byteCount: size, kind: kind) else { return nil }
    let entry = Entry(block: block, kind: kind, pattern: random.next())
    write(entry)
    return entry
  }

  private func resize(_ entry: Entry, _ random: inout SeededGenerator) -> Entry {
    check(entry)
    let resized = try? allocator.resizeInPlace(
      entry.block, toByteCount: Self.size(&random), kind: entry.kind)
    var changed = entry
    if let resized { changed.block = resized }
    write(changed)
    return changed
  }

  private func free(_ entry: Entry) {
    check(entry)
    allocator.free(entry.block, kind: entry.kind)
  }

  private func leave(_ entry: Entry, place: Int) {
    let memory = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    memory.initialize(to: entry)
    let word = UInt(bitPattern: memory)
    // Acquiring and releasing: the entry, and what its block holds, go from thread to thread.
    freeEntry(at: exchange[place].exchange(word, ordering: .acquiringAndReleasing))
  }

  private func takeFrom(place: Int) {
    freeEntry(at: exchange[place].exchange(0, ordering: .acquiringAndReleasing))
  }

  private func freeEntry(at word: UInt) {
    guard let memory = UnsafeMutablePointer<Entry>(bitPattern: word) else { return }
    free(memory.move())
    memory.deallocate()
  }

  private func write(_ entry: Entry) {
    for offset in Self.offsets(in: entry) {
      entry.block.base.storeBytes(of: entry.pattern, toByteOffset: offset, as: UInt64.self)
    }
  }

  /// Where a block's pattern is written: in each of its pages, and at its end.
  private static func offsets(in entry: Entry) -> [Int] {
    let last = entry.block.byteCount - 8
    return Array(stride(from: 0, to: last, by: 4096)) + [last]
  }

  private func check(_ entry: Entry) {
    let base = entry.block.base
    let isWhole = Self.offsets(in: entry).allSatisfy {
      base.load(fromByteOffset: $0, as: UInt64.self) == entry.pattern
    }
    if !isWhole { damagedCount.add(1, ordering: .relaxed) }
  }

  private static func size(_ random: inout SeededGenerator) -> Int {
    let exponent = Int.random(in: 4...15, using: &random)
    let isLarge = random.next() % 64 == 0
    return Int.random(in: 1...(isLarge ? 1 << 20 : 1 << exponent), using: &random)
  }
}

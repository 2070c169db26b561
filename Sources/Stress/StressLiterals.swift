import Carriers
import Heaps
import Processes
import Synchronization
import Terms

/// A literal that all processes of a round find, as they find a persistent term, and replace now and
/// then.
final class StressLiterals: Sendable {
  private let system: MemorySystem
  private let current = Guarded<(area: LiteralArea, term: Term)?>(nil)
  private let lastNumber = Atomic<Int>(0)

  init(system: MemorySystem) { self.system = system }

  /// The literal of this moment.
  var term: Term { current.withLock { $0?.term ?? .nil } }

  /// Puts another literal into its place: a shared list twice, and a binary outside.
  func replace() throws {
    let number = lastNumber.add(1, ordering: .relaxed).newValue
    let binary = try system.heaps.binaries.makeBinary(byteCount: 100)
    binary.bytes.initializeMemory(
      as: UInt8.self, repeating: UInt8(truncatingIfNeeded: number), count: 100)
    var term = Term.nil
    let area: LiteralArea
    do {
      area = try system.heaps.literals.build(words: 5 + 8 + BinaryHandle.words) {
        (cursor, list) throws(Never) in
        let numbers = cursor.makeList((0..<4).map { .small(number + $0) })
        let handle = cursor.makeBinaryHandle(binary, byteCount: 100, list: &list)
        term = cursor.makeTuple(.small(number), numbers, numbers, handle)
      }
    } catch .memory(let error) {
      binary.release(to: system.heaps.binaries)
      throw error
    }
    exchange((area, term))
  }

  /// Gives up the last one, where no process is left.
  func end() { exchange(nil) }

  private func exchange(_ new: (area: LiteralArea, term: Term)?) {
    let before = current.withLock { current in
      defer { current = new }
      return current
    }
    if let before { release(before.area) }
  }

  /// Releases an area; no two requests for memory are refused in a round.
  private func release(_ area: LiteralArea) {
    system.release([area]) { [self] isReleased in if !isReleased { release(area) } }
  }
}

import Carriers
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Systems and the processes in them.
@Suite struct MemorySystemTests {
  @Test func twoSystemsDoNotNoticeEachOther() throws {
    let one = MemorySystem()
    let other = MemorySystem(
      configuration: SystemConfiguration(
        memory: MemoryConfiguration(budgetBytes: 1 << 20),
        levers: HeapLevers(zeal: 1, verifies: true), atomLimit: 2000))
    let before = one.allocator.statistics
    let atoms = one.atoms.count

    var process = try other.makeProcess()
    #expect(process.pid == .pid(1))
    let atom = try other.atoms.atom("an_atom_of_the_other_system")
    var literal = Term.nil
    try other.heaps.literals.build(words: 2) { (cursor, _) throws(Never) in
      literal = cursor.makeCons(.small(1), .nil)
    }
    var roots = NoRoots()
    for number in 0..<100 {
      try process.ensureFree(words: 2, roots: &roots)
      let value = process.heap.build { $0.makeCons(atom, literal) }
      _ = try process.dictionary.set(
        value, of: .small(number), scratch: other.heaps.scratch)
    }
    #expect(throws: HeapError.self) { try process.ensureFree(words: 1 << 20, roots: &roots) }
    #expect(other.allocator.allocatedBlockCount > 3)

    #expect(one.allocator.statistics == before)
    #expect(one.atoms.count == atoms)
    let first = try one.makeProcess()
    let second = try one.makeProcess()
    #expect(first.pid == .pid(1))
    #expect(second.pid == .pid(2))
    #expect(first.heap.counters.fullSweeps == 0)
    // Of each its heap and the heap's state; and the records of both.
    #expect(one.allocator.allocatedBlockCount == 5)
  }

  @Test func theLiteralsOfOneSystemAreStrayWordsInAnother() async {
    await #expect(processExitsWith: .failure) {
      let one = MemorySystem()
      let other = MemorySystem()
      var literal = Term.nil
      try one.heaps.literals.build(words: 2) { (cursor, _) throws(Never) in
        literal = cursor.makeCons(.small(1), .nil)
      }
      var process = try other.makeProcess()
      process.heap.push(literal)
      var roots = NoRoots()
      process.heap.verify(roots: &roots)
    }
  }

  @Test func aProcessGivesAllItsMemoryBack() throws {
    let system = MemorySystem()
    var pids: Set<Term> = []
    for number in 1...200 {
      var process = try system.makeProcess()
      let isNew = pids.insert(process.pid).inserted
      #expect(isNew)
      var roots = NoRoots()
      for key in 0..<number {
        try process.ensureFree(words: 4, roots: &roots)
        let (keyTerm, value) = process.heap.build {
          ($0.makeFloat(Double(key)), $0.makeCons(.small(key), .nil))
        }
        _ = try process.dictionary.set(value, of: keyTerm, scratch: system.heaps.scratch)
      }
      if number % 3 == 0 {
        try process.collectGarbage(fully: true, roots: &roots)
        try process.collectGarbage(fully: false, roots: &roots)
      }
      #expect(process.dictionary.count == number)
    }
    #expect(system.allocator.allocatedBlockCount == 0)
  }
}

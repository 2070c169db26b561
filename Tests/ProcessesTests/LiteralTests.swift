import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Areas of literals that are released while processes and their mailboxes use them.
@Suite struct LiteralTests {
  private let system = MemorySystem(
    configuration: SystemConfiguration(levers: HeapLevers(verifies: true)))

  /// What a process holds in its dictionary, in terms kept from Swift, and in its mailbox, fetched or
  /// not, is all that it uses.
  @Test(arguments: [false, true])
  func allThatAProcessHoldsIsCopied(isFetched: Bool) throws {
    let sender = try TestProcess(system)
    let process = try TestProcess(system)
    let other = try TestProcess(system)
    var literal = Term.nil
    let area = try system.heaps.literals.build(words: 5) { (cursor, _) throws(Never) in
      literal = cursor.makeTuple(.small(7), cursor.makeCons(.small(8), .nil))
    }
    _ = try process.process.dictionary.set(literal, of: .ok, scratch: system.heaps.scratch)
    try sender.ensureFree(words: 4)
    let cell = sender.build { $0.makeCons(literal, .nil) }
    _ = try sender.send(cell, to: process.pid)
    _ = try sender.send(literal, to: process.pid)
    _ = try sender.send(sender.build { $0.makeCons(.small(1), .nil) }, to: process.pid)
    if isFetched { #expect(try process.handleSignals()) }
    var roots = NoRoots()
    #expect(try process.process.copyLiterals(of: area, roots: &roots))
    #expect(try !other.process.copyLiterals(of: area, roots: &roots))
    #expect(try sender.process.copyLiterals(of: area, roots: &roots) == false)
    system.heaps.literals.release(area)
    #expect(process.process.firstDamage(roots: &roots) == nil)
    let value = try process.process.dictionary.value(of: .ok, scratch: system.heaps.scratch)
    #expect(try process.text(of: #require(value)) == "{7,[8]}")
    #expect(try process.receiveText() == "[{7,[8]}]")
    #expect(try process.receiveText() == "{7,[8]}")
    #expect(try process.receiveText() == "[1]")
    try process.collectGarbage()
    #expect(process.process.firstDamage(roots: &roots) == nil)
  }
}

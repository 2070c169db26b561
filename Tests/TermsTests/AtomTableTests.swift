import Foundation
import Synchronization
import Terms
import TestKit
import Testing

@Suite struct AtomTableTests {
  private static let commonCount = CommonAtoms.names.count

  @Test func namesGetIndexesInTheOrderTheyCome() throws {
    let table = AtomTable(common: ["mine", "yours"])
    #expect(table.name(of: .atom(Self.commonCount)) == "mine")
    #expect(table.name(of: .atom(Self.commonCount + 1)) == "yours")
    let first = try table.atom("")
    let second = try table.atom("gänsefüßchen")
    #expect(first.atomIndex == Self.commonCount + 2)
    #expect(second.atomIndex == Self.commonCount + 3)
    #expect(try table.atom("") == first)
    #expect(table.name(of: first) == "")
    #expect(table.name(of: second) == "gänsefüßchen")
    #expect(table.count == Self.commonCount + 4)
  }

  @Test func aNameThatIsNoAtomYetStaysNone() throws {
    let table = AtomTable()
    var name = "later"
    #expect(name.withUTF8 { table.existing(utf8: UnsafeRawBufferPointer($0)) } == nil)
    #expect(table.count == Self.commonCount)
    let atom = try table.atom("later")
    #expect(name.withUTF8 { table.existing(utf8: UnsafeRawBufferPointer($0)) } == atom)
  }

  @Test func namesOf255CharactersFitAndLongerOnesDoNot() throws {
    let table = AtomTable()
    for character in ["a", "ö", "€", "🐟"] {
      let longest = String(repeating: character, count: 255)
      #expect(table.name(of: try table.atom(longest)) == longest)
      #expect(throws: AtomError.nameTooLong) { try table.atom(longest + character) }
    }
    #expect(table.count == Self.commonCount + 4)
  }

  @Test(
    arguments: [
      [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0x61, 0xFF], [0xE2, 0x82], [0xC3, 0x28],
    ] as [[UInt8]])
  func bytesThatAreNoUTF8AreRefused(bytes: [UInt8]) {
    let table = AtomTable()
    #expect(throws: AtomError.invalidUTF8) {
      try bytes.withUnsafeBytes { bytes throws(AtomError) in try table.atom(utf8: bytes) }
    }
  }

  @Test func aFullTableRefusesNewNamesAndFindsOldOnes() throws {
    let limit = Self.commonCount + 2
    let table = AtomTable(limit: limit)
    let last = try (table.atom("one"), table.atom("two")).1
    #expect(throws: AtomError.tableFull(limit: limit)) { try table.atom("three") }
    #expect(try table.atom("two") == last)
    #expect(table.count == limit)
  }

  @Test func manyNamesKeepTheirPlacesWhileTheTableGrows() throws {
    let table = AtomTable()
    var generator = SeededGenerator(seed: 7)
    var names: [String] = []
    var known: [String: Term] = [:]
    for _ in 0..<20_000 {
      let name = "#" + String(generator.next() % 15_000, radix: 36)
      let atom = try table.atom(name)
      if let before = known[name] {
        #expect(before == atom)
      } else {
        #expect(atom.atomIndex == Self.commonCount + names.count)
        known[name] = atom
        names.append(name)
      }
    }
    for (offset, name) in names.enumerated() {
      #expect(table.name(of: .atom(Self.commonCount + offset)) == name)
    }
    // Records of 24 bytes, their addresses, and hash tables of at most 8 slots an atom.
    #expect(table.byteCount < 24_000 + names.count * (24 + 8 + 8 * 8) + 1024 * 8)
  }

  @Test func threadsThatAddTheSameNamesGetTheSameAtoms() async {
    let table = AtomTable()
    let names = (0..<5_000).map { "name\($0)" }
    let results = await withTaskGroup(of: [Term].self) { group in
      for seed in 0..<4 as Range<UInt64> {
        group.addTask {
          var generator = SeededGenerator(seed: seed)
          var atoms = [Term](repeating: .none, count: names.count)
          for place in names.indices.shuffled(using: &generator) {
            atoms[place] = (try? table.atom(names[place])) ?? .none
            // What one thread reads back while others add.
            if table.name(of: atoms[place]) != names[place] { atoms[place] = .none }
          }
          return atoms
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for atoms in results { #expect(atoms == results[0]) }
    #expect(!results[0].contains(.none))
    #expect(Set(results[0]).count == names.count)
    #expect(table.count == Self.commonCount + names.count)
  }

  @Test func lookupsWaitForNobodyWhoAdds() throws {
    let table = AtomTable()
    let known = try table.atom("known")
    let (found, added) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    table.withoutAdding {
      Thread.detachNewThread {
        var name = "known"
        let existing = name.withUTF8 { table.existing(utf8: UnsafeRawBufferPointer($0)) }
        var unknown = "new"
        let missing = unknown.withUTF8 { table.existing(utf8: UnsafeRawBufferPointer($0)) }
        let again = try? table.atom("known")
        guard existing == known, missing == nil, again == known else { return }
        guard table.name(of: known) == "known", table.count == Self.commonCount + 1 else { return }
        found.signal()
      }
      Thread.detachNewThread {
        _ = try? table.atom("new")
        added.signal()
      }
      #expect(found.wait(timeout: .now() + 60) == .success)
      #expect(added.wait(timeout: .now() + 0.2) == .timedOut, "the lock was not held")
    }
    #expect(added.wait(timeout: .now() + 60) == .success)
    #expect(table.count == Self.commonCount + 2)
  }
}

import Foundation
import Tenure
import Testing

/// The machine of the embedder's guide.
@Suite struct StackMachineTests {
  private static let server: [Instruction] = [
    .receive, .uncons, .swap, .push(1), .add, .swap, .send, .jump(0),
  ]
  private static let client: [Instruction] = [
    .receive, .push(0),
    .me, .swap, .cons, .pick(1), .send, .receive,
    .pick(0), .push(1000), .equals, .unless(2), .halt,
  ]

  private func run(_ program: [Instruction], in system: MemorySystem) throws -> String {
    var machine = try StackMachine(program, in: system)
    while try machine.run(steps: 100) == .ready {}
    let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
    return try printer.text(of: machine.process.heap.pop())
  }

  private static func system(zeal: Int) -> MemorySystem {
    MemorySystem(
      configuration: SystemConfiguration(levers: HeapLevers(zeal: zeal, verifies: zeal > 0)))
  }

  @Test(arguments: [0, 1]) func aServerCountsForItsClient(zeal: Int) throws {
    let system = Self.system(zeal: zeal)
    var server = try StackMachine(Self.server, in: system)
    var client = try StackMachine(Self.client, in: system)
    var starter = try system.makeProcess()
    _ = try starter.send(server.process.pid, to: client.process.pid)
    while try client.run(steps: 50) != .halted { _ = try server.run(steps: 50) }
    let counted = client.process.heap.pop()
    #expect(counted == .small(1000))
  }

  @Test(arguments: [0, 1]) func aListOutlivesCollections(zeal: Int) throws {
    let count = zeal == 0 ? 100_000 : 300
    let program: [Instruction] = [
      .atom("nil"), .push(0), .swap,  // N and the list
      .pick(1), .push(count), .equals, .unless(9), .jump(18), .halt,
      .pick(1), .swap, .cons, .swap, .push(1), .add, .swap, .jump(3), .halt,
      .uncons, .pick(1), .uncons, .tuple(3), .halt,
    ]
    let text = try run(program, in: Self.system(zeal: zeal))
    let begins = text.hasPrefix("{\(count - 1),[\(count - 3),\(count - 4),")
    let ends = text.hasSuffix(",2,1,0|nil],\(count - 2)}")
    #expect(begins && ends)
  }

  @Test func faultsAreTold() throws {
    let faulty: [([Instruction], MachineFault)] = [
      ([.add], .stackUnderflow(at: 0)), ([.push(1), .uncons], .badOperand(at: 1)),
      ([.jump(7)], .badJump(7)), ([.push(1), .atom("nobody"), .send], .noSuchReceiver),
      ([.push(1), .atom("x"), .add], .badOperand(at: 2)),
    ]
    for (program, expected) in faulty {
      let system = Self.system(zeal: 0)
      var found: MachineFault?
      do { _ = try run(program, in: system) } catch { found = error as? MachineFault }
      #expect(found == expected)
      #expect(system.allocator.allocatedBlockCount == 0)
    }
  }

  @Test func theGuideShowsTheMachineThatRuns() throws {
    let machine = try SourceTree.text(of: "Tests/EmbeddingTests/StackMachine.swift")
    let article = try SourceTree.text(of: "Sources/Tenure/Tenure.docc/Embedding.md")
    #expect(SourceTree.swiftBlocks(of: article).contains(machine))
    #expect(machine.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
  }
}

/// Files of this repository.
enum SourceTree {
  static func text(of path: String) throws -> String {
    let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The blocks of Swift in an article.
  static func swiftBlocks(of article: String) -> [String] {
    article.components(separatedBy: "```swift\n").dropFirst().map { rest in
      rest.components(separatedBy: "```")[0]
    }
  }
}

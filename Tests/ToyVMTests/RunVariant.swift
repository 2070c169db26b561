import Foundation
import Tenure
import ToyVM

/// A way to run a program that must not change what it answers.
struct RunVariant: Sendable, CustomStringConvertible {
  var description: String
  var memory = MemoryConfiguration()
  var levers = HeapLevers()
  var heap = HeapOptions()
  var checksOperands = false

  /// The same with every operand checked.
  var checked: RunVariant {
    var copy = self
    copy.checksOperands = true
    copy.description += ", operands checked"
    return copy
  }

  static let plain = RunVariant(description: "as it is")
  static let verified = RunVariant(description: "verified", levers: HeapLevers(verifies: true))
  static let zeal = RunVariant(
    description: "a collection at every ensure, verified",
    levers: HeapLevers(zeal: 1, verifies: true))
  static let zealOfSeven = RunVariant(
    description: "a collection at every seventh ensure", levers: HeapLevers(zeal: 7))
  static let tinyHeap = RunVariant(
    description: "a tiny heap", levers: HeapLevers(verifies: true), heap: .tiny())
  static let fullSweeps = RunVariant(
    description: "full sweeps only", levers: HeapLevers(alwaysSweepsFully: true))
  static let tinyCarriers = RunVariant(
    description: "tiny carriers", memory: MemoryConfiguration(usesTinyCarriers: true))

  /// Those that are quick enough for a program that runs for a while.
  static let quick = [
    plain, plain.checked, zealOfSeven, tinyHeap, tinyHeap.checked, fullSweeps, tinyCarriers,
  ]
  /// All of them.
  static let all = [plain, verified, zeal, zealOfSeven, tinyHeap, fullSweeps, tinyCarriers]
    .flatMap { [$0, $0.checked] }

  /// A system of this variant.
  func makeSystem(listener: (any CollectionListener)? = nil) -> MemorySystem {
    MemorySystem(
      configuration: SystemConfiguration(
        memory: memory, levers: levers, heapOptions: heap, listener: listener))
  }

  /// Runs a function of a module in a system of its own.
  func run(
    _ bytes: [UInt8], _ function: String, _ arguments: [Argument] = [],
    listener: (any CollectionListener)? = nil
  ) throws -> RunOutcome {
    let machine = Machine(system: makeSystem(listener: listener))
    let module = try machine.load(bytes)
    return try machine.run(
      module, function, arguments, options: RunOptions(checksOperands: checksOperands))
  }
}

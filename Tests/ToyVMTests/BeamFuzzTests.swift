import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Damaged modules: each is refused, or runs to some end, within its limits. A crash, a hang, or a
/// rule that is found broken only because every operand is checked, in every other module, is a
/// failure: the validator should have refused the module.
///
/// Every mutant has a seed of its own. When the process crashes, it prints the seed; to replay:
/// `TENURE_FUZZ_SEED=seed TENURE_FUZZ_COUNT=1 swift test --filter BeamFuzzTests`.
@Suite struct BeamFuzzTests {
  static let environment = ProcessInfo.processInfo.environment
  static let seed = environment["TENURE_FUZZ_SEED"].flatMap(UInt64.init) ?? 25_000
  static let count = environment["TENURE_FUZZ_COUNT"].flatMap(Int.init) ?? 20_000
  /// The parts that run side by side.
  static let partCount = 2

  private static let fixtures = [
    "lang_calls", "lang_data", "lang_errors", "lang_big", "lang_traces", "lang_bits",
    "lang_old_bits",
  ]
  static var fixtureCount: Int { fixtures.count }

  static let originals: [BeamMutator.Original] = {
    let programs = [
      "binary_trees", "churn", "deep_recursion", "fannkuch", "gc_ladder", "nbody", "nrev",
      "queens", "quicksort", "sieve", "two_list_queue",
    ]
    let files =
      (fixtures + ["shapes", "tiny"]).map { ($0, try? BeamFixtures.bytes($0)) }
      + programs.map { ($0, try? BenchmarkPrograms.bytes($0)) }
    return files.compactMap { name, bytes in
      bytes.flatMap { try? BeamMutator.Original(name: name, bytes: $0) }
    }
  }()

  @Test func everyOriginalIsRead() { #expect(Self.originals.count == 20) }

  @Test(arguments: 0..<partCount)
  func damagedModulesEndSomehow(_ part: Int) {
    var tally = Tally()
    for index in stride(from: part, to: Self.count, by: Self.partCount) {
      let seed = Self.seed &+ UInt64(index)
      CrashNote.set(
        "\nfuzz: TENURE_FUZZ_SEED=\(seed) TENURE_FUZZ_COUNT=1 swift test --filter BeamFuzzTests\n",
        line: part)
      let started = ContinuousClock.now
      Self.run(seed: seed, &tally)
      let time = ContinuousClock.now - started
      #expect(time < .seconds(20), "seed \(seed) took \(time)")
    }
    CrashNote.set("", line: part)
    if Self.environment["TENURE_FUZZ_COUNT"] != nil { print("fuzz part \(part): \(tally)") }
    guard Self.count >= 1_000 else { return }
    // Some mutants must get as far as running, or nothing was tried.
    #expect(tally.loaded > tally.refused / 5)
    #expect(tally.returned > 0)
    #expect(tally.exceptions > 0)
  }

  /// What is looked at as code runs, checked or not.
  private static let rulesOfRuns: Set = [
    "the cell of no list", "an element of no tuple", "an update of another tuple",
    "the elements of no map", "a store into an old object", "a handler without exception",
    "a message that is not looked at", "a position beyond what is matched",
    "a position that cannot be saved", "a segment beyond what is built",
    "bytes beyond what is built",
  ]

  /// How the mutants ended.
  struct Tally {
    var refused = 0
    var loaded = 0
    var returned = 0
    var exceptions = 0
    var outOfSteps = 0
    var faults = 0
  }

  /// Runs the mutant of a seed.
  static func run(seed: UInt64, _ tally: inout Tally) {
    var mutator = BeamMutator(seed: seed)
    // The small ones more often: they take less time to load.
    let choice = Int(seed % 64)
    let original = originals[
      choice < 8 ? choice % fixtureCount : fixtureCount + choice % (originals.count - fixtureCount)]
    let bytes = mutator.mutant(of: original)
    let number = Int(seed / 64 % 1_000_003)
    let export = mutator.damagedExport ?? original.runnable[number % original.runnable.count]
    run(bytes, original.functions[export], choosing: number, &tally)
  }

  /// Runs one of a module's functions within limits.
  static func run(
    _ bytes: [UInt8], _ function: (name: String, arity: Int), choosing choice: Int,
    _ tally: inout Tally
  ) {
    let isZealous = choice % 5 == 0
    let system = MemorySystem(
      configuration: SystemConfiguration(
        memory: MemoryConfiguration(budgetBytes: 32 << 20, usesHugePages: false),
        levers: HeapLevers(zeal: isZealous ? 1 : 0, verifies: choice % 4 == 0),
        heapOptions: choice % 3 == 0 ? HeapOptions() : .tiny(), atomLimit: 20_000))
    let machine = Machine(system: system)
    let module: String
    do {
      module = try machine.load(bytes)
    } catch {
      tally.refused += 1
      return
    }
    tally.loaded += 1
    let arguments: [Argument] = (0..<function.arity).map {
      $0 == 1 ? .strings(["ab", "c"]) : .integer(5 + $0)
    }
    // The system's limits may be too narrow for the process or its arguments: an end, too.
    let outcome = try? machine.run(
      module, function.name, arguments,
      options: RunOptions(
        steps: isZealous ? 1_000 : 20_000, checksOperands: choice % 2 == 0,
        textByteLimit: 1 << 20))
    switch outcome {
    case .returned: tally.returned += 1
    case .exception: tally.exceptions += 1
    case .outOfSteps: tally.outOfSteps += 1
    case .malformedCode(let rule):
      tally.faults += 1
      #expect(rulesOfRuns.contains(rule), "a rule that the validator overlooked")
    default: break
    }
  }
}

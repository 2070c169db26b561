import Foundation
import Tenure
import ToyVM

/// What a program asked of its system's allocator, call by call, recorded as it runs on the toy VM.
///
/// Recorded anew by each child process, and not kept: a program on one scheduler thread asks for the
/// same each time.
struct TraceScript: Sendable {
  /// A block allocated, or, where the size is 0, freed.
  struct Step: Sendable {
    var place: Int32
    var byteCount: Int32
  }

  /// In the order of the program.
  private(set) var steps: [Step] = []
  /// Places for blocks that are alive at the same time.
  private(set) var placeCount = 0

  /// Runs a program of Benchmarks/Programs and records it, loading it left out.
  init(recording program: String) throws {
    let memory = MemoryConfiguration(recordsCalls: true)
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    let machine = Machine(system: system, directories: InstalledLibrary.directories)
    let module = try machine.load(path: BenchmarkFolder.path("Programs/\(program).beam"))
    _ = system.allocator.takeRecordedCalls()
    var options = RunOptions()
    options.schedulers = 1
    _ = try machine.runMeasured(module, "main", options: options)
    add(system.allocator.takeRecordedCalls())
  }

  private mutating func add(_ calls: [BlockCall]) {
    var places: [UInt: Int32] = [:]
    var unused: [Int32] = []
    for call in calls {
      if call.byteCount > 0 {
        let place = unused.popLast() ?? Int32(placeCount)
        placeCount = max(placeCount, Int(place) + 1)
        places[call.address] = place
        steps.append(Step(place: place, byteCount: Int32(clamping: call.byteCount)))
      } else if let place = places.removeValue(forKey: call.address) {
        // A block from before is none of the script's.
        unused.append(place)
        steps.append(Step(place: place, byteCount: 0))
      }
    }
    // What is left is freed at the end, so that the script may run again.
    for place in places.values.sorted() { steps.append(Step(place: place, byteCount: 0)) }
  }
}

import Heaps
import TestKit
import Terms

/// Steps about the sizes of the heap.
extension HeapProgram {
  /// Makes the block as small as can be.
  func trim() throws(HeapError) {
    try attempt { (heap, roots) throws(HeapError) in try heap.trim(roots: &roots) }
  }

  /// Drops the stack and makes the block as small as can be.
  func hibernate() throws(HeapError) {
    modelStack = []
    frames = []
    // For the look after a refusal.
    heap.dropStack()
    try attempt { (heap, roots) throws(HeapError) in try heap.hibernate(roots: &roots) }
  }

  /// Sets what a process may change while it runs.
  func setOptions() {
    func pick<Value>(_ values: [Value]) -> Value { values[generator.number(below: values.count)] }
    var options = heap.options
    // Most often back to what it began with: small blocks collect at most steps.
    switch generator.number(below: 9) {
    case 0: options.minimumWords = pick([12, 38, 233, 610, 4185])
    case 1: options.fullSweepAfter = pick([0, 1, 3, 65_535])
    case 2: options.minimumVirtualWords = pick([12, 376, 4185, 46_422])
    case 3: options.growth = pick([.erts, .minimum, .bounded])
    case 4: options.viewWasteRatio = pick([0, 1, 2, 8])
    default: options = plan.options
    }
    set(options)
  }

  private func set(_ options: HeapOptions) {
    do {
      try heap.setOptions(options)
      if heap.options != options { complain("options that were not taken", "\(options)") }
    } catch {
      complain("\(error)", "\(options)")
    }
  }

  /// Collects within a limit: the collection runs, or the heap is as it was.
  func tryLimit() throws(HeapError) {
    let before = heap.options
    defer { set(before) }
    var options = before
    let least = max(before.minimumWords, heap.state.pointee.usedWords)
    options.limit = HeapLimit(
      words: least + generator.number(below: 4 * least), kills: generator.number(below: 3) != 0,
      reports: false, includesSharedBinaries: generator.number(below: 2) == 0)
    set(options)
    let top = heap.state.pointee.top
    let fully = generator.number(below: 2) == 0
    var roots = roots
    do {
      try heap.collectGarbage(fully: fully, roots: &roots)
    } catch .limitReached {
      limitsReached += 1
      if heap.state.pointee.top != top { complain("a heap that changed", "beyond its limit") }
      if !options.limit.kills { complain("a limit that does not kill", "\(options.limit)") }
      check("beyond a limit")
    } catch {
      noteRefusal(error)
    }
  }
}

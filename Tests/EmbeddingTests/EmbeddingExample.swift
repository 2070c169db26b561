import Tenure

/// Slots of ours that hold terms. A collection finds them here and rewrites them.
struct Registers: RootSource {
  var slots: [Term] = [.nil, .nil]

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    unsafe slots.withUnsafeMutableBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      unsafe visitor.visit(base, count: slots.count)
    }
  }
}

/// Builds `{total, [100000, ..., 2, 1]}` on a heap that begins with 233 words, and reads it back.
func buildAndReadBack() throws -> (sum: Int, printed: String, collections: Int) {
  let system = MemorySystem()
  var process = try system.makeProcess()
  var registers = Registers()

  for number in 1...100_000 {
    // The only line of the loop that may collect: every term moves, our slots are rewritten.
    try process.ensureFree(words: 2, roots: &registers)
    // Within what was ensured, building cannot fail and moves nothing.
    registers.slots[0] = process.heap.build { $0.makeCons(.small(number), registers.slots[0]) }
  }
  let total = try system.atoms.atom("total")
  try process.ensureFree(words: 3, roots: &registers)
  registers.slots[1] = process.heap.build { $0.makeTuple(total, registers.slots[0]) }

  // A full sweep: what is alive moves to a new block, the old one goes.
  try process.collectGarbage(roots: &registers)

  var sum = 0
  var rest = registers.slots[0]
  while rest.isCons {
    sum += unsafe rest.cons[0].smallValue
    rest = unsafe rest.cons[1]
  }
  let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
  let printed = try printer.text(of: registers.slots[1])
  let counters = process.heap.counters
  return (sum, printed, counters.minorCollections + counters.fullSweeps)
}

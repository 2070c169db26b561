import Tenure

/// Sends fifty references to one list of a hundred numbers, and tells what each way of copying made
/// of it: the words that arrived.
func sendWhatIsShared() throws -> (keeping: Int, flattening: Int) {
  let system = MemorySystem()
  var sender = try system.makeProcess()
  var receiver = try system.makeProcess()
  let numbers = try sender.keep(.list((1...100).map { .integer($0) }))
  let shared = try sender.keep(.list(Array(repeating: .kept(numbers), count: 50)))

  var arrived: [Int] = []
  for copying in [MessageCopying(), .flattening(limitWords: 1_000_000)] {
    var roots = NoRoots()
    try receiver.collectGarbage(roots: &roots)
    let before = receiver.heap.figures
    _ = try sender.send(shared, to: receiver.pid, copying: copying)
    _ = try receiver.receive()
    let after = receiver.heap.figures
    arrived.append(after.fragmentWords - before.fragmentWords)
  }
  return (arrived[0], arrived[1])
}

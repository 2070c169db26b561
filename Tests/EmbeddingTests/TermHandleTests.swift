import Tenure
import Testing

/// Terms kept from Swift. Nothing in here is marked `unsafe`, and the compiler sees to that.
@Suite struct TermHandleTests {
  private let system = MemorySystem(
    configuration: SystemConfiguration(levers: HeapLevers(zeal: 1, verifies: true)))

  /// What a throwing piece of work says.
  private func error<Result>(of body: () throws -> Result) -> HandleError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? HandleError
    }
  }

  @Test func keptTermsMoveAlong() throws {
    var process = try system.makeProcess()
    var handles: [TermHandle] = []
    for number in 0..<100 { handles.append(try process.keep([.integer(number), "text", 1.5])) }
    for _ in 0..<3 {
      var roots = NoRoots()
      try process.collectGarbage(roots: &roots)
      try process.ensureFree(words: 50, roots: &roots)
    }
    for (number, handle) in handles.enumerated() {
      let value = try process.value(of: handle)
      #expect(value == [.integer(number), "text", 1.5])
    }
    handles.removeLast(60)
    let left = process.keptTermCount
    #expect(left == 40)
    // Places are used again.
    handles.append(try process.keep("again"))
    let value = try process.value(of: handles[40])
    #expect(value == "again")
  }

  @Test func whatIsLetGoDies() throws {
    var process = try system.makeProcess()
    let list = TermValue.list((0..<10_000).map { .integer($0) })
    var handle: TermHandle? = try process.keep(list)
    var roots = NoRoots()
    try process.collectGarbage(roots: &roots)
    let alive = process.heap.figures.youngUsedWords
    #expect(alive >= 20_000)
    #expect(handle?.isAlive == true)
    handle = nil
    try process.collectGarbage(roots: &roots)
    let left = process.heap.figures.youngUsedWords
    #expect(left < 100)
  }

  @Test func aHandleOfAnotherProcessIsFound() throws {
    var one = try system.makeProcess()
    var other = try system.makeProcess()
    let handle = try one.keep("mine")
    #expect(error { try other.value(of: handle) } == .otherProcess(one.pid))
    #expect(error { try other.set(handle, to: .ok) } == .otherProcess(one.pid))
    #expect(error { try other.send(handle, to: one.pid) } == .otherProcess(one.pid))
    let value: TermValue = [.kept(handle)]
    var refused: TermBuildError?
    do { _ = try other.keep(value) } catch { refused = error }
    #expect(refused == .handle(.otherProcess(one.pid)))
  }

  @Test func aHandleOfAProcessThatEndedIsFound() throws {
    var handle: TermHandle?
    var pid = Term.none
    do {
      var one = try system.makeProcess()
      pid = one.pid
      handle = try one.keep("gone")
    }
    let other = try system.makeProcess()
    let kept = try #require(handle)
    #expect(!kept.isAlive)
    #expect(error { try other.value(of: kept) } == .processEnded(pid))
  }

  /// A heap that goes to another process takes its terms along; what was kept of them is not.
  @Test func aHandleOfAHeapGivenAwayIsFound() throws {
    var one = try system.makeProcess()
    var other = try system.makeProcess()
    let pid = one.pid
    let handle = try one.keep(["result": [1, 2, 3]])
    let result = try one.term(of: handle)
    let outcome = try one.end(handing: result, to: other.pid)
    #expect(outcome == .delivered)
    #expect(error { try one.value(of: handle) } == .processEnded(pid))
    let received = try #require(try other.receive())
    let value = try other.value(of: received)
    #expect(value == ["result": [1, 2, 3]])
  }

  @Test func aHandleOfAnotherSystemIsFoundAlsoWhenThatEnded() throws {
    let process = try system.makeProcess()
    var handle: TermHandle?
    do {
      let foreign = MemorySystem()
      var one = try foreign.makeProcess()
      let kept = try one.keep("far")
      handle = kept
      #expect(error { try process.value(of: kept) } == .otherSystem)
    }
    let kept = try #require(handle)
    #expect(error { try process.value(of: kept) } == .systemEnded)
  }

  @Test func handlesAreSentAndReceived() throws {
    var one = try system.makeProcess()
    var other = try system.makeProcess()
    let handle = try one.keep([.atom("hello"), .immediate(one.pid), .binary(Array(0..<200))])
    let outcome = try one.send(handle, to: other.pid)
    #expect(outcome == .delivered)
    let received = try #require(try other.receive())
    let value = try other.value(of: received)
    let sent = try one.value(of: handle)
    #expect(value == sent)
    let more = try other.receive()
    #expect(more == nil)
  }

  @Test func aHandleGetsAnotherTerm() throws {
    var process = try system.makeProcess()
    let handle = try process.keep("first")
    try process.set(handle, to: .ok)
    let value = try process.value(of: handle)
    #expect(value == .atom("ok"))
  }

  /// Memory for handles and values returns with the process; a refusal leaves it whole.
  @Test func refusedMemoryIsTold() throws {
    for request in 1...40 {
      var memory = MemoryConfiguration()
      memory.usesTinyCarriers = true
      memory.failingRequest = request
      let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
      do {
        var process = try system.makeProcess()
        var kept: [TermHandle] = []
        for number in 0..<50 {
          do {
            let pairs = (0..<40).map { (TermValue.integer($0), TermValue.integer(number)) }
            let map = Dictionary(uniqueKeysWithValues: pairs)
            kept.append(try process.keep([.map(map), .binary(Array(repeating: 7, count: 100))]))
          } catch {
            // The next one succeeds: only one request is refused.
            #expect("\(error)".hasPrefix("no memory for a heap"))
          }
        }
        #expect(kept.count >= 49)
        for handle in kept {
          guard case .list(let parts) = try process.value(of: handle) else {
            Issue.record("no list")
            return
          }
          #expect(parts.count == 2)
        }
      } catch HeapError.outOfMemory {}
      #expect(system.allocator.allocatedBlockCount == 0)
    }
  }

  #if DEBUG
    /// A word of another system's heap is found by its address, where checks are on.
    @Test func aBoxedTermOfAnotherSystemTraps() async {
      await #expect(processExitsWith: .failure) {
        var one = try MemorySystem().makeProcess()
        var other = try MemorySystem().makeProcess()
        let foreign = try one.makeTerm(of: [1, 2, 3])
        _ = try other.send(foreign, to: other.pid)
      }
      await #expect(processExitsWith: .failure) {
        var one = try MemorySystem().makeProcess()
        var other = try MemorySystem().makeProcess()
        _ = try other.keep(try one.makeTerm(of: [1, 2, 3]))
      }
    }
  #endif

  /// Handles are let go by other threads than the process's.
  @Test func handlesAreLetGoElsewhere() async throws {
    let box = try await Task.detached { [system] in
      var process = try system.makeProcess()
      var kept: [TermHandle] = []
      for number in 0..<1000 { kept.append(try process.keep(.tuple([.integer(number)]))) }
      let handles = kept
      kept = []
      let dropping = Task.detached { handles.count }
      for number in 0..<1000 {
        let handle = try process.keep(.tuple([.integer(number)]))
        let value = try process.value(of: handle)
        if value != .tuple([.integer(number)]) { return false }
      }
      return await dropping.value == 1000
    }.value
    #expect(box)
  }
}

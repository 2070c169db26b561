import Synchronization
import Tenure
import Testing

@Suite struct SharingExampleTests {
  /// The 300 words of which ERTS makes 10,100.
  @Test func sharingIsKeptUnlessOneAsks() throws {
    let (keeping, flattening) = try sendWhatIsShared()
    #expect(keeping == 300)
    #expect(flattening == 10_100)
  }

  private final class Listener: ProcessListener {
    let events = Mutex<[MessageEvent]>([])
    var wantsMessages: Bool { true }
    func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {}
    func messageWasSent(_ event: MessageEvent) { events.withLock { $0.append(event) } }
  }

  /// Each send tells what sharing was worth, also where nothing was lost.
  @Test func sendsTellWhatTheyWouldHaveCopied() throws {
    let listener = Listener()
    let system = MemorySystem(configuration: SystemConfiguration(processListener: listener))
    var sender = try system.makeProcess()
    let receiver = try system.makeProcess()
    let numbers = try sender.keep(.list((1...100).map { .integer($0) }))
    let shared = try sender.keep(.list(Array(repeating: .kept(numbers), count: 50)))
    try sender.send(shared, to: receiver.pid)
    try sender.send(numbers, to: receiver.pid)
    let events = listener.events.withLock { $0 }
    #expect(events.map(\.words) == [300, 200])
    #expect(events.map(\.flatWords) == [10_100, 200])
    #expect(events.map(\.sharedReferences) == [49, 0])
  }

  @Test func flatteningBeyondItsLimitFails() throws {
    let system = MemorySystem()
    var sender = try system.makeProcess()
    let receiver = try system.makeProcess()
    var pair = try sender.keep(1)
    for _ in 0..<60 { pair = try sender.keep(.tuple([.kept(pair), .kept(pair)])) }
    var found: SendError?
    do {
      try sender.send(pair, to: receiver.pid, copying: .flattening(limitWords: 1 << 20))
    } catch { found = error as? SendError }
    #expect(found == .message(.flatteningBeyondLimit(limitWords: 1 << 20)))
    // Kept, it is 180 words.
    let outcome = try sender.send(pair, to: receiver.pid)
    #expect(outcome == .delivered)
  }

  @Test func theArticleShowsTheExampleThatRuns() throws {
    let example = try SourceTree.text(of: "Tests/EmbeddingTests/SharingExample.swift")
    let article = try SourceTree.text(of: "Sources/Tenure/Tenure.docc/Sharing.md")
    #expect(SourceTree.swiftBlocks(of: article).first == example)
  }
}

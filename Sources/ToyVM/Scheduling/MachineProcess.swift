import Synchronization
import Tenure

/// A process of a machine: the library's, and what its code needs to go on where it stopped.
///
/// What is not atomic belongs to the thread that has it: who runs it, or who looks at it meanwhile.
final class MachineProcess: @unchecked Sendable {
  // Unchecked: one thread at a time has it (`take`).

  /// Which of the runnable ones come first.
  enum Priority: Int { case low, normal, high, max }

  let process: UnsafeMutablePointer<Process>
  let pid: Term
  unowned(unsafe) let schedulers: Schedulers
  private let isTaken = Atomic<Bool>(false)

  /// Where its code goes on.
  var code: UnsafeMutablePointer<UInt>
  /// The X registers that it needs there.
  private(set) var live = 0
  private var saved: UnsafeMutablePointer<Term>?
  private var savedCapacity = 0
  /// The one behind it in a run queue; the queue's.
  var following: Unmanaged<MachineProcess>?

  /// The pid of the process that prints for it.
  var groupLeader = Term.undefined
  /// What it was begun with: module, function and arity.
  let initialCall: FunctionName
  let parent: Term
  var priority = Priority.normal
  /// The calls it has made.
  var reductions = 0
  /// Whether it waits for a message, as far as others may know.
  var isWaiting = false
  /// The device that it serves, where it answers requests for input and output.
  var device: StandardDevice?
  /// What it has open.
  var files: OpenFiles {
    if let openFiles { return openFiles }
    let files = OpenFiles(sharing: schedulers.code.objects.fileBuffers)
    openFiles = files
    return files
  }
  private var openFiles: OpenFiles?
  /// Who is told of its collections, and how.
  var trace: CollectionTracing? {
    didSet {
      process.pointee.heap.ownListener = trace.map {
        CollectionTracer(tracing: $0, pid: pid, system: schedulers.system)
      }
    }
  }
  /// Where it was told to keep messages; `on_heap` unless told, as in ERTS, where they are kept off
  /// the heap all the same.
  private(set) var messageQueueData = "on_heap"
  /// The number of the last mark in the messages, and the reference that it was made for.
  var markNumber = 0
  var markedReference: (UInt, UInt)?
  /// The timer of the receive that it is in.
  var receiveTimer: Int?
  /// Whether it waits for a message without an end.
  var waitsForever = false

  init(
    process: consuming Process, code: UnsafeMutablePointer<UInt>, initialCall: FunctionName,
    parent: Term, schedulers: Schedulers
  ) {
    pid = process.pid
    self.process = .allocate(capacity: 1)
    self.process.initialize(to: process)
    self.code = code
    self.initialCall = initialCall
    self.parent = parent
    self.schedulers = schedulers
    self.process.pointee.context = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    // Acquiring: pairs with the releasing stores of who had it. The reference counts order the same,
    // but where the thread sanitizer does not see it.
    _ = isTaken.load(ordering: .acquiring)
    process.deinitialize(count: 1)
    process.deallocate()
    saved?.deallocate()
  }

  /// Makes the calling thread the one that has it.
  /// - Returns: false where another thread has it.
  func take() -> Bool {
    // Acquiring: pairs with the releasing store of who had it before.
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  /// Gives it up.
  func giveUp() { isTaken.store(false, ordering: .releasing) }

  /// Keeps it for good: it has ended, and nobody is to look at it any more.
  func keep() { isTaken.store(true, ordering: .releasing) }

  /// Says where messages are kept; checked code always has them on the heap.
  func setMessageQueueData(onHeap: Bool) {
    messageQueueData = onHeap ? "on_heap" : "off_heap"
    if schedulers.options.checksOperands { return }
    process.pointee.setKeepsMessagesOnHeap(onHeap)
  }

  // MARK: Registers

  /// Keeps X registers while the process does not run.
  func save(_ x: UnsafeMutablePointer<Term>, count: Int) {
    reserve(count)
    if let saved { saved.update(from: x, count: count) }
    live = count
  }

  /// Puts the X registers back.
  func restore(to x: UnsafeMutablePointer<Term>) {
    if let saved, live > 0 { x.update(from: saved, count: live) }
  }

  private func reserve(_ count: Int) {
    if count <= savedCapacity { return }
    saved?.deallocate()
    savedCapacity = max(4, count)
    saved = .allocate(capacity: savedCapacity)
    saved?.initialize(repeating: .nil, count: savedCapacity)
  }

  /// The kept registers as roots of a collection by who looks at it.
  var roots: SavedRegisters {
    SavedRegisters(slots: saved.map { RootSlots(base: $0, count: live) })
  }
}

/// The registers of a process that does not run.
struct SavedRegisters: RootSource {
  var slots: RootSlots?

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    // A copy: of a change in place of what may be nothing Swift 6.3 makes broken code.
    if var slots { slots.visitSlots(&visitor) }
  }
}

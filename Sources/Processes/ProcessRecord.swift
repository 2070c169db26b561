import Carriers
import Heaps
import Synchronization
import Terms

/// What others see of a process, in raw memory that stays where it is as long as the system: so a
/// sender needs no lock and counts no reference.
///
/// ```
///   outer queue    |      0  nothing, the process runs
///                  |      2  nothing, the process is parked: who sends wakes it
///                  |      1  closed: there is no process
///                  | others  the message sent last, which leads to those before it
/// ```
/// A record is used again for another process when no thread can be sending to the one before any
/// more (see ``ProcessTable``); the serial of its pid tells the two apart.
struct ProcessRecord: ~Copyable {
  typealias Pointer = UnsafeMutablePointer<ProcessRecord>

  /// The place in the table. First, where no other thread changes anything: to the thread sanitizer
  /// a change of any field of the owner's is one of the record's first byte.
  let index: Int
  /// What was sent and not fetched by the owner.
  let outer = Atomic<UInt>(ProcessRecord.closed)
  /// The pid of the process, or 0.
  let pid = Atomic<UInt>(0)
  /// Whether the process has, or had, a name.
  let isNamed = Atomic<Bool>(false)
  /// Whether there is a limit.
  var isLimited = false
  /// Whether it is in a group.
  var isGrouped = false
  /// The owner's alone: whether exit signals become messages.
  var trapsExits = false
  /// The owner's alone: whether messages become part of the heap when they are fetched.
  var keepsMessagesOnHeap = false
  /// The owner's alone: whether what is shared in terms that leave the process is shared in their
  /// copies.
  var keepsSharing = true
  /// The owner's alone: whether what others are told of its end was told.
  var hasEnded = false
  /// The owner's alone: whether it sent to itself since it was last looked whether its queue is long.
  var hasSentToSelf = false
  /// The embedder's own pointer, or 0.
  let contextBits = Atomic<UInt>(0)
  /// The limit of the mailbox, or nothing; set before the process is known to anybody, and kept as
  /// long as a sender may have found the record.
  var limit: LimitedMailbox?
  /// What its group is charged for it, or nothing; set and kept like the limit.
  var member: GroupMember?

  // What follows is the owner's alone.

  /// What was fetched and not received.
  var queue: MessageQueue
  /// How often the place was used; here, where it takes no room of its own.
  var serial: UInt32 = 0
  /// The address of the oldest message that was taken from the outer queue and is still to be
  /// looked at, or 0: memory was refused in between.
  var taken: UInt = 0
  /// Links, monitors and aliases; nothing until there is one.
  var relations: Relations?
  /// The terms kept from Swift; nothing until there is one.
  var handles: HandleTable?
  /// Why the process is to end, a term of its heap; nothing while it is not.
  var exitReason = Term.none

  init(index: Int, allocator: UncountedAllocator) {
    self.index = index
    queue = MessageQueue(allocator: allocator)
  }

  static var empty: UInt { 0 }
  static var closed: UInt { 1 }
  static var parked: UInt { 2 }

  /// What became of a message that was pushed.
  enum Pushed { case queued, queuedAndWoken, refused }

  /// Puts a message into the outer queue; any thread may. Where it is refused it is still the
  /// caller's.
  func push(_ message: Message) -> Pushed {
    let new = UInt(bitPattern: message.record)
    var before = outer.load(ordering: .relaxed)
    while true {
      if before == Self.closed { return .refused }
      message.next = before == Self.parked ? Self.empty : before
      // Releasing: pairs with the acquiring exchange in `take`.
      let (exchanged, original) = outer.weakCompareExchange(
        expected: before, desired: new, ordering: .acquiringAndReleasing)
      if exchanged { return before == Self.parked ? .queuedAndWoken : .queued }
      before = original
    }
  }

  var context: UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: contextBits.load(ordering: .acquiring))
  }

  /// Whether there is no process.
  var isClosed: Bool { outer.load(ordering: .relaxed) == Self.closed }

  /// Whether something was sent that was not fetched.
  var isAnythingUnfetched: Bool { outer.load(ordering: .relaxed) > Self.parked || taken != 0 }

  /// Takes all that was sent, the oldest first, and leaves the queue in a state.
  /// - Returns: the oldest message, or nothing.
  func take(leaving state: UInt = ProcessRecord.empty) -> Message? {
    // Acquiring: pairs with the releasing exchange in `push`.
    Self.inOrder(newest: outer.exchange(state, ordering: .acquiringAndReleasing))
  }

  /// Turns a queue round: the newest leads to the oldest, and the other way afterwards.
  private static func inOrder(newest: UInt) -> Message? {
    var next = newest
    var oldest: Message?
    while next > parked, let record = UnsafeMutablePointer<UInt>(bitPattern: next) {
      let message = Message(record: record)
      next = message.next
      message.next = oldest.map { UInt(bitPattern: $0.record) } ?? 0
      oldest = message
    }
    return oldest
  }

  /// The message that was sent last, where something was sent that was not fetched; it leads to those
  /// before it.
  var newest: Message? {
    // Acquiring: pairs with the releasing exchange in `push`.
    let bits = outer.load(ordering: .acquiring)
    if bits <= Self.parked { return nil }
    return UnsafeMutablePointer<UInt>(bitPattern: bits).map { Message(record: $0) }
  }

  /// Says that the process waits for messages.
  /// - Returns: `false` where there are some, those among them that there was no memory to look at.
  func park() -> Bool {
    taken == 0
      && outer.compareExchange(
        expected: Self.empty, desired: Self.parked, ordering: .acquiringAndReleasing
      ).exchanged
  }

  /// Says that the process runs again though nobody sent anything.
  /// - Returns: `false` where somebody did, who has woken it.
  func unpark() -> Bool {
    outer.compareExchange(
      expected: Self.parked, desired: Self.empty, ordering: .acquiringAndReleasing
    ).exchanged
  }
}

extension Message {
  /// The message behind it in a queue.
  var following: Message? {
    UnsafeMutablePointer<UInt>(bitPattern: next).map { Message(record: $0) }
  }
}

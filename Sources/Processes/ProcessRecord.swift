import Carriers
import Glibc
import Heaps
import Synchronization
import Terms

/// What others see of a process, in raw memory that stays where it is as long as the system: so a
/// sender needs no lock and counts no reference.
///
/// ```
///   outer queue    |      0  nothing, the process runs
///                  |      1  closed: there is no process
///                  |      2  nothing, the process is parked: who sends wakes it
///                  |      3  the same, and who sends may enter
///                  |      4  nothing, a sender has entered, and wakes the process as it leaves
///                  | others  the message sent last, which leads to those before it;
///                  |         with bit 2 as long as a sender is in there
/// ```
/// That a process is parked is all the lock that it needs: nobody runs it, and who exchanges 3 for 4
/// is the only one to be there until it clears the bit. So a sender may write behind the terms of a
/// parked process's heap, as ERTS's does that gets the receiver's lock.
///
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
  /// 1 while the process ends with a reason that may refer to literals, which it copies for who is
  /// told; 2 where a ``LiteralRound`` waits for that.
  let ending = Atomic<UInt8>(0)
  /// Whether its tables end: from then on nobody may give it one.
  let isDying = Atomic<Bool>(false)
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
  /// The owner's alone: whether senders may write onto its heap while it is parked and no message
  /// waits: unless it was said that messages are to be kept off the heap.
  var admitsSenders = true
  /// The owner's alone: whether what others are told of its end was told.
  var hasEnded = false
  /// The owner's alone: whether it was told that its queue is long, and it has been since.
  var isQueueLong = false
  /// The owner's alone: whether a message was given that is looked at: it stays.
  var looksAtMessage = false
  /// The owner's alone: whether it sent to itself since it was last looked whether its queue is long.
  var hasSentToSelf = false
  /// How often the place was used; here, where it takes no room of its own.
  var serial: UInt32 = 0
  /// The embedder's own pointer, or 0.
  let contextBits = Atomic<UInt>(0)
  /// The limit of the mailbox, or nothing; set before the process is known to anybody, and kept as
  /// long as a sender may have found the record.
  var limit: LimitedMailbox?
  /// What its group is charged for it, or nothing; set and kept like the limit.
  var member: GroupMember?

  // What follows is the owner's alone, or that of a sender who has entered.

  /// What was fetched and not received.
  var queue: MessageQueue
  /// The state of the heap; who has entered writes there.
  var heap: UnsafeMutablePointer<HeapState>?
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
  static var open: UInt { 3 }
  static var entered: UInt { 4 }
  private static var lastState: UInt { 7 }

  /// What became of a message that was pushed.
  enum Pushed { case queued, queuedAndWoken, refused }

  /// Puts a message into the outer queue; any thread may. Where it is refused it is still the
  /// caller's.
  func push(_ message: Message) -> Pushed {
    let new = UInt(bitPattern: message.record)
    var before = outer.load(ordering: .relaxed)
    while true {
      if before == Self.closed { return .refused }
      let isParked = before & ~1 == Self.parked
      message.next = isParked ? Self.empty : before & ~Self.entered
      // Releasing: pairs with the acquiring exchange in `take`. Who has entered stays there, and wakes
      // the process.
      let (exchanged, original) = outer.weakCompareExchange(
        expected: before, desired: new | before & Self.entered, ordering: .acquiringAndReleasing)
      if exchanged { return isParked ? .queuedAndWoken : .queued }
      before = original
    }
  }

  var context: UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: contextBits.load(ordering: .acquiring))
  }

  /// Whether what is sent to it is held to a limit or to a budget.
  var hasLimits: Bool { isLimited || isGrouped }

  /// Forgets the limit and the group, where no sender can have found the record any more.
  mutating func forgetLimits() {
    if isLimited { limit = nil }
    if isGrouped { member = nil }
    (isLimited, isGrouped) = (false, false)
  }

  /// Whether there is no process.
  var isClosed: Bool { outer.load(ordering: .relaxed) == Self.closed }

  /// Whether something was sent that was not fetched.
  var isAnythingUnfetched: Bool { outer.load(ordering: .relaxed) > Self.lastState || taken != 0 }

  /// Takes all that was sent, the oldest first, and leaves the queue in a state.
  /// - Returns: the oldest message, or nothing.
  func take(leaving state: UInt = ProcessRecord.empty) -> Message? {
    // Acquiring: pairs with the releasing exchange in `push`.
    Self.inOrder(newest: outer.exchange(state, ordering: .acquiringAndReleasing))
  }

  /// Turns a queue round: the newest leads to the oldest, and the other way afterwards.
  private static func inOrder(newest: UInt) -> Message? {
    assert(newest & entered == 0, "messages are taken while a sender is inside")
    var next = newest
    var oldest: Message?
    while next > lastState, let record = UnsafeMutablePointer<UInt>(bitPattern: next) {
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
    if bits <= Self.lastState { return nil }
    return UnsafeMutablePointer<UInt>(bitPattern: bits).map { Message(record: $0) }
  }

  /// Says that the process waits for messages.
  /// - Returns: `false` where there are some, those among them that there was no memory to look at.
  func park(isOpen: Bool) -> Bool {
    // Releasing: pairs with the acquiring exchange in `enter`.
    taken == 0
      && outer.compareExchange(
        expected: Self.empty, desired: isOpen ? Self.open : Self.parked,
        ordering: .acquiringAndReleasing
      ).exchanged
  }

  /// Says that the process runs again though nobody sent anything. Waits for a sender that is inside,
  /// unless something was sent meanwhile: it might leave the process parked, and nobody would wake it.
  /// - Returns: `false` where somebody sent something, who has woken it.
  func unpark() -> Bool { takeBack { $0 == Self.entered } }

  /// Takes back a process that may be parked: no sender is inside, and none enters any more.
  /// - Returns: whether it was parked.
  func takeBack() -> Bool { takeBack { $0 & Self.entered != 0 } }

  /// - Parameter isToWaitFor: whether a state is one in which a sender inside is to be waited for.
  @inline(__always)
  private func takeBack(_ isToWaitFor: (UInt) -> Bool) -> Bool {
    while true {
      // Acquiring: pairs with the releasing exchange in `leave` of who was there before.
      let before = outer.load(ordering: .acquiring)
      if isToWaitFor(before) {
        sched_yield()
        continue
      }
      if before & ~1 != Self.parked { return false }
      let exchanged = outer.weakCompareExchange(
        expected: before, desired: Self.empty, ordering: .acquiringAndReleasing
      ).exchanged
      if exchanged { return true }
    }
  }

  /// Whether nobody runs the process, which then finds whatever the calling thread did before.
  func isSeenParked() -> Bool {
    // Writes nothing, but in the order of who parks and who takes back.
    let state = outer.bitwiseOr(0, ordering: .acquiringAndReleasing).oldValue
    return state & ~1 == Self.parked || state & Self.entered != 0
  }

  // MARK: Senders that enter

  /// Makes a sender the only one who has a parked process.
  /// - Returns: `false` where it is not parked, or not open.
  @inline(__always)
  func enter() -> Bool {
    if outer.load(ordering: .relaxed) != Self.open { return false }
    // Acquiring: pairs with the releasing exchange in `park`.
    return outer.compareExchange(
      expected: Self.open, desired: Self.entered, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Ends what ``enter()`` began: the process is parked no more, and the caller wakes it.
  func leave() {
    // Releasing: pairs with who acquires the word next, `take` or `waitForSender`.
    outer.bitwiseAnd(~Self.entered, ordering: .acquiringAndReleasing)
  }

  /// Ends what ``enter()`` began where nothing was done.
  /// - Returns: whether the process is parked as before; else something was sent meanwhile, and the
  ///   caller wakes it.
  func leaveParked() -> Bool {
    let isParked = outer.compareExchange(
      expected: Self.entered, desired: Self.open, ordering: .acquiringAndReleasing
    ).exchanged
    if !isParked { leave() }
    return isParked
  }
}

extension Message {
  /// The message behind it in a queue.
  var following: Message? {
    UnsafeMutablePointer<UInt>(bitPattern: next).map { Message(record: $0) }
  }
}

import Heaps
import Terms

/// Who runs the processes of a system and watches over them. Called on the thread that did what it
/// tells of; it may send, but must not end or receive for another process than its own.
public protocol ProcessListener: Sendable {
  /// A process that was parked has something to look at, or room to send what it was told to wait
  /// with: run it.
  ///
  /// Who sent calls it after it was woken, so the process may have ended by then where it was ended
  /// though ``MemorySystem/takeBack(_:)`` answered `false`: the context must outlive that call.
  /// - Parameters:
  ///   - pid: of the process.
  ///   - context: what ``Process/context`` was set to.
  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?)
  /// A process has ended: its record, mailbox, names and tables are no more.
  func processEnded(_ pid: Term)
  /// Whether ``messageWasSent(_:)`` is to be called, which costs a look at terms with shared parts, and
  /// at all that are sent without sharing.
  var wantsMessages: Bool { get }
  /// A message was copied and sent, by `Process.send(_:to:)`: not what was prepared, nor reasons
  /// of ends and results.
  func messageWasSent(_ event: MessageEvent)
  /// From how many fetched messages on a mailbox is long; 0 for never.
  var longQueueMessages: Int { get }
  /// How many fetched messages a long mailbox comes down to before it is told again that it is long.
  var shortQueueMessages: Int { get }
  /// A process fetched messages, and has so many: at least ``longQueueMessages``, for the first time
  /// since it had no more than ``shortQueueMessages``.
  func queueIsLong(_ pid: Term, messages: Int)
  /// Beyond how many nanoseconds a pause is long; 0 for never (`long_gc`).
  var longCollectionNanoseconds: UInt64 { get }
  /// An ensure or a request took longer than ``longCollectionNanoseconds``, and collected.
  func collectionWasLong(_ pid: Term, nanoseconds: UInt64, after: HeapFigures)
  /// From how many words of its blocks on a heap is large; 0 for never (`large_heap`).
  var largeHeapWords: Int { get }
  /// A process collected, and its heap is large.
  func heapIsLarge(_ pid: Term, after: HeapFigures)
}

extension ProcessListener {
  /// Nothing.
  public func processEnded(_ pid: Term) {}
  /// No.
  public var wantsMessages: Bool { false }
  /// Nothing.
  public func messageWasSent(_ event: MessageEvent) {}
  /// Never.
  public var longQueueMessages: Int { 0 }
  /// Half of those of a long one.
  public var shortQueueMessages: Int { longQueueMessages / 2 }
  /// Nothing.
  public func queueIsLong(_ pid: Term, messages: Int) {}
  /// Never.
  public var longCollectionNanoseconds: UInt64 { 0 }
  /// Nothing.
  public func collectionWasLong(_ pid: Term, nanoseconds: UInt64, after: HeapFigures) {}
  /// Never.
  public var largeHeapWords: Int { 0 }
  /// Nothing.
  public func heapIsLarge(_ pid: Term, after: HeapFigures) {}
}

/// A message that was sent.
public struct MessageEvent: Equatable, Sendable {
  /// The pid of the sender.
  public let from: Term
  /// The pid of the receiver.
  public let to: Term
  /// The words that were copied: none of a message to oneself.
  public let words: Int
  /// The words of the graph that the sender has: fewer than were copied where sharing was lost.
  public let graphWords: Int
  /// The words that it has, or would have had, without its sharing: what ERTS copies.
  public let flatWords: Int
  /// The references in the sender's term to what others refer to as well, whether or not the copy
  /// keeps them.
  public let sharedReferences: Int

  /// The words that were copied more than once, by the loss of sharing.
  public var lostWords: Int { max(0, words - graphWords) }
}

/// What became of what was sent.
public enum SendOutcome: Equatable, Sendable {
  /// It is in the mailbox.
  case delivered
  /// There is no such process, or not any more; as in Erlang, that is no error.
  case noProcess
  /// The receiver's mailbox is full and threw it away (``MailboxLimit/Policy/dropNewest``).
  case dropped
  /// The receiver's mailbox is full (``MailboxLimit/Policy/suspendSender``): the sender is to park, and
  /// to send again when it runs again. When there is room, or the receiver has ended, it is sent a
  /// signal, which is not seen but keeps it from parking or makes it runnable, once, as any does.
  case suspended
}

/// Why a message was not sent; the sender is as it was.
public enum SendError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It could not be made.
  case message(MessageError)
  /// The receiver's mailbox is full (``MailboxLimit/Policy/reject``).
  case mailboxFull(Term)
  /// The receiver is no local pid, no registered name and no alias.
  case badReceiver(Term)

  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .message(let error): "\(error)"
    case .mailboxFull(let pid): "the mailbox of process \(pid.identifierNumber) is full"
    case .badReceiver(let term): "no process is named by the word 0x\(String(term.bits, radix: 16))"
    }
  }
}

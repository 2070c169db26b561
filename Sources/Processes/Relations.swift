import Heaps
import Terms

/// What a process is to others and others to it; owner thread only.
///
/// Whoever is to be told of its end has a message here that is written but for the reason: so an
/// end needs no memory where the reason is an immediate.
///
/// No access to one of the dictionaries lasts while another begins, so none looks whether it does.
final class Relations {
  /// By the pid it is linked with: `{'EXIT', Self, _}`.
  @exclusivity(unchecked) var links: [Term: Message] = [:]
  /// By the pid it was linked with, the number of the request that ended the link and was not
  /// answered yet: until then the other one may still ask for what it did not know to be over.
  @exclusivity(unchecked) var unlinking: [Term: UInt] = [:]
  private var lastUnlink: UInt = 0
  /// Of other processes, by the number of the monitor.
  @exclusivity(unchecked) var monitors: [Int: Term] = [:]
  /// Of this one: who watches, and `{Watcher, Reference, process, Self, Tag}`.
  @exclusivity(unchecked) var watchers: [Int: (pid: Term, message: Message)] = [:]
  /// The numbers of references by which it can be sent to.
  @exclusivity(unchecked) var aliases: Set<Int> = []
  /// How aliases end that were made with a monitor, by their number.
  @exclusivity(unchecked) var aliasEnds: [Int: AliasEnd] = [:]
  /// Of others for a collection, answered by the next one.
  @exclusivity(unchecked) var collectionRequests: [CollectionRequest] = []
  /// For copies of what it uses of areas of literals, answered when it has made them.
  @exclusivity(unchecked) var literalRequests: [LiteralRequest] = []

  /// The bytes of the messages for those who are to be told of its end.
  var byteCount: Int {
    links.values.reduce(0) { $0 + $1.byteCount }
      + watchers.values.reduce(0) { $0 + $1.message.byteCount }
  }

  /// Whether a request for a link asks for nothing new: there is one, or the other one is to learn
  /// that it is over.
  func knowsLink(with other: Term) -> Bool { links[other] != nil || unlinking[other] != nil }

  /// Makes the number of a request that ends a link.
  func makeUnlinkNumber() -> UInt {
    lastUnlink += 1
    return lastUnlink
  }

  /// Forgets a monitor, and its alias where that ends with it.
  /// - Returns: whether there was one.
  @discardableResult
  func endMonitor(_ number: Int) -> Bool {
    if let end = aliasEnds[number], end != .explicit {
      aliases.remove(number)
      aliasEnds[number] = nil
    }
    return monitors.removeValue(forKey: number) != nil
  }
}

/// What a message is to its receiver.
enum SignalKind: UInt8 {
  /// A message to be received.
  case message = 0
  /// A message by an alias, whose number is the argument.
  case aliasedMessage
  /// A message of the system itself, which no limit keeps away.
  case told
  /// `{'EXIT', From, Reason}` of who asked for an end, or of a linked process that ended.
  case exit, linkedExit
  /// `{'EXIT', Self, _}` to tell the sender, which is linked from now on; its pid is the argument.
  case link
  /// The sender, the term, is not linked any more; the argument numbers the request.
  case unlink
  /// The process of the pid that is the term has seen the request to unlink whose number is the argument.
  case unlinkSeen
  /// `{Watcher, Reference, process, Self, Tag}` to tell the watcher; the number is the argument.
  case monitor
  /// The monitor whose number is the argument has ended.
  case demonitor
  /// `{Tag, Reference, process, Pid, Reason}`; the number is the argument.
  case down
  /// Somebody asks something of the process: the argument is a ``ProcessRequest``.
  case request
  /// There is room in a mailbox that the process was told to wait for.
  case room
}

extension Message {
  var signal: SignalKind {
    get { SignalKind(rawValue: kind).unsafelyUnwrapped }
    nonmutating set { kind = newValue.rawValue }
  }
}

extension Term {
  /// The number of a monitor or an alias in its reference.
  var referenceNumber: Int {
    let words = boxed
    return Int(words[1] | (words[2] & 0xFFFF_FFFF) << 18)
  }
}

extension WordCursor {
  /// Builds the reference of a number: 3 words, or 4 with a pid.
  mutating func makeReference(number: Int, leadingTo pid: Term? = nil) -> Term {
    let process = pid.map { pid in
      (
        UInt32(truncatingIfNeeded: pid.identifierNumber),
        UInt32(truncatingIfNeeded: pid.identifierNumber >> 32)
      )
    }
    return makeLocalReference(
      UInt32(number & 0x3FFFF), UInt32(truncatingIfNeeded: number >> 18), 0, process: process)
  }
}

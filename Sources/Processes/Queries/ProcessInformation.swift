import Heaps
import Terms

/// What `process_info/2` tells of a process, at one moment between two of its steps.
public struct ProcessInformation: Sendable {
  /// The pid.
  public let pid: Term
  /// The names it is registered by (`registered_name`).
  public let names: [Term]
  /// What its heap is made of.
  public let heap: HeapInformation
  /// The messages that wait, those that this very moment are sent not among them
  /// (`message_queue_len`).
  public let messageCount: Int
  /// The bytes of the messages that stand outside the heap.
  public let messageByteCount: Int
  /// Whether messages become part of the heap when they are fetched (`message_queue_data`).
  public let keepsMessagesOnHeap: Bool
  /// The keys of its dictionary.
  public let dictionaryCount: Int
  /// The terms that Swift keeps of it.
  public let keptTermCount: Int
  /// With whom it is linked.
  public let links: [Term]
  /// Whom it watches, once for each monitor (`monitors`).
  public let monitoredProcesses: [Term]
  /// Who watches it, once for each monitor (`monitored_by`).
  public let watchers: [Term]
  /// Whether exit signals become messages (`trap_exit`).
  public let trapsExits: Bool
  /// What it is charged to.
  public let group: ProcessGroup?

  /// The bytes of all that is its own: record, heap, mailbox, what is kept for those who are to be told of
  /// its end (`memory`). Binaries outside the heap and tables are not among them.
  public let memoryByteCount: Int
}

extension Process {
  /// What the process is made of. What others sent is fetched first, so the answer is that of one
  /// moment.
  /// - Throws: ``MessageError`` where that was refused.
  /// - Complexity: O(messages + links and monitors).
  public mutating func information() throws(MessageError) -> ProcessInformation {
    _ = try handleSignals()
    return currentInformation
  }

  /// What it is made of, without what was not fetched.
  var currentInformation: ProcessInformation {
    var messageBytes = 0
    record.pointee.queue.forEach { messageBytes += $0.queuedMessage?.byteCount ?? 0 }
    let heap = heap.information
    let relations = record.pointee.relations
    return ProcessInformation(
      pid: pid, names: system.processes.names(of: pid), heap: heap,
      messageCount: record.pointee.queue.count, messageByteCount: messageBytes,
      keepsMessagesOnHeap: keepsMessagesOnHeap, dictionaryCount: dictionary.count,
      keptTermCount: keptTermCount, links: links, monitoredProcesses: monitoredProcesses,
      watchers: relations?.watchers.values.map(\.pid) ?? [], trapsExits: trapsExits, group: group,
      memoryByteCount: MemoryLayout<ProcessRecord>.stride + heap.memoryByteCount + messageBytes
        + record.pointee.queue.byteCount + dictionary.byteCount
        + (record.pointee.handles?.byteCount ?? 0) + (relations?.byteCount ?? 0))
  }
}

/// The listener of a system, and what it wants to hear, asked for once.
struct Listening {
  let listener: (any ProcessListener)?
  /// Whether there is one: a quicker question than for the listener itself.
  let isThere: Bool
  let wantsMessages: Bool
  let longQueueMessages: Int
  let longCollectionNanoseconds: UInt64
  let largeHeapWords: Int

  init(_ listener: (any ProcessListener)?) {
    self.listener = listener
    isThere = listener != nil
    wantsMessages = listener?.wantsMessages ?? false
    longQueueMessages = listener?.longQueueMessages ?? 0
    longCollectionNanoseconds = listener?.longCollectionNanoseconds ?? 0
    largeHeapWords = listener?.largeHeapWords ?? 0
  }
}

extension ProcessTable {
  /// Who hears of the processes, if somebody does.
  @inline(__always)
  var listener: (any ProcessListener)? {
    listening.pointee.isThere ? listening.pointee.listener : nil
  }
}

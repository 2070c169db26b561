/// The listener of a system, and what it wants to hear, asked for once.
///
/// In raw memory, and the listener in memory of its own: so neither a look whether there is one nor a
/// call of it copies it.
struct Listening {
  let listener: UnsafeMutablePointer<any ProcessListener>?
  let wantsMessages: Bool
  let longQueueMessages: Int
  let shortQueueMessages: Int
  let longCollectionNanoseconds: UInt64
  let largeHeapWords: Int

  init(_ listener: (any ProcessListener)?) {
    self.listener = listener.map { listener in
      let place = UnsafeMutablePointer<any ProcessListener>.allocate(capacity: 1)
      place.initialize(to: listener)
      return place
    }
    wantsMessages = listener?.wantsMessages ?? false
    longQueueMessages = listener?.longQueueMessages ?? 0
    shortQueueMessages = listener?.shortQueueMessages ?? 0
    longCollectionNanoseconds = listener?.longCollectionNanoseconds ?? 0
    largeHeapWords = listener?.largeHeapWords ?? 0
  }

  func end() {
    listener?.deinitialize(count: 1)
    listener?.deallocate()
  }
}

extension ProcessTable {
  /// Who hears of the processes, if somebody does.
  @inline(__always)
  var listener: UnsafeMutablePointer<any ProcessListener>? { listening.pointee.listener }
}

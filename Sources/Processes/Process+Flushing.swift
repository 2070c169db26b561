import Heaps
import Terms

extension Process {
  /// Ends a monitor, and takes the message that it may have sent already out of the mailbox
  /// (`demonitor/2` with `flush`; the answer is that of `info`).
  /// - Returns: whether it was there: if not, it may have told of an end.
  /// - Throws: ``MessageError``; then nothing has changed.
  /// - Complexity: O(messages).
  public mutating func demonitor(
    _ reference: Term, flushing: Bool
  ) throws(MessageError) -> Bool {
    let wasThere = try demonitor(reference)
    // Of a monitor that was there nothing was fetched, and what is not fetched finds none.
    if flushing && !wasThere && reference.isBoxed(.reference) {
      flush(reference.referenceNumber)
    }
    return wasThere
  }

  /// Takes the message of a monitor that has ended out of what was fetched.
  private mutating func flush(_ number: Int) {
    let record = record
    let removed = record.pointee.queue.remove { entry, _ in
      let term = entry.queuedMessage?.term ?? entry
      guard term.isTuple(arity: 5) else { return false }
      // With any tag, and so as ERTS with any message that has this form.
      let reference = term.tupleElements[1]
      return reference.isBoxed(.reference) && reference.referenceNumber == number
    }
    guard let (entry, place) = removed else { return }
    record.pointee.limit?.tookOut(at: place)
    if let message = entry.queuedMessage {
      drop(message)
    } else if record.pointee.isLimited {
      countOut(byteCount: 0)
    }
  }
}

/// There is no memory to be had, or the size asked for is none.
///
/// The caller's memory is as it was before the call.
public enum MemoryError: Error, Equatable, Sendable {
  /// The operating system said no, with this `errno`.
  case refused(byteCount: Int, errno: Int32)
  /// The system would hold more committed bytes than its budget allows.
  case budgetExceeded(byteCount: Int, budget: Int)
  /// The request with this number, counted from 1, was told to fail.
  case injectedFailure(request: Int)
  /// No block has this size: it is not positive, or too large to be rounded up.
  case invalidSize(byteCount: Int)

  /// Whether the same request may succeed once cached memory is given back.
  ///
  /// Not so for an injected failure: whoever injects one wants to see it.
  package var maySucceedAfterTrimming: Bool {
    switch self {
    case .refused, .budgetExceeded: true
    case .injectedFailure, .invalidSize: false
    }
  }
}

extension MemoryError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .refused(let byteCount, let errno):
      "the operating system refused \(byteCount) bytes (errno \(errno))"
    case .budgetExceeded(let byteCount, let budget):
      "\(byteCount) bytes more would exceed the memory budget of \(budget) bytes"
    case .injectedFailure(let request):
      "request \(request) for memory was told to fail"
    case .invalidSize(let byteCount):
      "\(byteCount) bytes is no size of a block"
    }
  }
}

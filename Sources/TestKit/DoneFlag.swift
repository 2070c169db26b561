import Synchronization

/// Tells threads of a test that another one has done its work.
public final class DoneFlag: Sendable {
  /// Whether it has.
  public let isSet = Atomic(false)

  /// Makes one that is not set.
  public init() {}
}

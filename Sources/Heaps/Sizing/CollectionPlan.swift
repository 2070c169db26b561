/// Which collection to do, and into what.
public enum CollectionPlan: Equatable, Sendable {
  /// Collect the young generation: mature terms go to the old block, the others to a new block.
  ///
  /// `newOldBlockWords` is the size of the old block to be made first, nothing where there is one.
  case minor(toSpaceWords: Int, newOldBlockWords: Int?)
  /// Collect both generations into one new young block.
  ///
  /// `failedMinor` says that a minor collection was due but had nowhere to go; observers are told
  /// of it as of a minor collection that reclaimed nothing. It leaves no old block behind.
  case fullSweep(toSpaceWords: Int, failedMinor: Bool)
}

/// Which rule decided the size of the young block after a collection.
public enum SizingRule: Equatable, Sendable, CaseIterable {
  /// The block is right as it is.
  case kept
  /// After a minor collection, what lives and what is needed did not fit.
  case grownAfterMinor
  /// After a minor collection, a large block was less than a quarter full.
  case shrunkAfterMinor
  /// After a full sweep, what lives and what is needed did not fit.
  case grownAfterFullSweep
  /// After a full sweep the block was more than three quarters full: the next full sweep grows it.
  case growthPostponed
  /// The full sweep took a larger space because the one before it had postponed the growth.
  case grownAsPostponed
  /// After a full sweep, the block was less than a quarter full.
  case shrunkAfterFullSweep
  /// What is to be left free was not: ``GrowthPolicy/freeWords``.
  case grownToBound
  /// More was left free than is to be.
  case shrunkToBound
  /// The process goes to sleep, or is idle: the block holds what lives and no more.
  case trimmed
}

/// What becomes of the young block after a collection.
public struct ResizeDecision: Equatable, Sendable {
  /// The block's new size, or nothing where it stays as it is.
  public var newBlockWords: Int?
  /// The rule that fired.
  public var rule: SizingRule
  /// What the process must remember as ``CollectionState/growAtNextFullSweep``.
  public var growAtNextFullSweep: Bool

  /// Makes a decision.
  public init(newBlockWords: Int?, rule: SizingRule, growAtNextFullSweep: Bool) {
    self.newBlockWords = newBlockWords
    self.rule = rule
    self.growAtNextFullSweep = growAtNextFullSweep
  }
}

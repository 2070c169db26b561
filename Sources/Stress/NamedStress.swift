/// Something that is broken on purpose for as long as one likes: `tenure stress NAME`.
///
/// A new one is a new file and a line in ``all``.
public struct NamedStress: Sendable {
  /// What the command line calls it.
  public let name: String
  /// What it tries, in a few words.
  public let summary: String
  /// Runs the round that a seed decides; returns what went wrong, or nothing.
  public let round: @Sendable (_ seed: UInt64) -> String?

  /// Makes one.
  public init(
    _ name: String, _ summary: String, round: @escaping @Sendable (_ seed: UInt64) -> String?
  ) {
    self.name = name
    self.summary = summary
    self.round = round
  }

  /// All there are.
  public static let all: [NamedStress] = [heap, worlds, carriers, ets]
}

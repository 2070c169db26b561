/// Something that is broken on purpose for as long as one likes: `tenure stress NAME`.
///
/// A new one is a new file and a line in ``all``.
public struct NamedStress: Sendable {
  /// What the command line calls it.
  public let name: String
  /// What it tries, in a few words.
  public let summary: String
  /// How many threads a round has where one may say so; nothing where its seed decides.
  public let threads: Int?
  /// How many seeds there are to all of it, where it is no matter of chance.
  public let sliceCount: Int?
  private let run: @Sendable (_ seed: UInt64, _ threads: Int) -> String?

  /// Makes one whose rounds their seeds alone decide.
  public init(
    _ name: String, _ summary: String, sliceCount: Int? = nil,
    round: @escaping @Sendable (_ seed: UInt64) -> String?
  ) {
    self.name = name
    self.summary = summary
    self.sliceCount = sliceCount
    threads = nil
    run = { seed, _ in round(seed) }
  }

  /// Makes one whose rounds have so many threads unless somebody wants others.
  public init(
    _ name: String, _ summary: String, threads: Int,
    round: @escaping @Sendable (_ seed: UInt64, _ threads: Int) -> String?
  ) {
    self.name = name
    self.summary = summary
    sliceCount = nil
    self.threads = threads
    run = round
  }

  /// Runs the round that a seed decides.
  /// - Parameter threads: how many; by default ``threads``.
  /// - Returns: what went wrong, or nothing.
  public func round(_ seed: UInt64, threads: Int? = nil) -> String? {
    run(seed, threads ?? self.threads ?? 0)
  }

  /// What rounds that found nothing wrong have shown.
  public func verdict(rounds: UInt64) -> String {
    guard let sliceCount else { return "nothing wrong" }
    return "nothing wrong in \(min(rounds, UInt64(sliceCount))) of \(sliceCount) slices"
  }

  /// All there are.
  public static let all: [NamedStress] = [heap, worlds, carriers, ets, messages]
}

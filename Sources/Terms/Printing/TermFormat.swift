/// What the text of a term looks like: the forms of `~w`, `~p`, `~W` and `~P` in OTP 25, and of
/// `~tw` and the like.
///
/// ```swift
/// printer.text(of: term, as: .pretty(lineWidth: 40, depth: 10))  // io_lib:format("~40P", [T, 10])
/// ```
public struct TermFormat: Equatable, Sendable {
  /// The characters that stand in a text as they are.
  public enum Characters: Sendable {
    /// Up to U+00FF; those above are `\x{3B1}` in atoms, and make a list no string.
    case latin1
    /// All of Unicode.
    case unicode
  }

  /// How a pretty text is broken into lines.
  struct Pretty: Equatable {
    /// The columns of a line, or 0 for lines without end.
    var lineWidth: Int
    /// The column of the first character, from 1.
    var column: Int
    /// Whether lists and binaries of printable characters are strings in quotes.
    var findsStrings: Bool
    /// Which characters are printable, where the text may have any.
    var printable: Characters
  }

  /// Nothing for the plain form.
  let pretty: Pretty?
  /// How far terms in terms are written.
  let depth: Int
  /// The characters that the text may have.
  let characters: Characters

  /// From this depth on a term is written whole: no term is so deep.
  static var unlimitedDepth: Int { 1 << 48 }

  private init(pretty: Pretty?, depth: Int?, characters: Characters) {
    self.pretty = pretty
    if let depth, 0..<Self.unlimitedDepth ~= depth {
      self.depth = depth
    } else {
      self.depth = 2 * Self.unlimitedDepth
    }
    self.characters = characters
  }

  /// The form of `~w`, or of `~W` with a depth: numbers, names and brackets in one line.
  ///
  /// - Parameters:
  ///   - depth: how many levels of a term are written, and how many elements of each, before `...`
  ///     stands for the rest; all where it is `nil` or negative.
  ///   - characters: `.unicode` for `~tw` and `~tW`.
  public static func write(
    depth: Int? = nil, characters: Characters = .latin1
  ) -> TermFormat {
    TermFormat(pretty: nil, depth: depth, characters: characters)
  }

  /// The form of `~p`, or of `~P` with a depth: strings in quotes, lines broken and indented.
  ///
  /// - Parameters:
  ///   - lineWidth: the columns of a line, `~40p`'s number; 0 for one line of any length.
  ///   - column: where the first character will stand, from 1; further lines are indented to it.
  ///   - depth: how many levels of a term are written, and how many elements of each, before `...`
  ///     stands for the rest; all where it is `nil` or negative.
  ///   - characters: `.unicode` for `~tp` and `~tP`.
  ///   - printable: the characters that strings of `~tp` may have, which `io:printable_range/0`
  ///     tells in Erlang.
  ///   - findsStrings: `false` for `~lp`, which shows strings as lists of integers.
  public static func pretty(
    lineWidth: Int = 80, column: Int = 1, depth: Int? = nil, characters: Characters = .latin1,
    printable: Characters = .latin1, findsStrings: Bool = true
  ) -> TermFormat {
    let pretty = Pretty(
      lineWidth: max(0, lineWidth), column: max(1, column), findsStrings: findsStrings,
      printable: characters == .latin1 ? .latin1 : printable)
    return TermFormat(pretty: pretty, depth: depth, characters: characters)
  }
}

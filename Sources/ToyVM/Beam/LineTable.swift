/// Which place in a source file each `line` instruction means.
struct LineTable: Equatable, Sendable {
  /// A line of a file.
  struct Location: Equatable, Sendable {
    /// The index of the file's name in ``LineTable/files``.
    let file: Int
    /// The number of the line, from 1.
    let line: Int
  }

  /// The names of source files; the first is the module's own, made of its name.
  var files: [String]
  /// The places by the operand of the `line` instruction; the first means that no place is known.
  var locations = [Location(file: 0, line: 0)]

  /// Makes the table of a module that has no lines.
  init(module: String) { files = [module + ".erl"] }

  /// The place that a `line` instruction means; the unknown one for an operand of no meaning.
  func location(_ operand: Int) -> Location {
    locations.indices.contains(operand) ? locations[operand] : locations[0]
  }

  /// Reads the chunk: a header, compact terms for the places (an integer is a line, an atom
  /// another file for those that follow), then the files' names.
  ///
  /// A chunk of an unknown version is ignored: lines are needed for stack traces only.
  mutating func read(_ chunk: BeamReader) throws(BeamError) {
    var chunk = chunk
    guard try chunk.word() == 0 else { return }
    _ = try chunk.skip(8)  // Flags, and the number of line instructions.
    let locationCount = try chunk.word()
    let fileCount = try chunk.word()
    guard locationCount <= chunk.remaining, fileCount <= chunk.remaining / 2 else {
      throw chunk.corrupt(
        "\(locationCount) lines and \(fileCount) files in \(chunk.remaining) bytes", at: 12)
    }
    locations.reserveCapacity(locationCount + 1)
    var file = 0
    while locations.count <= locationCount {
      let at = chunk.offset
      let (tag, value) = try chunk.compactTag()
      switch (tag, value) {
      case (.integer, .small(let line)) where line >= 0:
        locations.append(Location(file: file, line: line))
      case (.atom, .small(let index)):
        guard index <= fileCount else { throw chunk.corrupt("the file \(index)", at: at) }
        file = index
      default: throw chunk.corrupt("neither a line nor a file", at: at)
      }
    }
    files.reserveCapacity(fileCount + 1)
    for _ in 0..<fileCount {
      files.append(try chunk.text(byteCount: try chunk.number(byteCount: 2)))
    }
  }
}

/// Decides where the one-line text of a term breaks into lines, as `io_lib_pretty` of OTP 25 does.
///
/// A part that fits on the rest of its line stays whole. The elements of one that does not stand
/// side by side as long as they are words that fit, and each other begins a line of its own, under
/// the first. What follows the tag of a tuple is indented behind the tag if no tag of the text then
/// ends in the right half of the line; else by 4 columns at most, or if that is too much, by 1.
///
/// Each part is looked at once for each of these; a part that fits, without its parts.
struct LineLayout: ~Copyable {
  private let parts: PartTape
  private let text: [UInt8]
  private let pretty: TermFormat.Pretty
  /// The characters of the whole text.
  private let total: Int
  private var outerRows: PendingRows
  private var breaks: LineBreaks

  /// How far tuples are indented behind their tags: nothing for as far as the tag is long.
  private var tagIndent: Int?
  /// Whether breaks are recorded; else the way is only tried.
  private var isRecording = false
  /// Whether a tag ended in the right half of a line.
  private var isTooFarRight = false

  /// - Parameters:
  ///   - parts: those of the one-line text.
  ///   - text: holds that text.
  init(
    _ parts: consuming PartTape, of text: [UInt8], _ pretty: TermFormat.Pretty,
    _ scratch: any ScratchProvider
  ) {
    total = parts.length(of: 0)
    self.parts = parts
    self.text = text
    self.pretty = pretty
    outerRows = PendingRows(scratch)
    breaks = LineBreaks(scratch)
  }

  /// The breaks in the order of the text.
  consuming func findBreaks() throws(ScratchExhausted) -> LineBreaks {
    if fits(total, column: pretty.column, closers: 0, used: 0) { return breaks }
    if try !tries(tagIndent: nil), try !tries(tagIndent: 4) { tagIndent = 1 }
    isRecording = true
    try walk()
    return breaks
  }

  /// Whether no tag is too far right with an indentation.
  private mutating func tries(tagIndent indent: Int?) throws(ScratchExhausted) -> Bool {
    tagIndent = indent
    isTooFarRight = false
    try walk()
    return !isTooFarRight
  }

  private mutating func walk() throws(ScratchExhausted) {
    outerRows.removeAll()
    guard var row = try begin(0, column: pretty.column, closers: 0, used: 0) else { return }
    while !isTooFarRight || isRecording {
      if row.next == row.end {
        guard let outer = outerRows.pop() else { return }
        row = outer
      } else if let inner = try row.isPair ? placeInPair(&row) : place(&row) {
        try outerRows.push(row)
        row = inner
      }
    }
  }

  /// Whether a part stands on the rest of a line.
  /// - Parameters:
  ///   - closers: the brackets that close behind it.
  ///   - used: the characters in front of it on the line.
  private func fits(_ length: Int, column: Int, closers: Int, used: Int) -> Bool {
    length < pretty.lineWidth - column - closers && length + used + closers <= total
  }
}

// MARK: - Rows

extension LineLayout {
  /// Begins a part that stands at a column.
  /// - Returns: its parts, if it does not fit and they are to be placed.
  private mutating func begin(
    _ part: Int, column: Int, closers: Int, used: Int
  ) throws(ScratchExhausted) -> PartRow? {
    if fits(parts.length(of: part), column: column, closers: closers, used: used) { return nil }
    var row = PartRow(
      next: part + 1, end: parts.next(after: part), left: column + 1, column: column + 1,
      closers: closers, used: used + 1)
    switch parts.kind(of: part) {
    case .list, .tuple: break
    case .taggedTuple: placeTag(&row)
    case .map:
      row.left = column + 2
      row.column = row.left
    case .bytes:
      if isRecording { try breakBytes(part, column: column + 2, closers: closers, used: used) }
      return nil
    case .word, .dots, .pair: return nil
    }
    return row
  }

  private mutating func placeTag(_ row: inout PartRow) {
    let tag = parts.length(of: row.next)
    row.next = parts.next(after: row.next)
    // The row's column is behind the bracket.
    row.column += tag + 1
    row.used += tag
    var limit = pretty.lineWidth / 2
    if let tagIndent, tag + 2 > tagIndent {
      row.left += tagIndent - 1
      row.isFirst = false
    } else {
      row.left = row.column
      row.used += 1
      limit -= 1
    }
    if row.left > limit && total + row.left > pretty.lineWidth { isTooFarRight = true }
  }

  /// Places the next part of a list, tuple or map.
  /// - Returns: its parts, if they are to be placed.
  private mutating func place(_ row: inout PartRow) throws(ScratchExhausted) -> PartRow? {
    let part = row.next
    row.next = parts.next(after: part)
    if parts.kind(of: part) == .dots { return nil }
    if parts.isTail(part) { return try placeTail(part, row) }
    let length = parts.length(of: part)
    let isWord = isWord(part)
    let closers = isLast(row) ? row.closers + 1 : 0
    if !row.isFirst {
      // With the comma in front, and one behind where no bracket follows.
      let needed = length + 1
      if isWord, fits(needed, column: row.column, closers: max(1, closers), used: row.used) {
        row.column += needed
        row.used += needed
        return nil
      }
      try breakLine(before: part, column: row.left)
      row.used = 0
    }
    row.isFirst = false
    let used = row.used
    let isWhole = fits(length, column: row.left, closers: closers, used: used)
    // Behind what is no word or too long, a line begins.
    let placed = isWord && isWhole ? length : pretty.lineWidth
    row.column = row.left + placed
    row.used += placed
    if isWhole { return nil }
    if parts.kind(of: part) == .pair {
      return PartRow(
        next: part + 1, end: row.next, left: row.left, column: row.left, closers: closers,
        used: used, isPair: true)
    }
    return try begin(part, column: row.left, closers: closers, used: used)
  }

  /// Places the key of a pair that does not fit, or its value, which then begins a line.
  private mutating func placeInPair(_ row: inout PartRow) throws(ScratchExhausted) -> PartRow? {
    let part = row.next
    row.next = parts.next(after: part)
    if row.isFirst {
      row.isFirst = false
      return try begin(part, column: row.left, closers: row.closers, used: row.used)
    }
    let column = row.left + (tagIndent ?? 4)
    try breakLine(before: part, column: column, replacesSpace: true)
    return try begin(part, column: column, closers: row.closers, used: 0)
  }

  /// Places what stands behind the `|` of a list.
  private mutating func placeTail(
    _ part: Int, _ row: PartRow
  ) throws(ScratchExhausted) -> PartRow? {
    let closers = row.closers + 1
    let needed = parts.length(of: part) + 1
    if isWord(part), fits(needed, column: row.column, closers: closers, used: row.used) {
      return nil
    }
    try breakLine(before: part, column: row.left)
    // Where the way is only tried, the tail is taken to go on in the line: so in OTP 25.
    let column = isRecording ? row.left : row.column
    return try begin(part, column: column, closers: closers, used: 0)
  }

  /// Whether no further element follows; dots and the tail of a list are none.
  private func isLast(_ row: PartRow) -> Bool {
    row.next == row.end || parts.isTail(row.next) || parts.kind(of: row.next) == .dots
  }

  /// Whether a part is a text that is never broken, or a pair of two such.
  private func isWord(_ part: Int) -> Bool {
    let kind = parts.kind(of: part)
    if kind != .pair { return kind == .word }
    return parts.kind(of: part + 1) == .word
      && parts.kind(of: parts.next(after: part + 1)) == .word
  }
}

// MARK: - Breaks

extension LineLayout {
  private mutating func breakLine(
    before part: Int, column: Int, replacesSpace: Bool = false
  ) throws(ScratchExhausted) {
    guard isRecording else { return }
    try breaks.append(
      offset: parts.start(of: part), indentation: column - 1, replacesSpace: replacesSpace)
  }

  /// Breaks the bytes of a binary into lines of at least 8 columns.
  private mutating func breakBytes(
    _ part: Int, column: Int, closers: Int, used: Int
  ) throws(ScratchExhausted) {
    let width = max(8, min(pretty.lineWidth - column, total - 4 - used) - closers)
    var left = width
    var start = parts.start(of: part) + 2
    let end = start + parts.length(of: part) - 4
    while start < end {
      // With the comma behind it.
      var next = start
      while next < end && text[next] != UInt8(ascii: ",") { next += 1 }
      if next < end { next += 1 }
      if left < next - start {
        try breaks.append(offset: start, indentation: column - 1)
        left = width
      }
      left -= next - start
      start = next
    }
  }
}

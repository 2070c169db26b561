import Tenure

/// A match, to be told as a term.
struct RegexResult {
  /// Where each group begins and ends.
  let slots: [Int]
  let selection: RegexSelection
  /// The subject, where it is not the binary in x0.
  let text: [UInt8]?
  let isUnicode: Bool

  /// `{match, Groups}`, or `match` where none is wanted.
  func term(_ interpreter: Interpreter, _ x: Arguments) -> Term {
    guard let match = interpreter.atom("match") else { return .none }
    guard let ranges else { return match }
    var characters: [[UInt32]] = []
    var words = 3
    for range in ranges {
      switch selection.form {
      case .index: words += 2 + 3
      case .binary: words += 2 + WordCursor.mostWordsOfPart
      case .list:
        characters.append(range.map { self.characters($0, interpreter, x) } ?? [])
        words += 2 + 2 * (characters.last?.count ?? 0)
      }
    }
    guard interpreter.ensure(words, live: 1) else { return .none }
    var list = Term.nil
    for (index, range) in ranges.enumerated().reversed() {
      let item: Term
      switch selection.form {
      case .index:
        item = interpreter.build {
          $0.makeTuple(.small(range?.lowerBound ?? -1), .small(range?.count ?? 0))
        }
      case .binary: item = binary(range ?? 0..<0, interpreter, x)
      case .list:
        item = interpreter.build { cursor in
          cursor.makeList(characters[index].map { .small(Int($0)) })
        }
      }
      if item.isNone { return .none }
      list = interpreter.build { $0.makeCons(item, list) }
    }
    return interpreter.build { $0.makeTuple(match, list) }
  }

  /// The places of the groups that are wanted, nothing for one that has not matched; nothing at all
  /// where none is wanted.
  private var ranges: [Range<Int>?]? {
    func range(_ group: Int) -> Range<Int>? {
      guard slots[2 * group + 1] >= 0 else { return nil }
      // `\K` in what looks ahead may move the beginning behind the end.
      return min(slots[2 * group], slots[2 * group + 1])..<slots[2 * group + 1]
    }
    switch selection.groups {
    case .none: return nil
    case .first: return [range(0)]
    case .all(let first):
      let last = stride(from: slots.count / 2 - 1, to: 0, by: -1).first { range($0) != nil } ?? 0
      return first > last ? [] : (first...last).map(range)
    case .some(let groups): return groups.map { $0.lazy.compactMap(range).first }
    }
  }

  private func bytes(
    _ range: Range<Int>, _ interpreter: Interpreter, _ x: Arguments
  ) -> [UInt8] {
    if let text { return Array(text[range]) }
    return interpreter.withBytes(of: x[0]) { Array($0[range]) }
  }

  private func characters(
    _ range: Range<Int>, _ interpreter: Interpreter, _ x: Arguments
  ) -> [UInt32] {
    let bytes = bytes(range, interpreter, x)
    guard isUnicode else { return bytes.map(UInt32.init) }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
  }

  /// A part of the subject, within what was ensured.
  private func binary(
    _ range: Range<Int>, _ interpreter: Interpreter, _ x: Arguments
  ) -> Term {
    guard text == nil, !range.isEmpty else {
      return interpreter.makeBinaryWithin(range.isEmpty ? [] : bytes(range, interpreter, x))
    }
    let (original, offset) = x[0].bitOrigin
    return interpreter.build { cursor in
      cursor.makePart(
        of: original, bitOffset: offset + 8 * range.lowerBound, bitCount: 8 * range.count)
    }
  }
}

import Glibc
import Tenure

/// Natives of module `binary` that look for patterns.
///
/// A compiled pattern is `{bm, Pattern}` or `{ac, Patterns}`: what ERTS keeps behind a reference
/// stands in the term here, for there is little to prepare.
var binarySearchNatives: [Native] {
  [
    Native("binary", "compile_pattern", 1, compile),
    Native("binary", "match", 2) { interpreter, x in match(interpreter, x, options: .nil) },
    Native("binary", "match", 3) { interpreter, x in match(interpreter, x, options: x[2]) },
    Native("binary", "matches", 2) { interpreter, x in matches(interpreter, x, options: .nil) },
    Native("binary", "matches", 3) { interpreter, x in matches(interpreter, x, options: x[2]) },
    Native("binary", "split", 2) { interpreter, x in split(interpreter, x, options: .nil) },
    Native("binary", "split", 3) { interpreter, x in split(interpreter, x, options: x[2]) },
  ]
}

// MARK: - Patterns

/// Byte strings to look for.
struct BytePatterns {
  private let patterns: [[UInt8]]
  /// The patterns that begin with a byte, the longest first.
  private let byFirst: [[Int]]

  init(_ patterns: [[UInt8]]) {
    self.patterns = patterns
    var byFirst: [[Int]] = patterns.count == 1 ? [] : Array(repeating: [], count: 256)
    if patterns.count > 1 {
      for (index, pattern) in patterns.enumerated() { byFirst[Int(pattern[0])].append(index) }
      for byte in byFirst.indices {
        byFirst[byte].sort { patterns[$0].count > patterns[$1].count }
      }
    }
    self.byFirst = byFirst
  }

  /// The first place that a pattern stands at, the longest of those there.
  ///
  /// - Complexity: O(bytes * longest pattern) at worst, O(bytes) where few places begin as a
  ///   pattern does.
  func first(in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int>? {
    guard let base = bytes.baseAddress, !range.isEmpty else { return nil }
    if patterns.count == 1 {
      let pattern = patterns[0]
      var start = range.lowerBound
      while range.upperBound - start >= pattern.count {
        let places = range.upperBound - start - pattern.count + 1
        guard let found = memchr(base + start, Int32(pattern[0]), places) else { return nil }
        let place = UnsafeRawPointer(found) - base
        if memcmp(found, pattern, pattern.count) == 0 { return place..<place + pattern.count }
        start = place + 1
      }
      return nil
    }
    for place in range {
      for index in byFirst[Int(bytes[place])] {
        let pattern = patterns[index]
        if pattern.count <= range.upperBound - place,
          memcmp(base + place, pattern, pattern.count) == 0
        {
          return place..<place + pattern.count
        }
      }
    }
    return nil
  }
}

extension Interpreter {
  /// The patterns of a term: a binary, a list of some, or a compiled pattern; none is empty.
  fileprivate func patterns(_ term: Term) -> BytePatterns? {
    var term = term
    if term.isTuple(arity: 2) {
      let name = term.tupleElements[0]
      guard name.isAtom, ["bm", "ac"].contains(atoms.name(of: name)) else { return nil }
      term = term.tupleElements[1]
    }
    if let bytes = bytes(ofBinary: term) { return bytes.isEmpty ? nil : BytePatterns([bytes]) }
    var patterns: [[UInt8]] = []
    var rest = term
    while rest.isCons {
      guard let bytes = bytes(ofBinary: rest.cons[0]), !bytes.isEmpty else { return nil }
      patterns.append(bytes)
      rest = rest.cons[1]
    }
    return rest.isNil && !patterns.isEmpty ? BytePatterns(patterns) : nil
  }

  /// Option lists of a search: the part of the binary that is looked at, and what else stands there.
  fileprivate func searchOptions(
    _ options: Term, of binary: Term, others: inout Set<String>
  ) -> Range<Int>? {
    var range = 0..<binary.bitRange.byteCount
    var rest = options
    while rest.isCons {
      let option = rest.cons[0]
      if option.isAtom {
        let name = atoms.name(of: option)
        guard ["global", "trim", "trim_all"].contains(name), !others.contains("none") else {
          return nil
        }
        others.insert(name)
      } else {
        guard option.isTuple(arity: 2), option.tupleElements[0].isAtom,
          atoms.name(of: option.tupleElements[0]) == "scope",
          option.tupleElements[1].isTuple(arity: 2)
        else { return nil }
        let place = option.tupleElements[1].tupleElements
        guard let part = byteRange(place[0], place[1], of: binary) else { return nil }
        range = part
      }
      rest = rest.cons[1]
    }
    return rest.isNil ? range : nil
  }
}

private func compile(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard !x[0].isTuple, interpreter.patterns(x[0]) != nil,
    let name = interpreter.atom(x[0].isBinary ? "bm" : "ac")
  else { return interpreter.badArgument() }
  return interpreter.makeTuple(arity: 2, live: 1) { elements in
    elements[0] = name
    elements[1] = x[0]
  }
}

// MARK: - Matches

/// Finds the places in x0 of the patterns in x1; nothing after an exception was made pending.
private func places(
  _ interpreter: Interpreter, _ x: Arguments, options: Term, allows: Set<String>, isGlobal: Bool
) -> (places: [Range<Int>], options: Set<String>)? {
  var others: Set<String> = []
  guard x[0].isBinary, let patterns = interpreter.patterns(x[1]),
    let range = interpreter.searchOptions(options, of: x[0], others: &others),
    others.isSubset(of: allows)
  else {
    _ = interpreter.badArgument()
    return nil
  }
  let findsAll = isGlobal || others.contains("global")
  var places: [Range<Int>] = []
  interpreter.withBytes(of: x[0]) { bytes in
    var start = range.lowerBound
    while let found = patterns.first(in: bytes, start..<range.upperBound) {
      places.append(found)
      if !findsAll { break }
      start = found.upperBound
    }
  }
  return (places, others)
}

private func match(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  guard
    let found = places(interpreter, x, options: options, allows: [], isGlobal: false)
  else { return .none }
  guard let place = found.places.first else { return interpreter.atom("nomatch") ?? .none }
  return interpreter.makeTuple(arity: 2, live: 0) { elements in
    elements[0] = .small(place.lowerBound)
    elements[1] = .small(place.count)
  }
}

private func matches(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  guard let found = places(interpreter, x, options: options, allows: [], isGlobal: true),
    interpreter.ensure(5 * found.places.count, live: 0)
  else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    for place in found.places.reversed() {
      let tuple = cursor.makeTuple(.small(place.lowerBound), .small(place.count))
      list = cursor.makeCons(tuple, list)
    }
    return list
  }
}

private func split(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  guard
    let found = places(
      interpreter, x, options: options, allows: ["global", "trim", "trim_all"], isGlobal: false)
  else { return .none }
  var parts: [Range<Int>] = []
  var start = 0
  for place in found.places {
    parts.append(start..<place.lowerBound)
    start = place.upperBound
  }
  parts.append(start..<x[0].bitRange.byteCount)
  if found.options.contains("trim_all") {
    parts.removeAll(where: \.isEmpty)
  } else if found.options.contains("trim") {
    while let last = parts.last, last.isEmpty { parts.removeLast() }
  }
  let words = parts.count * (2 + WordCursor.mostWordsOfPart)
  guard interpreter.ensure(words, live: 1) else { return .none }
  let (original, offset) = x[0].bitOrigin
  return interpreter.build { cursor in
    if found.places.isEmpty { return parts.isEmpty ? .nil : cursor.makeCons(x[0], .nil) }
    var list = Term.nil
    for part in parts.reversed() {
      let term = cursor.makePart(
        of: original, bitOffset: offset + 8 * part.lowerBound, bitCount: 8 * part.count)
      list = cursor.makeCons(term, list)
    }
    return list
  }
}

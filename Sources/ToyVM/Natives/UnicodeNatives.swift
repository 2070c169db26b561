import Tenure

/// Natives of module `unicode`, and those of `string` that read numbers.
var unicodeNatives: [Native] {
  [
    Native("unicode", "characters_to_binary", 2) { interpreter, x in
      convert(interpreter, x, toList: false)
    },
    Native("unicode", "characters_to_list", 2) { interpreter, x in
      convert(interpreter, x, toList: true)
    },
    Native("unicode", "bin_is_7bit", 1) { interpreter, x in
      guard x[0].isBinary else { return .boolean(false) }
      return .boolean(interpreter.withBytes(of: x[0]) { $0.allSatisfy { $0 < 128 } })
    },
  ]
}

/// Characters out of lists of lists, code points and binaries.
private struct CharacterReader: ~Copyable {
  enum End {
    case complete
    /// What is no character, and all behind it.
    case error(rest: Rest)
    /// The bytes that begin a character, with nothing behind them.
    case incomplete([UInt8])
    /// The data is none.
    case badArgument
  }
  /// What was not read.
  struct Rest {
    /// Where the bytes that are no character stand.
    enum Place {
      /// There are none: a code point is none.
      case none
      /// In a binary that is an element of the first list, or its tail.
      case element, tail
      /// They began in another binary than the one at fault.
      case before
    }

    var bytes: [UInt8] = []
    var place = Place.none
    /// What comes behind, of the innermost list first.
    var lists: [Term] = []
  }

  let isLatin1: Bool
  var characters: [UInt32] = []
  /// The bytes at the end of a binary that begin a character.
  private var begun: [UInt8] = []

  init(isLatin1: Bool) { self.isLatin1 = isLatin1 }

  mutating func read(_ data: Term, _ interpreter: Interpreter) throws(ScratchExhausted) -> End {
    if let bytes = interpreter.bytes(ofBinary: data) {
      if let left = take(bytes) { return .error(rest: Rest(bytes: left, place: .tail)) }
      return begun.isEmpty ? .complete : .incomplete(begun)
    }
    guard data.isList else { return .badArgument }
    var outer: [Term] = []
    var rest = data
    while true {
      while rest.isCons {
        let (head, tail) = (rest.cons[0], rest.cons[1])
        if head.isSmall {
          // A character that is begun cannot go on with a code point.
          if !begun.isEmpty {
            return .error(
              rest: Rest(bytes: begun, place: .before, lists: [rest] + outer.reversed()))
          }
          guard let value = UInt32(exactly: head.smallValue), isCharacter(value) else {
            return .error(rest: Rest(lists: [rest] + outer.reversed()))
          }
          characters.append(value)
        } else if let bytes = interpreter.bytes(ofBinary: head) {
          let place = begun.isEmpty ? Rest.Place.element : .before
          if let left = take(bytes) {
            return .error(
              rest: Rest(bytes: left, place: place, lists: [tail] + outer.reversed()))
          }
        } else if head.isBigInteger {
          return .error(rest: Rest(lists: [rest] + outer.reversed()))
        } else if head.isList {
          outer.append(tail)
          rest = head
          continue
        } else {
          return .badArgument
        }
        rest = tail
      }
      if !rest.isNil {
        guard let bytes = interpreter.bytes(ofBinary: rest) else { return .badArgument }
        if let left = take(bytes) {
          return .error(rest: Rest(bytes: left, place: .tail, lists: outer.reversed()))
        }
      }
      guard let next = outer.popLast() else { break }
      rest = next
    }
    return begun.isEmpty ? .complete : .incomplete(begun)
  }

  private func isCharacter(_ value: UInt32) -> Bool {
    isLatin1 ? value < 256 : value <= 0x10_FFFF && !(0xD800...0xDFFF ~= value)
  }

  /// Reads bytes. Those from the first on that is in no character come back, if there is one.
  private mutating func take(_ bytes: [UInt8]) -> [UInt8]? {
    if isLatin1 {
      characters += bytes.lazy.map(UInt32.init)
      return nil
    }
    let all = begun.isEmpty ? bytes : begun + bytes
    begun = []
    return all.withUnsafeBytes { all in
      var place = 0
      while place < all.count {
        if let (value, count) = UTF8Decoding.decode(all, at: place) {
          characters.append(value)
          place += count
        } else if Self.mayGoOn(all[place...]) {
          begun = Array(all[place...])
          return nil
        } else {
          return Array(all[place...])
        }
      }
      return nil
    }
  }

  /// Whether bytes have the form of the beginning of a character: what follows could still show
  /// that it is none.
  private static func mayGoOn(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let length =
      switch bytes[bytes.startIndex] {
      case 0xC0...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF7: 4
      default: 0
      }
    return bytes.count < length && bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
  }
}

private func convert(_ interpreter: Interpreter, _ x: Arguments, toList: Bool) -> Term {
  guard x[1].isAtom else { return convertElsewhere(interpreter, toList: toList) }
  let isLatin1: Bool
  switch interpreter.atoms.name(of: x[1]) {
  case "latin1": isLatin1 = true
  case "utf8", "unicode": isLatin1 = false
  default: return convertElsewhere(interpreter, toList: toList)
  }
  if x[0].isBinary, !toList, !isLatin1,
    interpreter.withBytes(of: x[0], { UTF8Decoding.countCodePoints($0) != nil })
  {
    return x[0]
  }
  do {
    var reader = CharacterReader(isLatin1: isLatin1)
    let end = try reader.read(x[0], interpreter)
    let text = toList ? [] : utf8(reader.characters)
    let words: Int
    switch end {
    case .complete:
      return toList
        ? interpreter.makeList(reader.characters, live: 0)
        : interpreter.makeBinary(text, live: 0)
    case .badArgument: return interpreter.badArgument()
    case .incomplete: words = 0
    case .error(let rest): words = 2 * (2 + rest.lists.count)
    }
    guard
      interpreter.ensure(
        words + 2 * reader.characters.count + 2 * WordCursor.mostWordsOfPart + 4, live: 1)
    else { return .none }
    // What was not read stands elsewhere after a collection: it is found again.
    reader = CharacterReader(isLatin1: isLatin1)
    switch try reader.read(x[0], interpreter) {
    case .incomplete(let bytes):
      return fail(interpreter, "incomplete", reader.characters, text: toList ? nil : text) {
        interpreter.makeBinaryWithin(bytes)
      }
    case .error(let rest):
      return fail(interpreter, "error", reader.characters, text: toList ? nil : text) {
        remainder(interpreter, rest)
      }
    case .complete, .badArgument: return interpreter.badArgument()
    }
  } catch {
    return interpreter.exhausted(error)
  }
}

/// Leaves other encodings to the module's own code, where there is some.
private func convertElsewhere(_ interpreter: Interpreter, toList: Bool) -> Term {
  guard let module = interpreter.atom("unicode"),
    let function = interpreter.atom(
      toList ? "characters_to_list_int" : "characters_to_binary_int")
  else { return .none }
  let entry = interpreter.code.export(
    FunctionName(module: module, function: function, arity: 2))
  guard (try? interpreter.code.resolve(entry)) == true else { return interpreter.badArgument() }
  interpreter.trap = entry
  return .none
}

private func utf8(_ characters: [UInt32]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(characters.count)
  for character in characters {
    guard let scalar = Unicode.Scalar(character), let code = UTF8.encode(scalar) else { continue }
    bytes.append(contentsOf: code)
  }
  return bytes
}

/// Builds `{Kind, Converted, Rest}` within what was ensured.
private func fail(
  _ interpreter: Interpreter, _ kind: String, _ characters: [UInt32], text: [UInt8]?,
  rest: () -> Term
) -> Term {
  guard let kind = interpreter.atom(kind) else { return .none }
  let rest = rest()
  let converted =
    text.map { interpreter.makeBinaryWithin($0) }
    ?? interpreter.build { $0.makeList(characters.map { .small(Int($0)) }) }
  if rest.isNone || converted.isNone { return .none }
  return interpreter.build { $0.makeTuple(kind, converted, rest) }
}

/// Builds the term of what was not read within what was ensured.
private func remainder(_ interpreter: Interpreter, _ rest: CharacterReader.Rest) -> Term {
  let bytes = rest.place == .none ? .nil : interpreter.makeBinaryWithin(rest.bytes)
  if bytes.isNone { return .none }
  return interpreter.build { cursor in
    var lists = rest.lists[...]
    var term: Term
    switch rest.place {
    case .tail: term = bytes
    case .element: term = cursor.makeCons(bytes, lists.popFirst() ?? .nil)
    case .none, .before: term = lists.popFirst() ?? .nil
    }
    for list in lists { term = cursor.makeCons(term, list) }
    if rest.place == .before { term = cursor.makeCons(bytes, cursor.makeCons(term, .nil)) }
    return term
  }
}

extension Interpreter {
  /// Characters out of lists of lists, code points and binaries, in UTF-8; nothing where the data is
  /// none of these.
  func utf8Bytes(ofCharacters data: Term, isLatin1: Bool) throws(ScratchExhausted) -> [UInt8]? {
    var reader = CharacterReader(isLatin1: isLatin1)
    guard case .complete = try reader.read(data, self) else { return nil }
    return utf8(reader.characters)
  }
}

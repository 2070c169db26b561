import Tenure

/// Natives that take a part of a binary.
var binaryPartNatives: [Native] {
  [
    Native("erlang", "binary_part", 2, partOfPlace), Native("binary", "part", 2, partOfPlace),
    Native("erlang", "binary_part", 3, part), Native("binary", "part", 3, part),
    Native("erlang", "split_binary", 2, split),
  ]
}

extension Term {
  /// The binary that a bit string is a part of, or itself, and where it begins there.
  var bitOrigin: (original: Term, offset: Int) {
    isBoxed(.subBinary)
      ? (SubBinary.original(at: boxed), SubBinary.bitOffset(at: boxed)) : (self, 0)
  }
}

extension Interpreter {
  /// The bytes that a start and a length say; a negative length counts back. Nothing where they
  /// are not all in the bit string.
  func byteRange(_ start: Term, _ length: Term, of bits: Term) -> Range<Int>? {
    guard bits.isBitString, start.isSmall, length.isSmall else { return nil }
    let (end, overflow) = start.smallValue.addingReportingOverflow(length.smallValue)
    let count = bits.bitRange.bitCount >> 3
    guard !overflow, 0...count ~= start.smallValue, 0...count ~= end else { return nil }
    return min(start.smallValue, end)..<max(start.smallValue, end)
  }

  /// Builds a part of the binary in an X register.
  func makePart(ofX index: Int, _ range: Range<Int>, live: Int) -> Term {
    guard ensure(WordCursor.mostWordsOfPart, live: live) else { return .none }
    let (original, offset) = x[index].bitOrigin
    return build {
      $0.makePart(
        of: original, bitOffset: offset + 8 * range.lowerBound, bitCount: 8 * range.count)
    }
  }
}

private func part(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let range = interpreter.byteRange(x[1], x[2], of: x[0]) else {
    return interpreter.badArgument()
  }
  return interpreter.makePart(ofX: 0, range, live: 1)
}

private func partOfPlace(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isTuple(arity: 2),
    let range = interpreter.byteRange(x[1].tupleElements[0], x[1].tupleElements[1], of: x[0])
  else { return interpreter.badArgument() }
  return interpreter.makePart(ofX: 0, range, live: 1)
}

/// What stands behind whole bytes goes with the second part.
private func split(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isBitString, x[1].isSmall, 0...(x[0].bitRange.bitCount >> 3) ~= x[1].smallValue else {
    return interpreter.badArgument()
  }
  guard interpreter.ensure(3 + 2 * WordCursor.mostWordsOfPart, live: 2) else { return .none }
  let (original, offset) = x[0].bitOrigin
  let (count, place) = (x[0].bitRange.bitCount, 8 * x[1].smallValue)
  return interpreter.build { cursor in
    let left = cursor.makePart(of: original, bitOffset: offset, bitCount: place)
    let right = cursor.makePart(of: original, bitOffset: offset + place, bitCount: count - place)
    return cursor.makeTuple(left, right)
  }
}

import Tenure

/// Natives of module `binary` on one binary. Parts are among ``binaryPartNatives``, the search
/// among ``binarySearchNatives``.
var binaryNatives: [Native] {
  [
    Native("binary", "at", 2) { interpreter, x in
      guard x[0].isBinary, x[1].isSmall, 0..<x[0].bitRange.byteCount ~= x[1].smallValue else {
        return interpreter.badArgument()
      }
      return .small(Int(x[0].bitRange.byte(at: x[1].smallValue)))
    },
    Native("binary", "first", 1) { interpreter, x in
      guard x[0].isBinary, x[0].bitRange.byteCount > 0 else { return interpreter.badArgument() }
      return .small(Int(x[0].bitRange.byte(at: 0)))
    },
    Native("binary", "last", 1) { interpreter, x in
      guard x[0].isBinary, x[0].bitRange.byteCount > 0 else { return interpreter.badArgument() }
      return .small(Int(x[0].bitRange.byte(at: x[0].bitRange.byteCount - 1)))
    },
    Native("binary", "copy", 1) { interpreter, x in copy(interpreter, x, times: 1) },
    Native("binary", "copy", 2) { interpreter, x in
      guard x[1].isSmall, x[1].smallValue >= 0 else { return interpreter.badArgument() }
      return copy(interpreter, x, times: x[1].smallValue)
    },
    Native("binary", "bin_to_list", 1) { interpreter, x in
      guard x[0].isBinary else { return interpreter.badArgument() }
      return interpreter.binaryToList(x, 0..<x[0].bitRange.byteCount)
    },
    Native("binary", "bin_to_list", 2) { interpreter, x in
      guard x[0].isBinary, x[1].isTuple(arity: 2),
        let range = interpreter.byteRange(x[1].tupleElements[0], x[1].tupleElements[1], of: x[0])
      else { return interpreter.badArgument() }
      return interpreter.binaryToList(x, range)
    },
    Native("binary", "bin_to_list", 3) { interpreter, x in
      guard x[0].isBinary, let range = interpreter.byteRange(x[1], x[2], of: x[0]) else {
        return interpreter.badArgument()
      }
      return interpreter.binaryToList(x, range)
    },
    Native("binary", "list_to_bin", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.badArgument() }
      return interpreter.flatten(x, allowsBits: false)
    },
    Native("binary", "referenced_byte_size", 1) { interpreter, x in
      guard x[0].isBitString else { return interpreter.badArgument() }
      let (original, _) = x[0].bitOrigin
      return .small(
        original.isBoxed(.binaryHandle)
          ? BinaryHandle.binary(at: original.boxed).capacity : original.heapBinaryBytes.count)
    },
    Native("binary", "longest_common_prefix", 1) { interpreter, x in
      commonLength(interpreter, x) { index, _ in index }
    },
    Native("binary", "longest_common_suffix", 1) { interpreter, x in
      commonLength(interpreter, x) { index, count in count - 1 - index }
    },
    Native("binary", "encode_unsigned", 1) { interpreter, x in
      encodeUnsigned(interpreter, x, isLittle: false)
    },
    Native("binary", "encode_unsigned", 2) { interpreter, x in
      guard let isLittle = isLittle(x[1], interpreter) else { return interpreter.badArgument() }
      return encodeUnsigned(interpreter, x, isLittle: isLittle)
    },
    Native("binary", "decode_unsigned", 1) { interpreter, x in
      decodeUnsigned(interpreter, x, isLittle: false)
    },
    Native("binary", "decode_unsigned", 2) { interpreter, x in
      guard let isLittle = isLittle(x[1], interpreter) else { return interpreter.badArgument() }
      return decodeUnsigned(interpreter, x, isLittle: isLittle)
    },
  ]
}

private func copy(_ interpreter: Interpreter, _ x: Arguments, times: Int) -> Term {
  guard x[0].isBinary else { return interpreter.badArgument() }
  let (bits, overflow) = x[0].bitRange.bitCount.multipliedReportingOverflow(by: times)
  guard !overflow, bits < Interpreter.mostBits else { return interpreter.systemLimit() }
  guard let built = interpreter.makeBitString(bits: bits, live: 1) else { return .none }
  var writer = built.writer
  if bits > 0 {
    let range = x[0].bitRange
    for _ in 0..<times { writer.put(range) }
  }
  return built.term
}

/// The bytes at one end that all binaries of a list share.
private func commonLength(
  _ interpreter: Interpreter, _ x: Arguments, place: (_ index: Int, _ count: Int) -> Int
) -> Term {
  guard let count = interpreter.listLength(x[0]), count > 0, x[0].cons[0].isBinary else {
    return interpreter.badArgument()
  }
  let first = x[0].cons[0].bitRange
  var length = first.byteCount
  var rest = x[0].cons[1]
  while rest.isCons {
    guard rest.cons[0].isBinary else { return interpreter.badArgument() }
    let other = rest.cons[0].bitRange
    length = min(length, other.byteCount)
    var same = 0
    while same < length,
      first.byte(at: place(same, first.byteCount)) == other.byte(at: place(same, other.byteCount))
    {
      same += 1
    }
    length = same
    rest = rest.cons[1]
  }
  return .small(length)
}

// MARK: - Numbers

private func isLittle(_ term: Term, _ interpreter: Interpreter) -> Bool? {
  guard term.isAtom else { return nil }
  switch interpreter.atoms.name(of: term) {
  case "little": return true
  case "big": return false
  default: return nil
  }
}

private func encodeUnsigned(
  _ interpreter: Interpreter, _ x: Arguments, isLittle: Bool
) -> Term {
  guard x[0].isInteger, IntegerArithmetic.compare(x[0], .small(0)) >= 0 else {
    return interpreter.badArgument()
  }
  let bits: Int
  if x[0].isSmall {
    bits = max(1, Int.bitWidth - x[0].smallValue.leadingZeroBitCount)
  } else {
    let digits = x[0].bigIntegerDigits
    bits = 64 * digits.count - (digits.last ?? 0).leadingZeroBitCount
  }
  let whole = (bits + 7) & ~7
  guard let built = interpreter.makeBitString(bits: whole, live: 1) else { return .none }
  var writer = built.writer
  writer.put(x[0], bits: whole, isLittle ? .little : [])
  return built.term
}

private func decodeUnsigned(
  _ interpreter: Interpreter, _ x: Arguments, isLittle: Bool
) -> Term {
  guard x[0].isBinary else { return interpreter.badArgument() }
  return interpreter.makeInteger(live: 1, isLittle ? .little : []) { x[0].bitRange }
}

import Tenure

/// Natives of module `erlang` between bytes in lists and in binaries.
var byteNatives: [Native] {
  [
    Native("erlang", "binary_to_list", 1) { interpreter, x in
      guard x[0].isBinary else { return interpreter.badArgument() }
      return interpreter.binaryToList(x, 0..<x[0].bitRange.byteCount)
    },
    Native("erlang", "binary_to_list", 3, partToList),
    Native("erlang", "bitstring_to_list", 1, bitStringToList),
    Native("erlang", "list_to_binary", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.badArgument() }
      return interpreter.flatten(x, allowsBits: false)
    },
    Native("erlang", "list_to_bitstring", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.badArgument() }
      return interpreter.flatten(x, allowsBits: true)
    },
    Native("erlang", "iolist_to_binary", 1) { interpreter, x in
      x[0].isBinary ? x[0] : interpreter.flatten(x, allowsBits: false)
    },
    Native("erlang", "iolist_to_iovec", 1) { interpreter, x in
      let binary = x[0].isBinary ? x[0] : interpreter.flatten(x, allowsBits: false)
      if binary.isNone || binary.bitRange.bitCount == 0 { return binary.isNone ? .none : .nil }
      x[0] = binary
      guard interpreter.ensure(2, live: 1) else { return .none }
      return interpreter.build { $0.makeCons(x[0], .nil) }
    },
    Native("erlang", "iolist_size", 1) { interpreter, x in
      if x[0].isBinary { return .small(x[0].bitRange.byteCount) }
      guard let bits = interpreter.flatBits(x[0], allowsBits: false) else { return .none }
      return .small(bits >> 3)
    },
  ]
}

// MARK: - Lists of bytes

extension Interpreter {
  /// Builds the list of a range of the bytes in x0.
  func binaryToList(_ x: Arguments, _ range: Range<Int>) -> Term {
    guard ensure(2 * range.count, live: 1) else { return .none }
    return build { cursor in
      var list = Term.nil
      let bytes = x[0].bitRange
      for place in range.reversed() {
        list = cursor.makeCons(.small(Int(bytes.byte(at: place))), list)
      }
      return list
    }
  }
}

/// `binary_to_list(Binary, Start, Stop)`: both count from 1 and both are in.
private func partToList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isBinary, x[1].isSmall, x[2].isSmall else { return interpreter.badArgument() }
  let (start, stop) = (x[1].smallValue, x[2].smallValue)
  guard start >= 1, start <= stop, stop <= x[0].bitRange.byteCount else {
    return interpreter.badArgument()
  }
  return interpreter.binaryToList(x, (start - 1)..<stop)
}

/// The bytes, and the bits behind the last whole one as a bit string.
private func bitStringToList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isBitString else { return interpreter.badArgument() }
  let bits = x[0].bitRange
  let count = bits.bitCount >> 3
  guard interpreter.ensure(2 * count + 2 + WordCursor.mostWordsOfPart, live: 1) else {
    return .none
  }
  return interpreter.build { cursor in
    let bits = x[0].bitRange
    var list = Term.nil
    if bits.tailBits > 0 {
      let (original, offset) = x[0].bitOrigin
      let tail = cursor.makePart(
        of: original, bitOffset: offset + 8 * count, bitCount: bits.tailBits)
      list = cursor.makeCons(tail, list)
    }
    for place in (0..<count).reversed() {
      list = cursor.makeCons(.small(Int(bits.byte(at: place))), list)
    }
    return list
  }
}

// MARK: - Lists of lists, bytes and bit strings

/// Hands the bytes and bit strings of such a list to closures, in order.
///
/// - Returns: whether it was one.
private func visitBytes(
  _ interpreter: Interpreter, _ list: Term, byte: (UInt8) -> Void, bits: (BitRange) -> Void
) throws(ScratchExhausted) -> Bool {
  var pending = ScratchStack(provider: interpreter.scratch)
  try pending.push(list.bits)
  while let word = pending.pop() {
    var rest = Term(bits: word)
    while rest.isCons {
      let head = rest.cons[0]
      if head.isSmall {
        guard let value = UInt8(exactly: head.smallValue) else { return false }
        byte(value)
      } else if head.isCons {
        try pending.push(rest.cons[1].bits)
        rest = head
        continue
      } else if head.isBitString {
        bits(head.bitRange)
      } else if !head.isNil {
        return false
      }
      rest = rest.cons[1]
    }
    if rest.isBitString {
      bits(rest.bitRange)
    } else if !rest.isNil {
      return false
    }
  }
  return true
}

extension Interpreter {
  /// The bits of such a list; nothing after an exception was made pending.
  func flatBits(_ list: Term, allowsBits: Bool) -> Int? {
    var count = 0
    var isWhole = true
    do {
      let isWellFormed = try visitBytes(
        self, list, byte: { _ in count += 8 },
        bits: {
          count += $0.bitCount
          if $0.tailBits > 0 { isWhole = false }
        })
      if isWellFormed && (isWhole || allowsBits) { return count }
      _ = badArgument()
    } catch {
      _ = exhausted(error)
    }
    return nil
  }

  /// Builds the bit string of the list in x0.
  func flatten(_ x: Arguments, allowsBits: Bool) -> Term {
    guard let count = flatBits(x[0], allowsBits: allowsBits),
      let built = makeBitString(bits: count, live: 1)
    else { return .none }
    var writer = built.writer
    do {
      _ = try visitBytes(
        self, x[0], byte: { writer.put(UInt($0), bits: 8) }, bits: { writer.put($0) })
      return built.term
    } catch {
      return exhausted(error)
    }
  }

  /// The bytes of a binary or of a list of bytes and binaries; nothing after an exception was made
  /// pending.
  func bytes(ofData data: Term) -> [UInt8]? {
    if let bytes = bytes(ofBinary: data) { return bytes }
    var bytes: [UInt8] = []
    var isWhole = true
    do {
      let isWellFormed = try visitBytes(
        self, data, byte: { bytes.append($0) },
        bits: { bits in
          if bits.tailBits > 0 { isWhole = false }
          for index in 0..<bits.byteCount { bytes.append(bits.byte(at: index)) }
        })
      if isWellFormed && isWhole && !data.isBitString { return bytes }
      _ = badArgument()
    } catch {
      _ = exhausted(error)
    }
    return nil
  }
}

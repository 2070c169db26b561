import Tenure

/// Natives of module `erlang` between bytes in lists and in binaries.
var byteNatives: [Native] {
  [
    Native("erlang", "binary_to_list", 1) { interpreter, x in
      guard x[0].isHeapBinary else { return interpreter.badArgument() }
      return binaryToList(interpreter, x, 0..<x[0].heapBinaryBytes.count)
    },
    Native("erlang", "binary_to_list", 3, partToList),
    Native("erlang", "list_to_binary", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.badArgument() }
      return flatten(interpreter, x[0])
    },
    Native("erlang", "iolist_to_binary", 1) { interpreter, x in
      x[0].isHeapBinary ? x[0] : flatten(interpreter, x[0])
    },
    Native("erlang", "iolist_size", 1, flatSize),
    Native("erlang", "binary_part", 2) { interpreter, x in
      guard x[1].isTuple(arity: 2) else { return interpreter.badArgument() }
      return part(interpreter, x[0], x[1].tupleElements[0], x[1].tupleElements[1])
    },
    Native("erlang", "binary_part", 3) { interpreter, x in part(interpreter, x[0], x[1], x[2]) },
    Native("erlang", "split_binary", 2, split),
  ]
}

// MARK: - Lists of bytes

/// Builds the list of a range of the bytes in x0.
private func binaryToList(
  _ interpreter: Interpreter, _ x: Arguments, _ range: Range<Int>
) -> Term {
  guard interpreter.ensure(2 * range.count, live: 1) else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    let bytes = x[0].heapBinaryBytes
    for place in range.reversed() { list = cursor.makeCons(.small(Int(bytes[place])), list) }
    return list
  }
}

/// `binary_to_list(Binary, Start, Stop)`: both count from 1 and both are in.
private func partToList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isHeapBinary, x[1].isSmall, x[2].isSmall else { return interpreter.badArgument() }
  let (start, stop) = (x[1].smallValue, x[2].smallValue)
  guard start >= 1, start <= stop, stop <= x[0].heapBinaryBytes.count else {
    return interpreter.badArgument()
  }
  return binaryToList(interpreter, x, (start - 1)..<stop)
}

// MARK: - Lists of lists, bytes and binaries

/// Hands the bytes and binaries of such a list to closures, in order.
///
/// - Returns: whether it was one.
private func visitBytes(
  _ interpreter: Interpreter, _ list: Term, byte: (UInt8) -> Void,
  bytes: (UnsafeRawBufferPointer) -> Void
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
      } else if head.isHeapBinary {
        bytes(head.heapBinaryBytes)
      } else if !head.isNil {
        return false
      }
      rest = rest.cons[1]
    }
    if rest.isHeapBinary {
      bytes(rest.heapBinaryBytes)
    } else if !rest.isNil {
      return false
    }
  }
  return true
}

private func flatten(_ interpreter: Interpreter, _ list: Term) -> Term {
  var result: [UInt8] = []
  do {
    let isWellFormed = try visitBytes(
      interpreter, list, byte: { result.append($0) }, bytes: { result.append(contentsOf: $0) })
    return isWellFormed ? interpreter.makeBinary(result, live: 0) : interpreter.badArgument()
  } catch {
    return interpreter.exhausted(error)
  }
}

private func flatSize(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var size = 0
  do {
    let isWellFormed = try visitBytes(
      interpreter, x[0], byte: { _ in size += 1 }, bytes: { size += $0.count })
    return isWellFormed ? .small(size) : interpreter.badArgument()
  } catch {
    return interpreter.exhausted(error)
  }
}

// MARK: - Parts

/// Builds the part of a binary from a byte on; a negative length counts back.
private func part(
  _ interpreter: Interpreter, _ binary: Term, _ start: Term, _ length: Term
) -> Term {
  guard binary.isHeapBinary, start.isSmall, length.isSmall else {
    return interpreter.badArgument()
  }
  let bytes = binary.heapBinaryBytes
  let from = min(start.smallValue, start.smallValue + length.smallValue)
  let end = max(start.smallValue, start.smallValue + length.smallValue)
  guard from >= 0, end <= bytes.count else { return interpreter.badArgument() }
  return interpreter.makeBinary(Array(bytes[from..<end]), live: 0)
}

private func split(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isHeapBinary, x[1].isSmall, 0...x[0].heapBinaryBytes.count ~= x[1].smallValue else {
    return interpreter.badArgument()
  }
  let place = x[1].smallValue
  let first = Array(x[0].heapBinaryBytes[..<place])
  let second = Array(x[0].heapBinaryBytes[place...])
  let words =
    5 + Header.heapBinary(byteCount: first.count).arity
    + Header.heapBinary(byteCount: second.count).arity
  guard interpreter.ensure(words, live: 0) else { return .none }
  return interpreter.build { cursor in
    let left = first.withUnsafeBytes { cursor.makeHeapBinary($0) }
    let right = second.withUnsafeBytes { cursor.makeHeapBinary($0) }
    return cursor.makeTuple(left, right)
  }
}

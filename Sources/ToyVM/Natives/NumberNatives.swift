import Tenure

/// Natives of module `erlang` that make text of numbers and back. Rounding, `abs`, `min` and
/// `max` are among the guards' natives.
var erlangNumberNatives: [Native] {
  integerTextNatives + floatTextNatives
}

/// What a native makes its text into.
enum TextForm {
  case list, binary

  /// Builds the result of a native.
  func make(_ bytes: [UInt8], _ interpreter: Interpreter) -> Term {
    switch self {
    case .list: interpreter.makeList(bytes, live: 0)
    case .binary: interpreter.makeBinary(bytes, live: 0)
    }
  }

  /// The bytes of an argument in this form, or nothing for anything else.
  func bytes(_ term: Term, _ interpreter: Interpreter) -> [UInt8]? {
    switch self {
    case .list: interpreter.bytes(ofList: term)
    case .binary: interpreter.bytes(ofBinary: term)
    }
  }
}

extension Interpreter {
  /// The bytes that a proper list of small integers from 0 to 255 holds, or nothing.
  func bytes(ofList list: Term) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = list
    while rest.isCons {
      let head = rest.cons[0]
      guard head.isSmall, let byte = UInt8(exactly: head.smallValue) else { return nil }
      bytes.append(byte)
      rest = rest.cons[1]
    }
    return rest.isNil ? bytes : nil
  }
}

// MARK: - Integers

private var integerTextNatives: [Native] {
  let forms: [(String, String, TextForm)] = [
    ("integer_to_list", "list_to_integer", .list),
    ("integer_to_binary", "binary_to_integer", .binary),
  ]
  return forms.flatMap { toText, fromText, form in
    [
      Native("erlang", toText, 1) { interpreter, x in
        if form == .binary && x[0].isSmall { return decimal(interpreter, x[0].smallValue) }
        return integerText(interpreter, x[0], base: .small(10), form)
      },
      Native("erlang", toText, 2) { interpreter, x in
        integerText(interpreter, x[0], base: x[1], form)
      },
      Native("erlang", fromText, 1) { interpreter, x in
        integer(interpreter, x[0], base: .small(10), form, live: 1)
      },
      Native("erlang", fromText, 2) { interpreter, x in
        integer(interpreter, x[0], base: x[1], form, live: 2)
      },
    ]
  }
}

private func base(_ term: Term) -> Int? {
  term.isSmall && 2...36 ~= term.smallValue ? term.smallValue : nil
}

private func integerText(
  _ interpreter: Interpreter, _ integer: Term, base term: Term, _ form: TextForm
) -> Term {
  guard integer.isInteger, let base = base(term) else { return interpreter.badArgument() }
  if integer.isSmall, base == 10, form == .binary {
    return decimal(interpreter, integer.smallValue)
  }
  var text: [UInt8] = []
  do {
    try IntegerArithmetic.appendText(
      integer, base: base, to: &text, scratch: interpreter.scratch)
  } catch {
    return interpreter.raise(error)
  }
  return form.make(text, interpreter)
}

/// The digits of a small integer as a binary.
private func decimal(_ interpreter: Interpreter, _ value: Int) -> Term {
  guard let digits = DecimalDigits(value) else {
    return interpreter.makeBinary(Array(String(value).utf8), live: 0)
  }
  guard interpreter.ensure(1 + Header.heapBinary(byteCount: digits.count).arity, live: 0) else {
    return .none
  }
  return interpreter.build { cursor in
    let binary = cursor.makeHeapBinary(byteCount: digits.count)
    // Its bytes are those of one word.
    UnsafeMutableRawPointer(mutating: binary.heapBinaryBytes.baseAddress.unsafelyUnwrapped)
      .storeBytes(of: digits.text, as: UInt.self)
    return binary
  }
}

private func integer(
  _ interpreter: Interpreter, _ text: Term, base term: Term, _ form: TextForm, live: Int
) -> Term {
  guard let base = base(term), let bytes = form.bytes(text, interpreter) else {
    return interpreter.badArgument()
  }
  let words = IntegerArithmetic.wordsForText(digits: bytes.count, base: base)
  // A text that spells none is told with the arguments.
  guard interpreter.ensure(words, live: live) else { return .none }
  return bytes.withUnsafeBytes { interpreter.parseInteger($0, base: base) }
}

extension Interpreter {
  /// Builds within what was ensured the integer that a text spells.
  func parseInteger(_ text: UnsafeRawBufferPointer, base: Int) -> Term {
    var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
    do {
      let integer = try IntegerArithmetic.parse(
        text, base: base, into: &cursor, scratch: scratch)
      heap.pointee.top = cursor.top
      return integer ?? badArgument()
    } catch {
      return raise(error)
    }
  }
}

// MARK: - Floats

private var floatTextNatives: [Native] {
  let forms: [(String, String, TextForm)] = [
    ("float_to_list", "list_to_float", .list), ("float_to_binary", "binary_to_float", .binary),
  ]
  return forms.flatMap { toText, fromText, form in
    [
      Native("erlang", toText, 1) { interpreter, x in
        floatText(interpreter, x[0], options: .nil, form)
      },
      Native("erlang", toText, 2) { interpreter, x in
        floatText(interpreter, x[0], options: x[1], form)
      },
      Native("erlang", fromText, 1) { interpreter, x in
        guard let bytes = form.bytes(x[0], interpreter),
          let value = bytes.withUnsafeBytes({ FloatText.parse($0) })
        else { return interpreter.badArgument() }
        return interpreter.makeFloat(value, live: 0)
      },
    ]
  }
}

private func floatText(
  _ interpreter: Interpreter, _ float: Term, options: Term, _ form: TextForm
) -> Term {
  guard float.isFloat, let format = FloatFormat(options, interpreter.atoms),
    let text = format.text(of: float.floatValue)
  else { return interpreter.badArgument() }
  return form.make(text, interpreter)
}

import Tenure

/// Natives of module `string` that read a number at the beginning of a list.
var numberPrefixNatives: [Native] {
  [
    Native("string", "list_to_integer", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.errorPair("not_a_list", live: 0) }
      let text = interpreter.characters(of: x[0]) { $0.isInteger }
      guard !text.isEmpty else { return interpreter.errorPair("no_integer", live: 0) }
      let words = IntegerArithmetic.wordsForText(digits: text.count, base: 10)
      guard interpreter.ensure(words + 3, live: 1) else { return .none }
      let integer = text.withUnsafeBytes { interpreter.parseInteger($0, base: 10) }
      return integer.isNone ? .none : interpreter.pair(integer, behind: text.count, of: x[0])
    },
    Native("string", "list_to_float", 1) { interpreter, x in
      guard x[0].isList else { return interpreter.errorPair("not_a_list", live: 0) }
      let text = interpreter.characters(of: x[0]) { $0.isFloat }
      guard let value = text.withUnsafeBytes({ FloatText.parse($0) }) else {
        return interpreter.errorPair("no_float", live: 0)
      }
      guard interpreter.ensure(2 + 3, live: 1) else { return .none }
      let float = interpreter.build { $0.makeFloat(value) }
      return interpreter.pair(float, behind: text.count, of: x[0])
    },
  ]
}

/// How far a text of digits, signs, a point and an exponent has come.
private struct NumberScan {
  enum Part { case start, sign, whole, point, fraction, mark, markSign, exponent }

  var part = Part.start
  var isInteger: Bool { part == .whole }
  var isFloat: Bool { part == .fraction || part == .exponent }

  /// Takes a character; false where no number goes on with it.
  mutating func take(_ byte: UInt8) -> Bool {
    switch (part, byte) {
    case (.start, UInt8(ascii: "+")), (.start, UInt8(ascii: "-")): part = .sign
    case (.start, 48...57), (.sign, 48...57), (.whole, 48...57): part = .whole
    case (.whole, UInt8(ascii: ".")): part = .point
    case (.point, 48...57), (.fraction, 48...57): part = .fraction
    case (.fraction, UInt8(ascii: "e")), (.fraction, UInt8(ascii: "E")): part = .mark
    case (.mark, UInt8(ascii: "+")), (.mark, UInt8(ascii: "-")): part = .markSign
    case (.mark, 48...57), (.markSign, 48...57), (.exponent, 48...57): part = .exponent
    default: return false
    }
    return true
  }
}

extension Interpreter {
  /// The longest beginning of a list that is a number of some kind; empty where none is.
  fileprivate func characters(of list: Term, isWhole: (NumberScan) -> Bool) -> [UInt8] {
    var scan = NumberScan()
    var text: [UInt8] = []
    var count = 0
    var rest = list
    while rest.isCons, rest.cons[0].isSmall, let byte = UInt8(exactly: rest.cons[0].smallValue),
      scan.take(byte)
    {
      text.append(byte)
      if isWhole(scan) { count = text.count }
      rest = rest.cons[1]
    }
    return Array(text[..<count])
  }

  /// Builds a pair of a number and what stands behind it in a list, within what was ensured.
  fileprivate func pair(_ number: Term, behind count: Int, of list: Term) -> Term {
    var rest = list
    for _ in 0..<count { rest = rest.cons[1] }
    return build { $0.makeTuple(number, rest) }
  }
}

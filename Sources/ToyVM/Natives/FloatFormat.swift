import Glibc
import Tenure

/// How `float_to_list/2` and `float_to_binary/2` are asked to write a float.
struct FloatFormat {
  private enum Style {
    case scientific(digits: Int)
    case decimals(Int)
    case short
  }

  private var style = Style.scientific(digits: 20)
  private var isCompact = false

  /// ERTS writes decimals into so many bytes; what does not fit is a bad argument.
  private static let largestText = 255

  /// Reads a list of options, the last of each kind counting; nothing where one is none.
  init?(_ options: Term, _ atoms: AtomTable) {
    var rest = options
    while rest.isCons {
      guard add(rest.cons[0], atoms) else { return nil }
      rest = rest.cons[1]
    }
    guard rest.isNil else { return nil }
  }

  private mutating func add(_ option: Term, _ atoms: AtomTable) -> Bool {
    if option.isAtom {
      switch atoms.name(of: option) {
      case "compact": isCompact = true
      case "short": style = .short
      default: return false
      }
      return true
    }
    guard option.isTuple(arity: 2) else { return false }
    let (name, count) = (option.tupleElements[0], option.tupleElements[1])
    guard name.isAtom, count.isSmall else { return false }
    switch (atoms.name(of: name), count.smallValue) {
    case ("decimals", 0...253): style = .decimals(count.smallValue)
    case ("scientific", 0...249): style = .scientific(digits: count.smallValue)
    default: return false
    }
    return true
  }

  /// Writes a float; nothing where the text is too long.
  func text(of value: Double) -> [UInt8]? {
    var text: [UInt8] = []
    switch style {
    case .short: FloatText.appendShortest(value, to: &text)
    case .scientific(20): FloatText.appendLong(value, to: &text)
    case .scientific(let digits): text = Self.printed("%.*e", digits, value)
    case .decimals(let decimals): return withDecimals(decimals, value)
    }
    return text
  }

  /// Writes a float by the C library, with a point whatever its locale says.
  private static func printed(_ format: String, _ digits: Int, _ value: Double) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 1024)
    let length = withVaList([CInt(digits), value]) {
      vsnprintf(&buffer, buffer.count, format, $0)
    }
    precondition(length > 0 && length < buffer.count, "a float of \(length) characters")
    return buffer[..<Int(length)].map { $0 == 0x2C ? 0x2E : UInt8(bitPattern: $0) }
  }

  /// Floats beyond 2^53, and more than 18 decimals, are left to the C library; else whole part
  /// and decimals are integers, each rounded half away from zero, as ERTS writes them.
  private func withDecimals(_ decimals: Int, _ value: Double) -> [UInt8]? {
    let magnitude = value.magnitude
    var text: [UInt8]
    if magnitude > 0x1p53 || decimals > 18 {
      text = Self.printed("%.*f", decimals, value)
      if text.count > Self.largestText { return nil }
      if isCompact { Self.dropTrailingZeros(&text) }
      return text
    }
    text = value.sign == .minus ? [UInt8(ascii: "-")] : []
    if decimals == 0 {
      let whole = UInt64(magnitude.rounded(.toNearestOrAwayFromZero))
      return text + Array(String(whole).utf8)
    }
    var whole = UInt64(magnitude)
    let power = pow(10, Double(decimals))
    let scaled = (magnitude - Double(whole)) * power
    var fraction = UInt64(scaled.rounded(.toNearestOrAwayFromZero))
    if fraction >= UInt64(power) {
      fraction -= UInt64(power)
      whole += 1
    }
    let digits = String(fraction).utf8
    text.append(contentsOf: String(whole).utf8)
    text.append(UInt8(ascii: "."))
    text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: decimals - digits.count))
    text.append(contentsOf: digits)
    if isCompact { Self.dropTrailingZeros(&text) }
    return text
  }

  /// Leaves one zero behind a point. Without a point the zeros of the whole number go too, as in
  /// ERTS, where `float_to_list(1.0e22, [{decimals, 0}, compact])` is `"1"`.
  private static func dropTrailingZeros(_ text: inout [UInt8]) {
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    if text.last == UInt8(ascii: ".") { text.append(UInt8(ascii: "0")) }
  }
}

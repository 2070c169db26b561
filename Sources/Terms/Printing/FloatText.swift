import Glibc

/// Floats as text and back, as OTP 25 writes and reads them.
public enum FloatText {
  /// From this magnitude on, 2^53, neighbouring integers share doubles: a plain text would show
  /// digits that mean nothing, so the text has an exponent.
  private static var exactIntegers: Double { 9_007_199_254_740_992 }
  /// The digits after the point of the long form.
  private static var longDigits: Int { 20 }

  /// Writes the shortest text that reads back as the value, as `~w` and `float_to_list(F, [short])`
  /// do: `1.0`, `1.0e-5`, `1.2345e5`.
  ///
  /// Plain digits where they take no more characters than an exponent, except from 2^53 on.
  public static func appendShortest(_ value: Double, to output: inout [UInt8]) {
    assert(value.isFinite, "\(value) is no Erlang float")
    if value.sign == .minus { output.append(UInt8(ascii: "-")) }
    let (digits, exponent) = shortestDigits(of: value.magnitude)
    if value.magnitude >= exactIntegers
      || plainLength(digits.count, exponent) > exponentLength(digits.count, exponent)
    {
      appendWithExponent(digits, exponent, to: &output)
    } else {
      appendPlain(digits, exponent, to: &output)
    }
  }

  /// Writes the value with 20 digits after the point, as `float_to_list/1` does:
  /// `1.00000000000000000000e+00`.
  public static func appendLong(_ value: Double, to output: inout [UInt8]) {
    assert(value.isFinite, "\(value) is no Erlang float")
    var text = [CChar](repeating: 0, count: 64)
    let length = withVaList([value.magnitude]) { vsnprintf(&text, text.count, "%.20e", $0) }
    precondition(length > longDigits && length < text.count, "a float of \(length) characters")
    let bytes = text[..<Int(length)].map { UInt8(bitPattern: $0) }
    guard let mark = bytes.firstIndex(of: UInt8(ascii: "e")) else {
      preconditionFailure("a float without an exponent")
    }
    if value.sign == .minus { output.append(UInt8(ascii: "-")) }
    // What stands between the first digit and the others is the decimal point of the process's
    // locale.
    output.append(bytes[0])
    output.append(UInt8(ascii: "."))
    output.append(contentsOf: bytes[(mark - longDigits)...])
  }

  /// Reads a float in Erlang's syntax: sign, digits, point, digits and perhaps an exponent.
  ///
  /// As in OTP 25, a comma is taken for a point, and what is too small becomes 0.
  /// - Returns: nothing where the bytes are no float or the value is too large for one.
  public static func parse(_ bytes: UnsafeRawBufferPointer) -> Double? {
    guard isWellFormed(bytes) else { return nil }
    var text = String(decoding: bytes, as: UTF8.self)
    if let comma = text.firstIndex(of: ",") { text.replaceSubrange(comma...comma, with: ".") }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}

// MARK: - Digits

extension FloatText {
  /// The shortest digits `d1 d2 ...` and the exponent of the number `d1.d2... * 10^exponent`.
  private static func shortestDigits(of value: Double) -> (digits: [UInt8], exponent: Int) {
    if value == 0 { return ([UInt8(ascii: "0")], 0) }
    var digits: [UInt8] = []
    var pointPlace: Int?
    var exponent = 0
    var text = value.description.utf8[...]
    while let byte = text.popFirst() {
      if byte == UInt8(ascii: ".") {
        pointPlace = digits.count
      } else if byte == UInt8(ascii: "e") {
        exponent = Int(Substring(text)) ?? 0
        break
      } else {
        digits.append(byte)
      }
    }
    exponent += (pointPlace ?? digits.count) - 1
    let leadingZeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leadingZeros)
    exponent -= leadingZeros
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (digits, exponent)
  }

  private static func plainLength(_ digits: Int, _ exponent: Int) -> Int {
    if exponent < 0 { return digits + 1 - exponent }
    return max(digits, exponent + 2) + 1
  }

  private static func exponentLength(_ digits: Int, _ exponent: Int) -> Int {
    max(digits, 2) + 2 + String(exponent).utf8.count
  }

  private static func appendPlain(
    _ digits: [UInt8], _ exponent: Int, to output: inout [UInt8]
  ) {
    let zero = UInt8(ascii: "0")
    if exponent < 0 {
      output.append(contentsOf: "0.".utf8)
      output.append(contentsOf: repeatElement(zero, count: -exponent - 1))
      output.append(contentsOf: digits)
      return
    }
    let whole = exponent + 1
    output.append(contentsOf: digits.prefix(whole))
    output.append(contentsOf: repeatElement(zero, count: max(0, whole - digits.count)))
    output.append(UInt8(ascii: "."))
    output.append(contentsOf: digits.count > whole ? digits[whole...] : [zero])
  }

  private static func appendWithExponent(
    _ digits: [UInt8], _ exponent: Int, to output: inout [UInt8]
  ) {
    output.append(digits[0])
    output.append(UInt8(ascii: "."))
    output.append(contentsOf: digits.count > 1 ? digits[1...] : [UInt8(ascii: "0")])
    output.append(UInt8(ascii: "e"))
    output.append(contentsOf: String(exponent).utf8)
  }
}

// MARK: - Syntax

extension FloatText {
  private static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    func skipSign() {
      if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
    }
    func skipDigits() -> Bool {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      rest = rest.dropFirst(digits.count)
      return !digits.isEmpty
    }
    skipSign()
    guard skipDigits() else { return false }
    guard let point = rest.first, point == UInt8(ascii: ".") || point == UInt8(ascii: ",") else {
      return false
    }
    rest = rest.dropFirst()
    guard skipDigits() else { return false }
    guard let mark = rest.first else { return true }
    guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    skipSign()
    return skipDigits() && rest.isEmpty
  }
}

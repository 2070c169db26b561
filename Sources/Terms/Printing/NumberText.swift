/// Integers of a word as text.
enum NumberText {
  static func append(_ number: Int, to output: inout [UInt8]) {
    if number < 0 { output.append(UInt8(ascii: "-")) }
    append(number.magnitude, to: &output)
  }

  /// Writes a number in base 10; the digits come out lowest first.
  static func append(_ number: UInt, to output: inout [UInt8]) {
    if number < 10 { return output.append(UInt8(ascii: "0") + UInt8(number)) }
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var count = 0
    var rest = number
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[count] = UInt8(ascii: "0") + UInt8(digit)
      count += 1
      rest = quotient
    } while rest > 0
    while count > 0 {
      count -= 1
      output.append(digits[count])
    }
  }
}

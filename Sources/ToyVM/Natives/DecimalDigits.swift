/// The text of a small number in one word.
///
/// No loop and no division but one: the number is split into halves again and again, each in a lane
/// of its own, until a lane is a digit.
struct DecimalDigits {
  /// The characters, the first one in the lowest byte; 0 behind the last.
  let text: UInt
  /// How many there are.
  let count: Int

  /// Nothing where the text takes more than a word's bytes.
  @inline(__always)
  init?(_ value: Int) {
    let magnitude = value.magnitude
    guard magnitude < (value < 0 ? 10_000_000 : 100_000_000) else { return nil }
    // Two lanes of four digits, four of two, eight of one: the first in the lowest.
    let fours = magnitude / 10_000 | (magnitude % 10_000) &<< 32
    let hundreds = (fours &* 10_486) &>> 20 & 0x7F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) &<< 16
    let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
    let digits = tens | (twos &- tens &* 10) &<< 8
    // Of 0 one digit stays.
    let zeros = min(digits.trailingZeroBitCount &>> 3, 7)
    let characters = (digits | 0x3030_3030_3030_3030) &>> UInt(zeros &<< 3)
    if value < 0 {
      text = characters &<< 8 | 0x2D
      count = 9 &- zeros
    } else {
      text = characters
      count = 8 &- zeros
    }
  }
}

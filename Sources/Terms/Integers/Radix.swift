/// A base of digits, 2 to 36, and how many of its digits a limb holds.
struct Radix {
  /// The base.
  let base: UInt
  /// The most digits whose every number fits a limb.
  let digitsPerLimb: Int
  /// `base` to the power of ``digitsPerLimb``.
  let limbPower: UInt

  /// Makes a base, or nothing beyond 2 to 36.
  @inline(__always)
  init?(_ base: Int) {
    if _fastPath(base == 10) {
      self.base = 10
      digitsPerLimb = 19
      limbPower = 10_000_000_000_000_000_000
      return
    }
    guard 2...36 ~= base else { return nil }
    self.base = UInt(base)
    var digits = 1
    var power = self.base
    while true {
      let (next, over) = power.multipliedReportingOverflow(by: self.base)
      if over { break }
      digits += 1
      power = next
    }
    digitsPerLimb = digits
    limbPower = power
  }

  /// The bits of a digit where the base is a power of two, else 0.
  var bitsPerDigit: Int { base & (base - 1) == 0 ? base.trailingZeroBitCount : 0 }

  /// An upper bound of the digits of a number of so many bits, at least 1.
  func digits(bits: Int) -> Int {
    let wholeBits = 63 &- limbPower.leadingZeroBitCount
    return (bits / wholeBits &+ 1) &* digitsPerLimb
  }

  /// An upper bound of the bits of a number of so many digits.
  func bits(digits: Int) -> Int {
    if bitsPerDigit > 0 { return digits &* bitsPerDigit }
    let (limbs, rest) = digits.quotientAndRemainder(dividingBy: digitsPerLimb)
    var power: UInt = 1
    for _ in 0..<rest { power &*= base }
    let limbBits = 64 &- limbPower.leadingZeroBitCount
    return limbs &* limbBits &+ (64 &- power.leadingZeroBitCount)
  }

  /// A lower bound of the bits of a number of so many digits, the first not 0.
  func leastBits(digits: Int) -> Int {
    (digits &- 1) / digitsPerLimb &* (63 &- limbPower.leadingZeroBitCount)
  }

  /// The value of a digit's character, at least 36 where it is none.
  @inline(__always)
  static func value(_ character: UInt8) -> UInt {
    let decimal = character &- 0x30
    if decimal < 10 { return UInt(decimal) }
    let letter = (character | 0x20) &- 0x61
    return letter < 26 ? UInt(letter) &+ 10 : 255
  }

  /// The character of a digit's value, in upper case.
  @inline(__always)
  static func character(_ value: UInt) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 10 ? value &+ 0x30 : value &+ 0x37)
  }

  /// Writes the last `count` digits of a number at an address, zeros in front.
  @inline(__always)
  func write(_ number: UInt, _ count: Int, at out: UnsafeMutablePointer<UInt8>) {
    var number = number
    var index = count
    if base == 10 {
      let pairs: StaticString = """
        0001020304050607080910111213141516171819\
        2021222324252627282930313233343536373839\
        4041424344454647484950515253545556575859\
        6061626364656667686970717273747576777879\
        8081828384858687888990919293949596979899
        """
      let table = UnsafeRawPointer(pairs.utf8Start)
      while index >= 2 {
        let rest = number / 100
        let pair = Int(bitPattern: number &- rest &* 100)
        number = rest
        index &-= 2
        let characters = table.loadUnaligned(fromByteOffset: pair &* 2, as: UInt16.self)
        UnsafeMutableRawPointer(out + index).storeBytes(of: characters, as: UInt16.self)
      }
    }
    while index > 0 {
      let rest = number / base
      index &-= 1
      out[index] = Self.character(number &- rest &* base)
      number = rest
    }
  }
}

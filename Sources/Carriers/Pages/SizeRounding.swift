extension Int {
  /// The least multiple of a power of two that is not below this; `nil` where it overflows.
  func roundedUp(toMultipleOf powerOfTwo: Int) -> Int? {
    assert(powerOfTwo & (powerOfTwo - 1) == 0, "\(powerOfTwo) is no power of two")
    let (sum, overflowed) = addingReportingOverflow(powerOfTwo - 1)
    return overflowed ? nil : sum & ~(powerOfTwo - 1)
  }

  /// The least power of two that is not below this, which is 2 to the power of 61 at most.
  func roundedUpToPowerOfTwo() -> Int {
    assert(self <= 1 << 61, "\(self) is too large to be rounded up")
    return self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}

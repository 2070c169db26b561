/// How often pauses of which length occurred, in buckets that widen with the length.
///
/// ```
///   index = 0 ..< 64         one bucket for each nanosecond
///   index = 64 ..< 96        64 ..< 128 ns in steps of 2
///   index = 96 ..< 128       128 ..< 256 ns in steps of 4, and so on: 32 steps an octave
/// ```
/// A bucket is at most 1/32 of its lengths wide, so a percentile is at most 3.2 % too high. The
/// scheme is that of HdrHistogram.
public struct PauseHistogram: Equatable, Sendable {
  /// The pauses that were recorded.
  public private(set) var count = 0
  /// All pauses together, in nanoseconds.
  public private(set) var totalNanoseconds: UInt64 = 0
  /// The longest pause in nanoseconds, exactly; 0 if there was none.
  public private(set) var maximumNanoseconds: UInt64 = 0
  /// As long as the largest index in use asks for.
  private var buckets: [Int] = []

  /// Makes a histogram of no pauses.
  public init() {}

  private static var stepBits: Int { 5 }

  private static func index(of nanoseconds: UInt64) -> Int {
    let bitCount = UInt64.bitWidth - nanoseconds.leadingZeroBitCount
    let shift = max(0, bitCount - stepBits - 1)
    return shift << stepBits + Int(nanoseconds >> UInt64(shift))
  }

  /// The longest pause that a bucket holds.
  private static func largest(at index: Int) -> UInt64 {
    let shift = max(0, index >> stepBits - 1)
    let step = UInt64(index - shift << stepBits)
    return step << UInt64(shift) + (1 << UInt64(shift) - 1)
  }

  /// Adds a pause.
  /// - Complexity: O(1).
  public mutating func record(nanoseconds: UInt64) {
    let index = Self.index(of: nanoseconds)
    if index >= buckets.count {
      buckets.append(contentsOf: repeatElement(0, count: index + 1 - buckets.count))
    }
    buckets[index] += 1
    count += 1
    totalNanoseconds &+= nanoseconds
    maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
  }

  /// The length that so many of a hundred pauses do not exceed; 0 if there was none.
  /// - Parameter percent: from 0 to 100.
  /// - Returns: nanoseconds, at most 3.2 % above the true length and never above the longest.
  public func percentile(_ percent: Int) -> UInt64 {
    precondition(percent >= 0 && percent <= 100, "the \(percent)th percentile")
    guard count > 0 else { return 0 }
    // The rank by the nearest-rank rule, without a product that may overflow.
    let rank = max(1, count / 100 * percent + (count % 100 * percent + 99) / 100)
    var seen = 0
    for (index, bucket) in buckets.enumerated() {
      seen += bucket
      if seen >= rank { return min(Self.largest(at: index), maximumNanoseconds) }
    }
    return maximumNanoseconds
  }
}

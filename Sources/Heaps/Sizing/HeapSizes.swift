/// The table of sizes a process's blocks come in, in words.
///
/// The table of OTP's `erl_gc.c`, which `erlang:system_info(heap_sizes)` prints: it begins as a
/// Fibonacci-like sequence, so that small heaps soon fit, and goes on by fifths, so that a large
/// heap that grows wastes little.
public enum HeapSizes {
  /// The words kept free between the heap's top and the stack's top: the slot of a return address
  /// and a red zone of three, as the runtime with a just-in-time compiler keeps them.
  @inlinable public static var reservedWords: Int { 4 }

  /// The number of entries that are the sum of the two before and one.
  private static let summedEntries = 23

  /// The limit of the table: what 2^53 bytes hold.
  private static let limitWords = (1 << 53) / 8

  /// All sizes, smallest first.
  public static let table: [Int] = {
    var sizes = [12, 38]
    while sizes.count < summedEntries {
      sizes.append(sizes[sizes.count - 1] + sizes[sizes.count - 2] + 1)
    }
    while let last = sizes.last, last < limitWords { sizes.append(last + last / 5) }
    // The last entry within the limit goes too: what is looked up in the table is given an entry
    // above it.
    return sizes.dropLast(2)
  }()

  /// The smallest size that holds a number of words.
  ///
  /// Beyond the table the number itself comes back: no address space has room for such a block, so
  /// that the request for its memory is what fails.
  /// - Parameter words: what must fit.
  public static func atLeast(_ words: Int) -> Int {
    let place = index(atLeast: words)
    return place < table.count ? table[place] : words
  }

  /// The size after the smallest one that holds a number of words; for fewer
  /// words than the smallest size has, the smallest size.
  ///
  /// Beyond the table the number itself comes back, as from ``atLeast(_:)``.
  /// - Parameter words: what must fit with room to spare.
  public static func oneAbove(_ words: Int) -> Int {
    if words < table[0] { return table[0] }
    let place = index(atLeast: words) + 1
    return place < table.count ? table[place] : max(words, table[table.count - 1])
  }

  /// The place in the table of the smallest size that holds a number of words; of the last one
  /// where none does.
  static func place(atLeast words: Int) -> UInt8 {
    UInt8(min(index(atLeast: words), table.count - 1))
  }

  /// For each number of bits, the index of the first size that has as many or more: the sizes
  /// between two powers of two are four at most.
  private static let firstIndex: [Int] = (0...Int.bitWidth).map { bitCount in
    table.firstIndex { Int.bitWidth - $0.leadingZeroBitCount >= bitCount } ?? table.count
  }

  private static func index(atLeast words: Int) -> Int {
    if words <= 0 { return 0 }
    var index = firstIndex[Int.bitWidth - words.leadingZeroBitCount]
    while index < table.count && table[index] < words { index += 1 }
    return index
  }
}

/// A size of small blocks. Eight classes to each doubling: at most an eighth of a block is lost.
///
///     index   0   1  ...   7 |   8    9  ...  15 |  16   17  ...
///     bytes  16  32  ... 128 | 144  160  ... 256 | 288  320  ...
struct SizeClass {
  /// The place in a table of classes.
  let index: Int

  init(index: Int) { self.index = index }

  /// The class of the smallest blocks that hold so many bytes.
  /// - Parameter byteCount: at least 1.
  @inline(__always)
  init(holding byteCount: Int) {
    assert(byteCount > 0, "a block of \(byteCount) bytes")
    // Without a branch, which random sizes would make the processor guess wrong: the first 128
    // bytes count as if they belonged to the doubling behind them.
    let last = byteCount &- 1
    let exponent = 63 ^ (last | 128).leadingZeroBitCount
    index = (last &>> (exponent &- 3)) &+ (exponent &- 7) &* 8
  }

  /// The bytes of each block: a multiple of 16.
  var byteCount: Int {
    if index < 8 { return (index + 1) * 16 }
    let exponent = index / 8 + 6
    return (8 + index % 8 + 1) << (exponent - 3)
  }
}

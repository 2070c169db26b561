/// Slots of an object that wait for their terms.
///
/// A run that must wait for an inner one is kept in its own slots: no other memory is needed.
/// ```
///   word of a run:  | address of its next slot |stride|  0 where one slot is left
///                         |
///                         v
///   next slot             | word of the run around it, or 0 |
///   the slot after that   | slots left                      |  where there are two or more
/// ```
struct SlotRun {
  var address: UnsafeMutablePointer<UInt>
  var count: Int
  /// The words from a slot to the next: 1, or 2 for the heads of cells.
  var stride: Int

  @inline(__always)
  init(_ address: UnsafeMutablePointer<UInt>, count: Int, stride: Int = 1) {
    self.address = address
    self.count = count
    self.stride = stride
  }

  @inline(__always)
  mutating func takeSlot() -> UnsafeMutablePointer<UInt> {
    let slot = address
    address += stride
    count &-= 1
    return slot
  }

  /// Writes the run into its slots, of which there is at least one.
  /// - Parameter outer: the word of the run around it, or 0.
  /// - Returns: its word.
  @inline(__always)
  func suspend(outer: UInt) -> UInt {
    address[0] = outer
    if count == 1 { return UInt(bitPattern: address) }
    address[stride] = UInt(bitPattern: count)
    return UInt(bitPattern: address) | UInt(bitPattern: stride)
  }

  /// Takes a run back out of its slots.
  /// - Parameter word: of the run, not 0; then that of the run around it.
  @inline(__always)
  static func resume(_ word: inout UInt) -> SlotRun {
    let stride = Int(bitPattern: word & 3)
    let address = UnsafeMutablePointer<UInt>(bitPattern: word & ~7).unsafelyUnwrapped
    word = address[0]
    if stride == 0 { return SlotRun(address, count: 1) }
    return SlotRun(address, count: Int(bitPattern: address[stride]), stride: stride)
  }
}

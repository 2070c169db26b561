extension BlockCarrier {
  /// Calls the body with each block, from the lowest on.
  func forEachBlock(_ body: (Block) -> Void) {
    var next: Block? = firstBlock
    while let block = next {
      next = block.next
      body(block)
    }
  }

  /// What is wrong with the carrier's headers and footers; `nil` where nothing is.
  var firstFault: String? {
    var fault: String?
    var sum = 0
    var isPreviousFree = false
    forEachBlock { block in
      fault = fault ?? block.fault(isPreviousFree: isPreviousFree)
      sum += block.byteCount
      isPreviousFree = block.isFree
    }
    if fault == nil && sum != blockByteCount {
      return "the blocks of the carrier at \(base) are \(sum) bytes of \(blockByteCount)"
    }
    return fault
  }
}

extension Block {
  /// What is wrong with a block and its neighbours, looked at in constant time.
  var localFault: String? {
    if let fault = fault(isPreviousFree: isPreviousFree) { return fault }
    if let previous = previousFree, !previous.isFree || previous.end != header {
      return "the block before \(header) is not free"
    }
    guard let next else { return nil }
    if next.isPreviousFree != isFree { return "the block at \(next.header) misjudges the last" }
    if isFree && next.isFree { return "the free block at \(next.header) was not joined" }
    return nil
  }

  fileprivate func fault(isPreviousFree: Bool) -> String? {
    if byteCount < Block.smallestByteCount { return "the block at \(header) is too small" }
    if self.isPreviousFree != isPreviousFree { return "the block at \(header) misjudges the last" }
    if isFree && isPreviousFree { return "the free block at \(header) was not joined" }
    if isFree && footer != byteCount { return "the free block at \(header) has a broken footer" }
    return nil
  }
}

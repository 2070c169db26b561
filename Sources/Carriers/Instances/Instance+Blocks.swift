/// Blocks with headers, of kinds whose strategy has such.
extension Instance {
  /// A block by the kind's strategy. Inside the door.
  func allocateByStrategy(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    drainRemoteFrees()
    let block = try blocks(of: kind).allocate(byteCount: byteCount)
    state.pointee.counters[kind.index].countAllocation(byteCount: block.byteCount)
    return block
  }

  /// Takes a block back that has a header, of this instance or of another one.
  func freeByStrategy(_ base: UnsafeMutableRawPointer, kind: MemoryKind) {
    let carrier = carrier(of: base)
    state.pointee.door.inside {
      // A block of another instance counts here too, where it is freed.
      state.pointee.counters[kind.index].countFree(byteCount: usableByteCount(of: base))
      if carrier.owner == address {
        blocks(of: kind).free(base)
      } else {
        core.push(base, of: carrier, kind: kind)
      }
    }
  }

  /// Gives a block another size where it stands, where it is of this instance.
  func resizeByStrategy(
    _ base: UnsafeMutableRawPointer, toByteCount byteCount: Int, kind: MemoryKind
  ) -> MemoryBlock? {
    let carrier = carrier(of: base)
    return state.pointee.door.inside {
      if carrier.owner != address { return nil }
      let before = usableByteCount(of: base)
      guard let resized = blocks(of: kind).resize(base, toByteCount: byteCount) else { return nil }
      let counters = state.pointee.counters + kind.index
      counters.pointee.countResize(by: resized.byteCount - before)
      return resized
    }
  }

  /// The blocks of a kind, made where there are none yet.
  func blocks(of kind: MemoryKind) -> InstanceBlocks {
    if let blocks = state.pointee.blocks[kind.index] { return blocks.takeUnretainedValue() }
    let strategy = core.strategies[kind.index]
    guard let blocks = strategy.makeBlocks(core: core, kind: kind, owner: address) else {
      preconditionFailure("\(kind) has slabs, no blocks with headers")
    }
    state.pointee.blocks[kind.index] = .passRetained(blocks)
    return blocks
  }

  /// What is wrong with blocks that have headers; `nil` where nothing is.
  func firstFault() -> String? {
    for kind in MemoryKind.allCases {
      guard let blocks = state.pointee.blocks[kind.index] else { continue }
      if let fault = blocks.takeUnretainedValue().firstFault() { return "\(kind): \(fault)" }
    }
    return nil
  }

  private func carrier(of base: UnsafeMutableRawPointer) -> BlockCarrier {
    BlockCarrier(
      of: Block(payload: base), carrierByteCount: core.layout.carrierByteCount)
  }

  private func usableByteCount(of base: UnsafeMutableRawPointer) -> Int {
    Block(payload: base).usableByteCount(atMost: core.layout.largestSmallBlock)
  }
}

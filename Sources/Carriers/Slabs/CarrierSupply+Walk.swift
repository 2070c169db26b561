/// What is where.
extension CarrierSupply {
  /// Calls the body with each carrier in use.
  func forEachCarrier(_ body: (CarrierPointer) -> Void) {
    regions.forEachTaken { base in
      let carrier = base.assumingMemoryBound(to: CarrierHead.self)
      if carrier.pointee.role != .idle { body(carrier) }
    }
  }

  /// Calls the body with each slab in use.
  func forEachSlab(_ body: (SlabPointer) -> Void) {
    forEachCarrier { carrier in
      switch carrier.pointee.role {
      case .idle, .blocks: break
      case .wideSlab: body(carrier.slab(0))
      case .slabs:
        for unit in 0..<CarrierHead.unitCount
        where carrier.pointee.freeUnits >> UInt32(unit) & 1 == 0 { body(carrier.slab(unit)) }
      }
    }
  }

  /// What stands at an address.
  enum Place {
    case nowhere
    case slab(SlabPointer)
    case carrier(BlockCarrier)
  }

  /// Finds what stands at an address, which may be any.
  /// - Complexity: O(regions + carriers that are not taken).
  func place(of address: UnsafeRawPointer) -> Place {
    let base = UInt(bitPattern: address) & ~UInt(layout.carrierByteCount - 1)
    guard let carrier = CarrierPointer(bitPattern: base), regions.hasTaken(carrier.base)
    else { return .nowhere }
    switch carrier.pointee.role {
    case .idle: return .nowhere
    case .blocks: return .carrier(BlockCarrier(base: carrier.base))
    case .wideSlab: return .slab(carrier.slab(0))
    case .slabs:
      let unit = (address - UnsafeRawPointer(carrier.base)) / layout.unitByteCount
      return carrier.pointee.freeUnits >> UInt32(unit) & 1 == 0
        ? .slab(carrier.slab(unit)) : .nowhere
    }
  }
}

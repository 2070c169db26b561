import Tenure

/// The registers of a machine, in raw memory.
///
/// ```
/// | x 0 ... x 1023 | constants 0-3 | kept 0-11 | float 0 ... 63 |
/// ```
/// `constants` hold constants for instructions that take only registers; they refer to nothing
/// that moves. `kept` are roots of every collection: natives and slow paths keep terms there.
struct MachineRegisters {
  static let xCount = 1024
  static let constantCount = 4
  static let keptCount = 12
  static let floatCount = 64

  let x: UnsafeMutablePointer<Term>

  init() {
    let words = Self.xCount + Self.constantCount + Self.keptCount + Self.floatCount
    x = UnsafeMutablePointer<Term>.allocate(capacity: words)
    x.initialize(repeating: .nil, count: words - Self.floatCount)
    floats.initialize(repeating: 0, count: Self.floatCount)
  }

  func deallocate() { x.deallocate() }

  /// The terms that every collection keeps.
  var kept: UnsafeMutablePointer<Term> { x + Self.xCount + Self.constantCount }
  var floats: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(kept + Self.keptCount).assumingMemoryBound(to: Double.self)
  }
  /// The field offset of the constant register with an index.
  static func constantOffset(_ index: Int) -> Int { (xCount + index) * 8 }

  /// The live registers as roots.
  func roots(live: Int) -> MachineRoots {
    MachineRoots(
      x: RootSlots(base: x, count: live), kept: RootSlots(base: kept, count: Self.keptCount))
  }
}

/// What a machine holds terms in beside stack and dictionary.
struct MachineRoots: RootSource {
  var x: RootSlots
  var kept: RootSlots

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    x.visitSlots(&visitor)
    kept.visitSlots(&visitor)
  }
}

import Tenure

/// The registers of a machine, in raw memory.
///
/// ```
/// | handler 0 ... 255 | heap | code | steps |
/// | x 0 ... x 1023 | constants 0-3 | kept 0-11 | float 0 ... 63 |
/// ```
/// `handler` has the code that runs each opcode, `heap` the address of the heap's state, `code`
/// that of the code where a chain of handlers ended, `steps` the calls that are left: all at fixed
/// distances from x 0.
/// `constants` hold constants for instructions that take only registers; they refer to nothing
/// that moves. `kept` are roots of every collection: natives and slow paths keep terms there.
struct MachineRegisters {
  static let xCount = 1024
  static let constantCount = 4
  static let keptCount = 12
  static let floatCount = 64

  let x: UnsafeMutablePointer<Term>

  init() {
    let words = Self.xCount + Self.constantCount + Self.keptCount
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: 8 * (Self.wordsBefore + words + Self.floatCount), alignment: 64)
    x = (block + 8 * Self.wordsBefore).bindMemory(to: Term.self, capacity: words)
    x.initialize(repeating: .nil, count: words)
    let floats = Self.floats(beside: x)
    floats.initializeMemory(as: Double.self, repeating: 0, count: Self.floatCount)
    HandlerTable.fill(Self.handlers(beside: x))
  }

  /// Says whose heap the code works on.
  func setHeap(_ heap: UnsafeMutablePointer<HeapState>) {
    (UnsafeMutableRawPointer(x) - 24).storeBytes(of: heap, as: type(of: heap))
  }

  func deallocate() { (UnsafeMutableRawPointer(x) - 8 * Self.wordsBefore).deallocate() }

  /// The terms that every collection keeps.
  var kept: UnsafeMutablePointer<Term> { x + Self.xCount + Self.constantCount }
  /// The field offset of the constant register with an index.
  static func constantOffset(_ index: Int) -> Int { (xCount + index) * 8 }

  /// The live registers as roots.
  func roots(live: Int) -> MachineRoots {
    MachineRoots(
      x: RootSlots(base: x, count: live), kept: RootSlots(base: kept, count: Self.keptCount))
  }
}

// MARK: - Beside the X registers

extension MachineRegisters {
  private static var handlerCount: Int { 256 }
  private static var wordsBefore: Int { handlerCount + 3 }

  @inline(__always)
  static func handlers(beside x: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    x - 8 * wordsBefore
  }

  @inline(__always)
  static func heap(beside x: UnsafeMutableRawPointer) -> UnsafeMutablePointer<HeapState> {
    (x - 24).load(as: UnsafeMutablePointer<HeapState>.self)
  }

  /// Where a chain of handlers leaves the address of the code.
  @inline(__always)
  static func code(
    beside x: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<UInt>> {
    (x - 16).assumingMemoryBound(to: UnsafeMutablePointer<UInt>.self)
  }

  @inline(__always)
  static func steps(beside x: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int> {
    (x - 8).assumingMemoryBound(to: Int.self)
  }

  @inline(__always)
  static func floats(beside x: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    x + 8 * (xCount + constantCount + keptCount)
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

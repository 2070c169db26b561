import Tenure

/// Instructions on their way into a module's code, with the places that wait for addresses.
struct CodeBuffer {
  /// What a slot will hold once the code has its place in memory.
  private enum Fixup {
    /// In the upper half: how many slots from an instruction to a label.
    case jump(slot: Int, from: Int, label: Int)
    /// The address of a label.
    case address(slot: Int, label: Int)
    /// The catch mark of a label.
    case handler(slot: Int, label: Int)
    /// The entry of a lambda.
    case lambda(slot: Int, index: Int)
  }

  private(set) var slots: [UInt] = []
  private var fixups: [Fixup] = []
  /// The slot of each label, or -1.
  private(set) var labels: [Int]

  init(labelCount: Int) { labels = Array(repeating: -1, count: max(1, labelCount)) }

  /// The slot that comes next.
  var end: Int { slots.count }

  /// Gives a label its place: what comes next.
  mutating func place(label: Int) { labels[label] = slots.count }

  /// Begins an instruction with its first slot, and returns where it stands.
  @discardableResult
  mutating func begin(
    _ opcode: Opcode, n: Int = 0, a: UInt = 0, b: UInt = 0, c: UInt = 0
  ) -> Int {
    slots.append(
      UInt(opcode.rawValue) | UInt(n) << 8 | a << 16 | b << 32 | c << 48)
    return slots.count - 1
  }

  /// Makes an instruction whose first field is set one of another opcode, for a frequent case.
  mutating func specialize(_ opcode: Opcode, n: Int, b: UInt, c: UInt, at slot: Int) {
    slots[slot] =
      UInt(opcode.rawValue) | UInt(n) << 8 | slots[slot] & 0xFFFF_0000 | b << 32 | c << 48
  }

  /// Sets the count behind the opcode of an instruction.
  mutating func setCount(_ n: Int, at slot: Int) {
    slots[slot] = slots[slot] & ~(0xFF << 8) | UInt(n) << 8
  }

  /// Appends a slot.
  mutating func append(_ word: UInt) { slots.append(word) }

  /// Puts a number into the upper half of an instruction's first slot.
  mutating func setUpperHalf(_ number: Int, at slot: Int) {
    slots[slot] = slots[slot] & 0xFFFF_FFFF | UInt(bitPattern: number) << 32
  }

  /// Makes the upper half of an instruction's first slot the jump to a label.
  mutating func jump(to label: Int, at instruction: Int) {
    fixups.append(.jump(slot: instruction, from: instruction, label: label))
  }

  /// Appends a slot: a jump to a label, or none for 0, with a lower half.
  mutating func appendJump(to label: Int, from instruction: Int, lowerHalf: UInt = 0) {
    if label != 0 { fixups.append(.jump(slot: slots.count, from: instruction, label: label)) }
    slots.append(lowerHalf)
  }

  /// Appends the address of a label.
  mutating func appendAddress(of label: Int) {
    fixups.append(.address(slot: slots.count, label: label))
    slots.append(0)
  }

  /// Appends the catch mark of a handler.
  mutating func appendHandler(label: Int) {
    fixups.append(.handler(slot: slots.count, label: label))
    slots.append(0)
  }

  /// Appends the entry of a lambda.
  mutating func appendLambda(index: Int) {
    fixups.append(.lambda(slot: slots.count, index: index))
    slots.append(0)
  }

  /// Writes the code to its place and fills in what waited for it.
  ///
  /// - Throws: ``LoadError/malformed(reason:)`` for a label that stands nowhere.
  func write(
    to code: UnsafeMutablePointer<UInt>, store: CodeStore,
    lambda: (Int) -> UnsafeMutablePointer<LambdaEntry>
  ) throws(LoadError) {
    slots.withUnsafeBufferPointer { slots in
      if let base = slots.baseAddress { code.initialize(from: base, count: slots.count) }
    }
    for fixup in fixups {
      switch fixup {
      case .jump(let slot, let from, let label):
        let jump = try place(of: label) - from
        code[slot] = code[slot] & 0xFFFF_FFFF | UInt(bitPattern: jump) << 32
      case .address(let slot, let label):
        code[slot] = UInt(bitPattern: code + (try place(of: label)))
      case .handler(let slot, let label):
        code[slot] = Term.catch(store.addHandler(code + (try place(of: label)))).bits
      case .lambda(let slot, let index):
        code[slot] = UInt(bitPattern: lambda(index))
      }
    }
  }

  /// The slot of a label.
  func place(of label: Int) throws(LoadError) -> Int {
    guard labels.indices.contains(label), labels[label] >= 0 else {
      throw .malformed(reason: "the label \(label) stands nowhere")
    }
    return labels[label]
  }
}

@testable import ToyVM

/// Puts modules together of instructions that no compiler would write.
struct ModuleAssembler {
  /// An operand of the compact term encoding; numbers below 2048.
  enum Part {
    case unsigned(Int)
    case integer(Int)
    case atom(String)
    case x(Int)
    case y(Int)
    case label(Int)
    case float(Int)
    case list([Part])
  }

  private var atoms: [String] = ["broken", "run", "erlang"]
  private var imports: [(function: Int, arity: Int)] = []
  private var code: [UInt8] = []
  /// One more than the highest label.
  private var labelCount = 5

  /// The place of a function of module `erlang` among the imports.
  mutating func native(_ function: String, _ arity: Int) -> Part {
    imports.append((index(of: function), arity))
    return .unsigned(imports.count - 1)
  }

  /// Adds an instruction.
  mutating func add(_ opcode: GenericOpcode, _ parts: Part...) {
    code.append(opcode.rawValue)
    for part in parts { encode(part) }
    if opcode == .label, case .unsigned(let label)? = parts.first {
      labelCount = max(labelCount, label + 1)
    }
  }

  /// The module's file: `broken:run/0` begins at label 2 with the instructions added.
  func module(exportLabel: Int = 2) -> [UInt8] {
    var whole = self
    whole.code = []
    whole.add(.label, .unsigned(1))
    whole.add(.funcInfo, .atom("broken"), .atom("run"), .unsigned(0))
    whole.add(.label, .unsigned(2))
    whole.code += code
    whole.add(.intCodeEnd)
    let word = BeamFixtures.word
    var names = word(whole.atoms.count)
    for atom in whole.atoms { names += [UInt8(atom.utf8.count)] + Array(atom.utf8) }
    var table = word(imports.count)
    for (function, arity) in imports { table += word(3) + word(function) + word(arity) }
    return BeamFixtures.container([
      ("AtU8", names), ("ImpT", table), ("ExpT", word(1) + word(2) + word(0) + word(exportLabel)),
      (
        "Code",
        word(16) + word(0) + word(GenericOpcode.highest) + word(labelCount)
          + word(1) + whole.code
      ),
    ])
  }

  private mutating func index(of atom: String) -> Int {
    if let place = atoms.firstIndex(of: atom) { return place + 1 }
    atoms.append(atom)
    return atoms.count
  }

  private mutating func encode(_ part: Part) {
    switch part {
    case .unsigned(let number): encode(number, .unsigned)
    case .integer(let number): encode(number, .integer)
    case .atom(let name): encode(index(of: name), .atom)
    case .x(let number): encode(number, .x)
    case .y(let number): encode(number, .y)
    case .label(let number): encode(number, .label)
    case .float(let number):
      code.append(0x20 | CompactTag.extended.rawValue)
      encode(number, .unsigned)
    case .list(let parts):
      code.append(0x10 | CompactTag.extended.rawValue)
      encode(parts.count, .unsigned)
      for part in parts { encode(part) }
    }
  }

  private mutating func encode(_ number: Int, _ tag: CompactTag) {
    if number < 16 {
      code.append(UInt8(number << 4) | tag.rawValue)
    } else {
      code.append(UInt8((number >> 8) << 5) | 0x08 | tag.rawValue)
      code.append(UInt8(number & 0xFF))
    }
  }
}

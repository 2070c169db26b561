import TestKit

@testable import ToyVM

/// Damages modules so that many of them still load.
struct BeamMutator {
  /// A module taken apart: what each damaged copy begins with.
  struct Original {
    let name: String
    let bytes: [UInt8]
    fileprivate let chunks: [(name: String, data: [UInt8])]
    /// Where each instruction stands in the data of the chunk `Code`.
    fileprivate let instructions: [Range<Int>]
    /// Of each instruction the exported function that it belongs to, or that stands before it.
    fileprivate let exports: [Int]
    /// The exported functions.
    let functions: [(name: String, arity: Int)]
    /// Which of them may be run.
    let runnable: [Int]

    init(name: String, bytes: [UInt8]) throws {
      self.name = name
      self.bytes = bytes
      let file = try BeamFile(bytes: bytes)
      functions = file.exports.map { (file.atoms[$0.name], $0.arity) }
      runnable = functions.indices.filter { [functions] in functions[$0].name != "module_info" }
      exports = try Self.exports(of: file)
      chunks = BeamFixtures.chunks(bytes).map { name, data in
        // Literals that are not packed, so that damage reaches them.
        name == "LitT" ? (name, BeamFixtures.word(0) + file.literalBytes) : (name, data)
      }
      let header = chunks.first { $0.name == "Code" }.map { $0.data.count - file.code.count } ?? 0
      var starts = try file.instructions().map { $0.byteOffset + header }
      starts.append(header + file.code.count)
      instructions = zip(starts, starts.dropFirst()).map { $0..<$1 }
    }
  }

  private var random: SeededGenerator
  /// The exported function that the damage belongs to, if that is known.
  private(set) var damagedExport: Int?

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// A damaged copy of a module.
  mutating func mutant(of original: Original) -> [UInt8] {
    switch number(below: 20) {
    case 0: return damagedFile(original.bytes)
    case 1..<14: return withChunk("Code", original) { $0.damagedCode($1, original) }
    case 14..<16: return withChunk("LitT", original) { $0.damagedBytes($1) }
    default:
      let name = ["FunT", "ImpT", "ExpT", "AtU8", "Line", "LocT"][number(below: 6)]
      return withChunk(name, original) { $0.damagedTable($1) }
    }
  }

  private mutating func number(below limit: Int) -> Int {
    Int.random(in: 0..<max(1, limit), using: &random)
  }

  private mutating func withChunk(
    _ name: String, _ original: Original, _ damage: (inout BeamMutator, [UInt8]) -> [UInt8]
  ) -> [UInt8] {
    var chunks = original.chunks
    for index in chunks.indices where chunks[index].name == name {
      chunks[index].data = damage(&self, chunks[index].data)
    }
    return BeamFixtures.container(chunks)
  }

  /// A whole file with bytes changed, or cut off.
  private mutating func damagedFile(_ bytes: [UInt8]) -> [UInt8] {
    number(below: 4) == 0
      ? Array(bytes.prefix(number(below: bytes.count))) : damagedBytes(bytes)
  }

  /// Bytes of which a few are changed.
  private mutating func damagedBytes(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    var bytes = bytes
    for _ in 0...number(below: 3) {
      let place = number(below: bytes.count)
      bytes[place] = changed(bytes[place])
    }
    return bytes
  }

  private mutating func changed(_ byte: UInt8) -> UInt8 {
    switch number(below: 4) {
    case 0: byte ^ 1 << number(below: 8)
    case 1: UInt8(number(below: 256))
    case 2: byte &+ 0x10  // The next register, label or number: the tag stays.
    default: byte &- 0x10
    }
  }

  /// A table of big-endian words of which one is changed.
  private mutating func damagedTable(_ data: [UInt8]) -> [UInt8] {
    guard data.count >= 8, number(below: 3) > 0 else { return damagedBytes(data) }
    var data = data
    let place = 4 * number(below: data.count / 4)
    let word = [number(below: 4), number(below: 64), number(below: 1 << 32)][number(below: 3)]
    data.replaceSubrange(place..<place + 4, with: BeamFixtures.word(word))
    return data
  }

  /// Code with instructions of one function changed, left out, doubled, moved or exchanged.
  private mutating func damagedCode(_ data: [UInt8], _ original: Original) -> [UInt8] {
    let places = original.instructions
    var pieces = places.map { data[$0] }
    let center = number(below: pieces.count)
    damagedExport = original.exports[center]
    for _ in 0...number(below: 3) {
      let place = min(pieces.count - 1, center + number(below: 8))
      let other = min(pieces.count - 1, place + number(below: 12))
      let donor = number(below: pieces.count)
      // Labels stay what they are, or the rest of the module goes with them.
      guard !isLabel(pieces[place]) else { continue }
      switch number(below: 8) {
      case 0: pieces[place] = []
      case 1: pieces.insert(pieces[place], at: other)
      case 2: pieces.swapAt(place, other)
      case 3 where !isLabel(pieces[donor]): pieces.insert(pieces[donor], at: place)
      default: pieces[place] = damagedInstruction(pieces[place])[...]
      }
    }
    return Array(data[..<(places.first?.lowerBound ?? 0)]) + pieces.joined()
  }

  private func isLabel(_ instruction: ArraySlice<UInt8>) -> Bool {
    instruction.first == GenericOpcode.label.rawValue
  }

  /// An instruction with an operand changed, or rarely another opcode.
  private mutating func damagedInstruction(_ instruction: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = Array(instruction)
    guard bytes.count > 1, number(below: 30) > 0 else { return damagedBytes(bytes) }
    let place = 1 + number(below: bytes.count - 1)
    bytes[place] = changed(bytes[place])
    return bytes
  }
}

extension BeamMutator.Original {
  private static func exports(of file: BeamFile) throws -> [Int] {
    let names = file.exports.map { file.atoms[$0.name] }
    var exports: [Int] = []
    var export = 0
    for instruction in try file.instructions() {
      if instruction.opcode == .funcInfo, case .atom(let atom) = instruction.operands[1] {
        // The function of a closure is named after the one that makes it: `-name/0-fun-1-`.
        let name = file.atoms[atom]
        let maker = name.hasPrefix("-") ? String(name.dropFirst().prefix { $0 != "/" }) : name
        export = names.firstIndex(of: maker) ?? export
      }
      exports.append(export)
    }
    return exports
  }
}

import Testing

@testable import ToyVM

@Suite("Instructions as the compiler wrote them")
struct GenericInstructionTests {
  /// The instructions of a function, from its `func_info` on, without lines and labels.
  private func function(_ name: String, of file: BeamFile) throws -> [GenericInstruction] {
    let all = try file.instructions()
    let index = try #require(file.atoms.firstIndex(of: name))
    let start = try #require(
      all.firstIndex { $0.opcode == .funcInfo && $0.operands[1] == .atom(index) })
    let rest = all[(start + 1)...]
    let end = rest.firstIndex { $0.opcode == .funcInfo } ?? rest.endIndex
    return rest[..<end].filter { $0.opcode != .line && $0.opcode != .label }
  }

  /// Operands read from bytes, with 10 atoms, 10 labels and 10 literals.
  private func operand(_ bytes: [UInt8]) -> Result<Operand, BeamError> {
    var decoder = OperandDecoder(atomCount: 11, labelCount: 10, literalCount: 10)
    var reader = BeamReader(chunk: "Code", bytes: bytes)
    do throws(BeamError) {
      let operand = try decoder.operand(&reader)
      return reader.remaining == 0
        ? .success(operand) : .failure(reader.corrupt("bytes are left"))
    } catch {
      return .failure(error)
    }
  }

  private func isRefused(_ bytes: [UInt8]) -> Bool {
    if case .failure = operand(bytes) { true } else { false }
  }

  @Test("integers of all sizes have the values of the source")
  func readsIntegers() throws {
    let file = try BeamFixtures.file("shapes")
    let integers = try function("integers", of: file).filter { $0.opcode == .gcBif2 }
    #expect(
      integers.map { $0.operands[4] } == [
        .integer(1), .integer(15), .integer(16), .integer(2047), .integer(2048), .integer(-1),
        .integer(65535), .integer(65536), .integer(-129), .integer(1_152_921_504_606_846_976),
        .bigInteger(isNegative: false, magnitude: [1 << 63]),
        .bigInteger(isNegative: true, magnitude: [1 << 63 + 1]),
        .bigInteger(isNegative: false, magnitude: [.max, .max]),
      ])
    // Each adds to the argument and keeps the sums so far alive, the last replaces the argument;
    // types of registers are dropped.
    for (place, integer) in integers.enumerated() {
      #expect(integer.operands[0] == .label(0))
      #expect(integer.operands[1] == .unsigned(place + 1))
      #expect(integer.operands[3] == .x(0))
      #expect(integer.operands[5] == .x((place + 1) % integers.count))
    }
  }

  @Test("selections, closures, floats, catches and allocations have their operands")
  func readsOperands() throws {
    let file = try BeamFixtures.file("shapes")
    let choose = try function("choose", of: file)
    let selection = try #require(choose.first { $0.opcode == .selectVal })
    let cases: [Operand] = [
      .integer(-1), .label(13), .integer(1), .label(12), .integer(2), .label(11),
      .integer(30000), .label(10),
    ]
    #expect(selection.operands == [.x(0), .label(5), .list(cases)])
    let closures = try function("closures", of: file)
    #expect(
      closures.map(\.opcode) == [.testHeap, .makeFun3, .makeFun3, .makeFun3, .putTuple2, .return])
    #expect(closures[0].operands == [.allocation(words: 7, floats: 0, funs: 3), .unsigned(2)])
    #expect(closures[1].operands == [.unsigned(0), .x(2), .list([.x(0)])])
    #expect(closures[3].operands == [.unsigned(2), .x(1), .list([])])
    let floats = try function("floats", of: file)
    #expect(floats[2].operands == [.x(0), .float(0)])
    #expect(floats[4].opcode == .fmul)
    #expect(floats[4].operands == [.label(0), .float(0), .float(1), .float(0)])
    let registers = try function("registers", of: file)
    #expect(registers[0].operands == [.unsigned(9), .unsigned(4), .unsigned(9)])
    #expect(registers[1].operands == [.x(8), .y(0)])
    #expect(registers.contains { $0.opcode == .catch && $0.operands == [.y(8), .label(26)] })
    #expect(registers.contains { $0.opcode == .putList && $0.operands == [.y(3), .nil, .x(0)] })
    let literals = try function("literals", of: file)
    #expect(literals.map(\.opcode) == [.move, .return])
    #expect(literals[0].operands[1] == .x(0))
    guard case .literal = literals[0].operands[0] else {
      Issue.record("\(literals[0]) moves no literal")
      return
    }
  }

  @Test("the forms of a number are those of the compact term encoding")
  func readsCompactTerms() {
    #expect(operand([0xF0]) == .success(.unsigned(15)))
    #expect(operand([0x08, 0x10]) == .success(.unsigned(16)))
    #expect(operand([0xE9, 0xFF]) == .success(.integer(2047)))
    #expect(operand([0x19, 0x08, 0x00]) == .success(.integer(2048)))
    #expect(operand([0x19, 0xFF, 0xFF]) == .success(.integer(-1)))
    #expect(operand([0xD9, 0x80, 0, 0, 0, 0, 0, 0, 0]) == .success(.integer(.min)))
    #expect(
      operand([0xF9, 0x00, 0x00, 0x80, 0, 0, 0, 0, 0, 0, 0])
        == .success(.bigInteger(isNegative: false, magnitude: [1 << 63])))
    #expect(
      operand([0xF9, 0x00, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0])
        == .success(.bigInteger(isNegative: true, magnitude: [0, 1])))
    #expect(
      operand([0xF9, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE])
        == .success(.integer(-2)))
    #expect(operand([0x02]) == .success(.nil))
    #expect(operand([0xA2]) == .success(.atom(10)))
    #expect(operand([0x57, 0x43, 0x20]) == .success(.x(4)))
    #expect(operand([0x17, 0x20, 0x33, 0x44]) == .success(.list([.x(3), .y(4)])))
    #expect(operand([0x47, 0x90]) == .success(.literal(9)))
    #expect(
      operand([0x37, 0x20, 0x00, 0x50, 0x20, 0x60])
        == .success(.allocation(words: 5, floats: 0, funs: 6)))
  }

  @Test("operands beyond the module's tables, and malformed ones, are refused")
  func refusesOperands() {
    let refused: [[UInt8]] = [
      [], [0xB2], [0xA5], [0x47, 0xA0], [0x8B, 0x00], [0x8C, 0x00],  // Beyond tables, registers.
      [0x06], [0x07], [0x67], [0x57, 0x40],  // No such tags.
      [0x17, 0x10, 0x17, 0x00], [0x17, 0x20, 0x33],  // A list in a list, a list cut short.
      [0x17, 0xF8, 0xF0],  // A list with more elements than there are bytes.
      [0x18, 0xFF, 0xFF], [0x1A, 0xFF, 0xFF],  // Negative counts.
      [0xF8, 0xF8, 0x00], [0xF9, 0xF0], [0x09], [0x19, 0x00],  // Numbers cut short.
      [0x37, 0x10, 0x30, 0x00],  // An allocation of an unknown kind.
    ]
    for bytes in refused { #expect(isRefused(bytes), "\(bytes)") }
    #expect(!isRefused([0x6B, 0xFF]))
  }

  @Test("opcodes have the numbers, names and arities of genop.tab")
  func opcodes() {
    #expect(GenericOpcode.allCases.map(\.rawValue) == Array(1...184))
    #expect(GenericOpcode.highest == 184)
    #expect(GenericOpcode.callExtLast.name == "call_ext_last")
    #expect(GenericOpcode.callExtLast.arity == 3)
    #expect(GenericOpcode.badrecord.rawValue == 180)
    #expect(GenericOpcode.bsAppend.arity == 8)
    #expect(GenericOpcode.updateRecord.arity == 5)
    for opcode in GenericOpcode.allCases {
      let camel = opcode.name.filter { $0 != "_" }
      let name = opcode == .initRegister ? "init" : "\(opcode)".lowercased()
      #expect(name == camel)
    }
  }
}

import Foundation
import Tenure
import TestKit
import Testing

@testable import ToyVM

@Suite("Reading compiled modules")
struct BeamFileTests {
  @Test("the smallest module is read whole")
  func readsSmallestModule() throws {
    let file = try BeamFixtures.file("tiny")
    #expect(file.module == "tiny")
    #expect(
      file.atoms == ["", "tiny", "main", "erlang", "self", "abs", "module_info", "get_module_info"])
    #expect(file.functionCount == 3)
    #expect(file.labelCount == 7)
    #expect(file.highestOpcode == 169)
    let named = file.exports.map { "\(file.atoms[$0.name])/\($0.arity)@\($0.label)" }
    #expect(named == ["module_info/1@6", "module_info/0@4", "main/0@2"])
    let imported = file.imports.map {
      "\(file.atoms[$0.module]):\(file.atoms[$0.function])/\($0.arity)"
    }
    #expect(
      imported == [
        "erlang:self/0", "erlang:abs/1", "erlang:get_module_info/1", "erlang:get_module_info/2",
      ])
    #expect(file.locals.isEmpty)
    #expect(file.lambdas.isEmpty)
    #expect(file.literals.isEmpty)
    #expect(file.lines.location(1) == LineTable.Location(file: 0, line: 5))
    #expect(file.lines.location(99) == LineTable.Location(file: 0, line: 0))
    #expect(!file.attributes.isEmpty)
    #expect(file.attributes.first == 131)
    #expect(file.compileInfo.first == 131)
  }

  @Test("tables of a module with closures, literals, strings and lines of two files are read")
  func readsTables() throws {
    let file = try BeamFixtures.file("shapes")
    #expect(file.atoms.contains("größe"))
    let lambdas = file.lambdas.map {
      "\(file.atoms[$0.function])/\($0.arity)+\($0.freeCount)@\($0.label)"
    }
    #expect(
      lambdas == [
        "-closures/2-fun-2-/0+1@45", "-closures/2-fun-1-/1+2@43", "choose/1+0@6",
      ])
    #expect(
      file.locals.map { file.atoms[$0.name] }.sorted() == [
        "-closures/2-fun-1-", "-closures/2-fun-2-",
      ])
    #expect(String(decoding: file.strings, as: UTF8.self) == "headtail")
    #expect(file.literals.count == 6)
    #expect(file.literals.allSatisfy { file.literalBytes[$0].first == 131 })
    #expect(file.lines.files == ["shapes.erl", "elsewhere.hrl"])
    #expect(file.lines.locations.count == 23)
    #expect(file.lines.location(1).line == 6)
    #expect(
      file.lines.locations.filter { $0.file == 1 }.map(\.line) == [
        1001, 1002, 1003, 1004, 1008, 1011,
      ])
  }

  @Test("a module compressed as a whole is read as if it were not")
  func readsCompressedFile() throws {
    let bytes = try BeamFixtures.bytes("squeezed")
    #expect(bytes.starts(with: [0x1F, 0x8B]))
    let file = try BeamFile(bytes: bytes)
    #expect(file.module == "squeezed")
    #expect(file.literals.count == 1)
    #expect(try !file.instructions().isEmpty)
    var damaged = bytes
    damaged[damaged.count - 5] ^= 1
    #expect {
      try BeamFile(bytes: damaged)
    } throws: { error in
      if case BeamError.badCompression("FOR1", _) = error { true } else { false }
    }
  }

  @Test("atoms and literals in the forms of OTP 28 give the same module")
  func readsFormsOf28() throws {
    let bytes = try BeamFixtures.bytes("shapes")
    let file = try BeamFile(bytes: bytes)
    let chunks = BeamFixtures.chunks(bytes).map { chunk -> (name: String, data: [UInt8]) in
      switch chunk.name {
      case "AtU8":
        let names = file.atoms.dropFirst().flatMap { atom -> [UInt8] in
          let count = atom.utf8.count
          let length: [UInt8] =
            count < 16
            ? [UInt8(count << 4)]
            : [UInt8((count >> 8) << 5) | 8, UInt8(truncatingIfNeeded: count)]
          return length + Array(atom.utf8)
        }
        return ("AtU8", BeamFixtures.word(-(file.atoms.count - 1)) + names)
      case "LitT": return ("LitT", [0, 0, 0, 0] + file.literalBytes)
      default: return chunk
      }
    }
    let rewritten = BeamFixtures.container(chunks)
    #expect(rewritten != bytes)
    var read = try BeamFile(bytes: rewritten)
    // The sum is of the bytes in the file, which are others.
    #expect(read.digest != file.digest)
    read.digest = file.digest
    #expect(read == file)
    #expect(BeamFixtures.container(BeamFixtures.chunks(bytes)) == bytes)
  }

  @Test("what is missing or wrong has its own error")
  func namesErrors() throws {
    let bytes = try BeamFixtures.bytes("tiny")
    let chunks = BeamFixtures.chunks(bytes)
    #expect(throws: BeamError.notABeamFile) { try BeamFile(bytes: []) }
    #expect(throws: BeamError.notABeamFile) { try BeamFile(bytes: Array("#!/bin/sh\n".utf8)) }
    #expect(throws: BeamError.truncated(chunk: "FOR1", offset: 100)) {
      try BeamFile(bytes: Array(bytes[..<100]))
    }
    for name in ["AtU8", "Code", "ImpT", "ExpT"] {
      let rest = chunks.filter { $0.name != name }
      #expect(throws: BeamError.missingChunk(name)) {
        try BeamFile(bytes: BeamFixtures.container(rest))
      }
    }
    func replacing(_ name: String, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
      BeamFixtures.container(
        chunks.map { chunk in
          var chunk = chunk
          if chunk.name == name { change(&chunk.data) }
          return chunk
        })
    }
    #expect(throws: BeamError.unsupportedCodeFormat(1)) {
      try BeamFile(bytes: replacing("Code") { $0[7] = 1 })
    }
    #expect(throws: BeamError.unsupportedOpcode(200, offset: 0)) {
      try BeamFile(bytes: replacing("Code") { $0[11] = 200 })
    }
    #expect(
      throws: BeamError.corrupt(chunk: "ImpT", offset: 4, reason: "the atom 9 of 7")
    ) { try BeamFile(bytes: replacing("ImpT") { $0[7] = 9 }) }
    #expect(throws: BeamError.self) { try BeamFile(bytes: replacing("ImpT") { $0[0] = 0x7F }) }
    let code = try BeamFile(bytes: replacing("Code") { $0[20] = 250 })
    #expect(throws: BeamError.unsupportedOpcode(250, offset: 0)) { try code.instructions() }
    #expect(
      "\(BeamError.unsupportedOpcode(250, offset: 0))"
        == "unknown instruction 250 at byte 0 of the code: the module was made by a newer compiler")
  }

  @Test("damaged modules end in an error or in a module, never in a crash")
  func survivesDamage() throws {
    let seed: UInt64 = 20_260_801
    var generator = SeededGenerator(seed: seed)
    let originals = try ["tiny", "shapes", "squeezed"].map(BeamFixtures.bytes)
    var outcomes = (modules: 0, errors: 0)
    for _ in 0..<20_000 {
      var bytes = originals[Int.random(in: 0..<originals.count, using: &generator)]
      if Int.random(in: 0..<10, using: &generator) == 0 {
        bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      }
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        if Bool.random(using: &generator) {
          bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        } else {
          bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
      }
      do {
        let file = try BeamFile(bytes: bytes)
        _ = try file.instructions()
        outcomes.modules += 1
      } catch {
        #expect(!"\(error)".isEmpty)
        outcomes.errors += 1
      }
    }
    // Both happen often; if not, the damage or the checks are not what they should be.
    #expect(outcomes.modules > 1000, "seed \(seed): \(outcomes)")
    #expect(outcomes.errors > 1000, "seed \(seed): \(outcomes)")
  }

  @Test("all modules of an installed standard library are read")
  func readsStandardLibrary() throws {
    let modules = BeamFixtures.installedModules()
    if modules.isEmpty {
      print("skipped: no standard library of Erlang under /usr/lib/erlang/lib")
      return
    }
    var instructionCount = 0
    for module in modules {
      let file = try BeamFile(bytes: [UInt8](try Data(contentsOf: module)))
      #expect(file.module == module.deletingPathExtension().lastPathComponent)
      let instructions = try file.instructions()
      instructionCount += instructions.count
      let labels = instructions.filter { $0.opcode == .label }.map(\.operands)
      #expect(labels == (1..<file.labelCount).map { [.unsigned($0)] }, "\(file.module)")
      let functions = instructions.filter { $0.opcode == .funcInfo }.count
      #expect(functions == file.functionCount, "\(file.module)")
      let highest = instructions.map { Int($0.opcode.rawValue) }.max() ?? 0
      #expect(highest <= file.highestOpcode, "\(file.module)")
      let end = try #require(instructions.last).byteOffset
      #expect(end == file.code.count - 1, "\(file.module)")
      let lines = instructions.filter { $0.opcode == .line }.map(\.operands[0])
      #expect(
        lines.allSatisfy {
          if case .unsigned(let index) = $0 { index < file.lines.locations.count } else { false }
        }, "\(file.module)")
    }
    #expect(instructionCount > 1000 * modules.count)
  }
}

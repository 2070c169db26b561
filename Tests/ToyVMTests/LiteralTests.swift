import Foundation
import Tenure
import TestKit
import Testing

@testable import ToyVM

@Suite("Literals of compiled modules")
struct LiteralTests {
  /// Numbers external funs in the order of their first use, and names them by their numbers.
  final class Exports: FunResolver, FunNaming {
    private var names: [ExternalFunName] = []

    func localFunEntry(
      _ name: LocalFunName, arity: Int, freeCount: Int
    ) -> (entry: UInt, variant: UInt32)? { nil }
    func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
      names.append(ExternalFunName(module: module, function: function))
      return UInt(names.count - 1)
    }
    func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? { nil }
    func externalFunName(entry: UInt) -> ExternalFunName? { names[Int(entry)] }
  }

  private let atoms = AtomTable()
  private let scratch = MallocScratch()
  private let exports = Exports()

  /// The texts of a module's literals; in place of one that is not supported, nothing.
  private func texts(of file: BeamFile) throws -> [String?] {
    let decoder = ExternalDecoder(atoms: atoms, scratch: scratch, funs: exports, naming: exports)
    let printer = TermPrinter(atoms: atoms, scratch: scratch, funs: exports)
    return try file.literalBytes.withUnsafeBytes { bytes in
      try file.literals.map { range in
        let literal = UnsafeRawBufferPointer(rebasing: bytes[range])
        do {
          let measured = try decoder.measure(literal)
          #expect(measured.byteCount == literal.count)
          let words = UnsafeMutablePointer<UInt>.allocate(capacity: max(1, measured.words))
          defer { words.deallocate() }
          var cursor = WordCursor(top: words, limit: words + measured.words)
          let term = try decoder.decode(literal, into: &cursor)
          #expect(cursor.remainingWords == 0)
          return try printer.text(of: term)
        } catch let error as ExternalFormatError {
          switch error.reason {
          case .unsupportedTag: return nil
          default: throw error
          }
        }
      }
    }
  }

  @Test("the literals of a module have the text of the source")
  func decodesLiterals() throws {
    let texts = try texts(of: try BeamFixtures.file("shapes"))
    #expect(texts.dropFirst() == ["[2]", "{1}", "2.0", "3.5", "[little]"])
    let first = try #require(texts.first ?? nil)
    let begin =
      "[#{a => 1,[98] => 2.5},<<98,105,110,97,114,121>>,[108,105,115,116],[1|tail],"
      + "fun lists:map/2,{"
    #expect(first.hasPrefix(begin), "\(first)")
    #expect(first.hasSuffix("},[],{}]"), "\(first)")
    #expect(
      try self.texts(of: try BeamFixtures.file("squeezed")) == [
        "[all,'of',{this,<<105,115>>,[112,97,99,107,101,100]}]"
      ])
  }

  @Test("attributes and compile information are terms")
  func decodesAttributes() throws {
    var file = try BeamFixtures.file("tiny")
    file.literalBytes = file.attributes + file.compileInfo
    file.literals = [0..<file.attributes.count, file.attributes.count..<file.literalBytes.count]
    let texts = try texts(of: file).map { $0 ?? "" }
    #expect(texts[0].hasPrefix("[{vsn,["), "\(texts[0])")
    #expect(texts[1].hasPrefix("[{version,["), "\(texts[1])")
  }

  @Test("all literals of an installed standard library are decoded")
  func decodesStandardLibrary() throws {
    let modules = BeamFixtures.installedModules()
    if modules.isEmpty {
      print("skipped: no standard library of Erlang under /usr/lib/erlang/lib")
      return
    }
    var decoded = 0
    var unsupported = 0
    for module in modules {
      let texts = try texts(of: BeamFile(bytes: [UInt8](try Data(contentsOf: module))))
      decoded += texts.count { $0 != nil }
      unsupported += texts.count { $0 == nil }
    }
    print("literals of the standard library: \(decoded) decoded, \(unsupported) not supported")
    #expect(decoded > 1000)
    // Maps of more than 32 keys are not decoded yet.
    #expect(unsupported < 20)
    #expect(scratch.outstandingBytes == 0)
  }
}

import Terms
import TestKit
import Testing

@Suite("External terms that are refused")
struct ExternalRefusalTests {
  private let bench = ExternalTestBench()

  @Test("a failure gives back the binaries that were made")
  func givesBinariesBack() {
    let binary = [109, 0, 0, 0, 100] + [UInt8](repeating: 7, count: 100)
    // The third element is an atom that is none.
    #expect(
      bench.failure([131, 104, 3] + binary + binary + [119, 1, 0xFF])?.reason
        == .atom(.invalidUTF8))
    #expect(bench.binaries.outstandingBinaries == 0)
    let failing = CountedBinaries(failingRequest: 2)
    let decoder = ExternalDecoder(
      atoms: bench.atoms, scratch: bench.scratch, binaries: failing)
    let bytes = [131, 104, 2] + binary + binary
    #expect(
      throws: ExternalFormatError(.binary(BinaryRefused(requestedBytes: 124)), offset: 108)
    ) {
      try bytes.withUnsafeBytes { try DecodedTerm($0, decoder: decoder, binaries: failing) }
    }
    #expect(failing.outstandingBinaries == 0)
  }

  @Test("where it must be safe, nothing new is made")
  func makesNothingNew() throws {
    let count = bench.atoms.count
    let new = [131, 119, 3] + Array("new".utf8)
    #expect(bench.failure(new, isSafe: true) == ExternalFormatError(.newAtom, offset: 1))
    #expect(bench.atoms.count == count)
    _ = try bench.decode(new)
    _ = try bench.decode(new, isSafe: true)
    let fun = [131, 113] + new[1...] + new[1...] + [97, 2]
    #expect(bench.failure(fun, isSafe: true) == ExternalFormatError(.unknownFun, offset: 1))
    _ = try bench.decode(fun)
    _ = try bench.decode(fun, isSafe: true)
  }

  @Test("identifiers and bit strings with parts out of bounds are refused as OTP refuses them")
  func refusesParts() {
    let node = [119, 3] + Array("x@y".utf8)
    let here = [119, 13] + Array("nonode@nohost".utf8)
    let wide: [UInt8] = [255, 255, 255, 255]
    let identifiers: [[UInt8]] = [
      [103] + node + [0, 0, 0, 5, 0, 0, 0, 6, 4], [88] + here + wide + wide + [0, 0, 0, 0],
      [120] + here + wide + wide + [0, 0, 0, 0], [101] + node + [0, 4, 0, 0, 3],
      [114, 0, 6] + node + [3] + [UInt8](repeating: 0, count: 24),
      [90, 0, 4] + here + [UInt8](repeating: 0, count: 20), [88, 97, 1] + wide + wide + wide,
    ]
    for bytes in identifiers {
      #expect(bench.failure([131] + bytes)?.reason == .badIdentifier, "\(bytes)")
    }
    for bytes in [[0, 0, 0, 1, 0, 255], [0, 0, 0, 1, 9, 255], [0, 0, 0, 0, 3]] as [[UInt8]] {
      #expect(bench.failure([131, 77] + bytes)?.reason == .badBitString, "\(bytes)")
    }
  }
}

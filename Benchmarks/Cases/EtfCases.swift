import Tenure
import TestKit

/// The external term format: encoding and decoding terms of about a megabyte, and small ones.
func etfCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "etf", runtime: erlang)]
  return EtfShape.allCases.flatMap { shape in
    [
      BenchmarkCase(name: "etf/encode/\(shape.rawValue)", unit: "ns/byte", peers: peers) {
        try EtfWorld(shape).measureEncoding($0)
      },
      BenchmarkCase(name: "etf/decode/\(shape.rawValue)", unit: "ns/byte", peers: peers) {
        try EtfWorld(shape).measureDecoding($0)
      },
    ]
  }
}

/// What is encoded.
enum EtfShape: String, CaseIterable {
  /// Records of atoms, numbers, a binary, a list and a map.
  case mixed
  /// Integers of all encodings.
  case integers
  /// Triples of an atom and two small integers.
  case tuples
  /// Maps of four atoms to integers.
  case maps
  /// A map of many integers.
  case hashmap
  /// Binaries of 5,000 bytes.
  case binaries
  /// 10,000 terms of their own, each a triple of an atom, an integer and a short binary.
  case small

  /// The elements of the list that is encoded, or the terms.
  var count: Int {
    switch self {
    case .mixed: 11_000
    case .integers: 200_000
    case .tuples: 80_000
    case .maps: 25_000
    case .hashmap: 100_000
    case .binaries: 200
    case .small: 10_000
    }
  }
}

/// Bytes of encoded terms, put together by hand.
struct EtfText {
  var bytes: [UInt8] = []

  mutating func number(_ tag: UInt8, _ number: Int) {
    bytes.append(tag)
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }
  mutating func integer(_ number: Int) {
    if 0...255 ~= number {
      bytes += [97, UInt8(number)]
    } else if Int32(exactly: number) != nil {
      self.number(98, number)
    } else {
      let byteCount = (64 - number.leadingZeroBitCount + 7) / 8
      bytes += [110, UInt8(byteCount), 0]
      for place in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
  }
  mutating func atom(_ name: String) {
    bytes += [100, 0, UInt8(name.utf8.count)] + Array(name.utf8)
  }
  mutating func float(_ value: Double) {
    bytes.append(70)
    for shift in (0..<8).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * shift)))
    }
  }
  mutating func binary(_ content: [UInt8]) {
    number(109, content.count)
    bytes += content
  }
}

extension EtfShape {
  /// An element of the list, or a term of its own.
  fileprivate func append(_ index: Int, to text: inout EtfText) {
    switch self {
    case .mixed: appendRecord(index, to: &text)
    case .integers: text.integer(index * [1, 1000, 100_000_000, 1 << 40][index % 4])
    case .tuples:
      text.bytes += [104, 3]
      text.atom("item")
      text.integer(index)
      text.integer(index % 100)
    case .maps:
      text.number(116, 4)
      for (place, key) in ["alpha", "beta", "delta", "gamma"].enumerated() {
        text.atom(key)
        text.integer(index * place)
      }
    case .hashmap:
      text.integer(index)
      text.integer(index % 7)
    case .binaries: text.binary([UInt8](repeating: UInt8(index % 256), count: 5000))
    case .small:
      text.bytes += [104, 3]
      text.atom("item")
      text.integer(index)
      text.binary(Array("abcdefghijkl".utf8))
    }
  }

  private func appendRecord(_ index: Int, to text: inout EtfText) {
    text.bytes += [104, 7]
    text.atom("record")
    text.integer(index)
    text.float(Double(index) * 1.5)
    text.binary(Array("a name".utf8))
    text.number(108, 3)
    for more in 1000..<1003 { text.integer(index + more) }
    text.bytes.append(106)
    text.number(116, 2)
    text.atom("id")
    text.integer(index)
    text.atom("tag")
    text.atom("ok")
    text.atom(["one", "two", "three", "four"][index % 4])
  }

  /// The encodings of the terms: one, but for the small ones.
  func encodings() -> [[UInt8]] {
    var texts: [EtfText] = []
    if self == .small {
      texts = (1...count).map { index in
        var text = EtfText(bytes: [131])
        append(index, to: &text)
        return text
      }
    } else {
      texts = [whole(count: count)]
    }
    return texts.map(\.bytes)
  }

  /// The encoding of the list, or of the map, with so many elements.
  func whole(count: Int) -> EtfText {
    var text = EtfText(bytes: [131])
    text.number(self == .hashmap ? 116 : 108, count)
    for index in 1...count { append(index, to: &text) }
    if self != .hashmap { text.bytes.append(106) }
    return text
  }
}

/// The terms, and everything that encodes and decodes them.
private final class EtfWorld {
  private let environment = HeapEnvironment(allocator: BlockAllocator())
  private let atoms = AtomTable()
  private let binaries = MallocBinaries()
  private let decoder: ExternalDecoder
  private let encoder: ExternalEncoder
  private let memory: UnsafeMutablePointer<UInt>
  private var list: OffHeapList
  private let terms: [Term]
  /// The encodings as this side writes them.
  private let encodings: [UnsafeRawBufferPointer]
  private let byteCount: Double

  init(_ shape: EtfShape) throws {
    let scratch = environment.scratch
    let decoder = ExternalDecoder(atoms: atoms, scratch: scratch, binaries: binaries)
    self.decoder = decoder
    encoder = ExternalEncoder(atoms: atoms, scratch: scratch)
    let given = shape.encodings()
    let memoryWords = try given.reduce(0) { sum, bytes in
      try sum + bytes.withUnsafeBytes { try decoder.measure($0).words }
    }
    memory = .allocate(capacity: memoryWords)
    var cursor = WordCursor(top: memory, limit: memory + memoryWords)
    var list = OffHeapList()
    var terms: [Term] = []
    for bytes in given {
      try terms.append(
        bytes.withUnsafeBytes { try decoder.decode($0, into: &cursor, list: &list) })
    }
    self.list = list
    self.terms = terms
    var encodings: [UnsafeRawBufferPointer] = []
    var total = 0
    for term in terms {
      let bytes = try encoder.encode(term)
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      copy.copyBytes(from: bytes)
      encodings.append(UnsafeRawBufferPointer(copy))
      total += bytes.count
    }
    self.encodings = encodings
    byteCount = Double(total)
  }

  deinit {
    list.releaseAll(to: binaries)
    for bytes in encodings { UnsafeMutableRawBufferPointer(mutating: bytes).deallocate() }
    memory.deallocate()
  }

  /// The checksum of all encodings.
  private var check: String {
    // The order of a large map is not told.
    if terms[0].isHashMap { return "\(Int(byteCount))" }
    return "\(encodings.reduce(0 as UInt32) { Checksum.crc32($1, previous: $0) })"
  }

  func measureEncoding(_ effort: Effort) throws -> Measurement {
    let words = UnsafeMutablePointer<UInt>.allocate(capacity: 16)
    defer { words.deallocate() }
    let samples = try effort.samples(per: byteCount) {
      for term in terms { try encode(term, words) }
    }
    return Measurement(samples: samples, check: check)
  }

  /// Encodes, takes memory for the binary and copies into it; a short one stands on a heap.
  private func encode(_ term: Term, _ words: UnsafeMutablePointer<UInt>) throws {
    let encoded = try encoder.encoded(term)
    let count = encoded.byteCount
    if count <= OffHeapBinary.heapLimit {
      words[0] = Header.heapBinary(byteCount: count).bits
      words[1] = UInt(count)
      encoded.copy(to: UnsafeMutableRawBufferPointer(start: words + 2, count: count))
      return
    }
    let binary = try binaries.makeBinary(byteCount: count)
    encoded.copy(to: UnsafeMutableRawBufferPointer(start: binary.bytes, count: count))
    binary.release(to: binaries)
  }

  /// Measures, takes a block and builds the term in it.
  func measureDecoding(_ effort: Effort) throws -> Measurement {
    let allocator = environment.allocator
    let samples = try effort.samples(per: byteCount) {
      for bytes in encodings {
        let words = try decoder.measure(bytes).words
        let block = try allocator.allocate(
          byteCount: words * MemoryLayout<UInt>.stride, kind: .processHeap)
        let target = block.base.bindMemory(to: UInt.self, capacity: words)
        var cursor = WordCursor(top: target, limit: target + words)
        var list = OffHeapList()
        _ = try decoder.decode(bytes, into: &cursor, list: &list)
        list.releaseAll(to: binaries)
        allocator.free(block, kind: .processHeap)
      }
    }
    return Measurement(samples: samples, check: check)
  }
}

import Synchronization
import Terms
import TestKit

/// Memory for binaries that counts what is out and can refuse.
final class CountedBinaries: BinaryProvider, Sendable {
  private let outstanding = Atomic<Int>(0)
  private let requests = Atomic<Int>(0)
  private let failingRequest: Int?

  /// Makes a provider that refuses the request of a number, from 1.
  init(failingRequest: Int? = nil) { self.failingRequest = failingRequest }

  var outstandingBinaries: Int { outstanding.load(ordering: .relaxed) }

  func allocateBinary(byteCount: Int) throws(BinaryRefused) -> UnsafeMutableRawPointer {
    if requests.add(1, ordering: .relaxed).newValue == failingRequest {
      throw BinaryRefused(requestedBytes: byteCount)
    }
    outstanding.add(1, ordering: .relaxed)
    return .allocate(byteCount: byteCount, alignment: 8)
  }

  func freeBinary(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    outstanding.subtract(1, ordering: .relaxed)
    memory.deallocate()
  }
}

/// A decoded term in memory of its own, with the binaries outside that it refers to.
final class DecodedTerm {
  private let words: UnsafeMutablePointer<UInt>
  private let binaries: any BinaryProvider
  private var list = OffHeapList()
  let term: Term
  /// The words that the term took.
  let usedWords: Int
  /// The bytes of the encoding.
  let byteCount: Int

  /// Measures, gives exactly the words counted, and decodes.
  init(
    _ bytes: UnsafeRawBufferPointer, decoder: ExternalDecoder, binaries: any BinaryProvider
  ) throws(ExternalFormatError) {
    let measured = try decoder.measure(bytes)
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: max(1, measured.words))
    memory.initialize(repeating: 0x5A5A_5A5A, count: max(1, measured.words))
    var cursor = WordCursor(top: memory, limit: memory + measured.words)
    var list = OffHeapList()
    do throws(ExternalFormatError) {
      term = try decoder.decode(bytes, into: &cursor, list: &list)
    } catch {
      memory.deallocate()
      precondition(list.first == 0, "a failed decode left a list")
      throw error
    }
    words = memory
    self.binaries = binaries
    self.list = list
    usedWords = cursor.top - memory
    byteCount = measured.byteCount
  }

  deinit {
    list.releaseAll(to: binaries)
    words.deallocate()
  }
}

/// Everything that decodes and encodes a term, and counts what it takes.
struct ExternalTestBench {
  let atoms = AtomTable()
  let scratch = MallocScratch()
  let funs = FunTable()
  let binaries = CountedBinaries()

  func decoder(isSafe: Bool = false) -> ExternalDecoder {
    ExternalDecoder(
      atoms: atoms, scratch: scratch, funs: funs, naming: funs, binaries: binaries,
      isSafe: isSafe)
  }

  func decode(
    _ bytes: [UInt8], isSafe: Bool = false
  ) throws(ExternalFormatError) -> DecodedTerm {
    // A copy of exactly the bytes, so that a sanitizer sees each byte read behind them.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try DecodedTerm(
      UnsafeRawBufferPointer(copy), decoder: decoder(isSafe: isSafe), binaries: binaries)
  }

  /// The error of bytes that cannot be decoded.
  func failure(_ bytes: [UInt8], isSafe: Bool = false) -> ExternalFormatError? {
    do throws(ExternalFormatError) {
      _ = try decode(bytes, isSafe: isSafe)
      return nil
    } catch {
      return error
    }
  }

  func encode(
    _ decoded: DecodedTerm, _ change: (inout ExternalEncodingOptions) -> Void = { _ in }
  ) throws(ExternalEncodeError) -> [UInt8] {
    var options = ExternalEncodingOptions()
    change(&options)
    let encoder = ExternalEncoder(atoms: atoms, scratch: scratch, funs: funs, options: options)
    return try withExtendedLifetime(decoded) { () throws(ExternalEncodeError) in
      try encoder.encode(decoded.term)
    }
  }
}

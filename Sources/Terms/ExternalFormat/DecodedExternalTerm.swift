/// A term that was decoded into memory of its own, on no heap, until this object ends.
///
/// ```swift
/// let decoded = try DecodedExternalTerm(bytes, by: decoder)
/// let text = try printer.text(of: decoded.term)
/// withExtendedLifetime(decoded) {}
/// ```
/// The memory is the decoder's working memory.
public final class DecodedExternalTerm {
  /// The term; valid as long as this object is.
  public let term: Term
  /// The bytes of the encoding; more may stand behind them.
  public let byteCount: Int
  private let memory: UnsafeMutableRawPointer
  private let memoryBytes: Int
  private let list: OffHeapList
  private let decoder: ExternalDecoder

  /// Decodes a term; where its maps take more words than were counted, with so many.
  /// - Parameters:
  ///   - bytes: the term, from its version byte on.
  ///   - decoder: what decodes; its atoms, funs, binaries and working memory must outlive this.
  /// - Throws: ``ExternalFormatError``; nothing is then held.
  public init(
    _ bytes: UnsafeRawBufferPointer, by decoder: ExternalDecoder
  ) throws(ExternalFormatError) {
    let measured = try decoder.measure(bytes)
    byteCount = measured.byteCount
    self.decoder = decoder
    var words = max(1, measured.words)
    while true {
      let memoryBytes = words * MemoryLayout<UInt>.stride
      let memory: UnsafeMutableRawPointer
      do {
        memory = try decoder.scratch.allocateScratch(byteCount: memoryBytes)
      } catch {
        throw ExternalFormatError(.scratch(error), offset: 0)
      }
      let start = memory.bindMemory(to: UInt.self, capacity: words)
      var cursor = WordCursor(top: start, limit: start + words)
      var list = OffHeapList()
      do throws(ExternalFormatError) {
        term = try decoder.decode(bytes, into: &cursor, list: &list)
        (self.memory, self.memoryBytes, self.list) = (memory, memoryBytes, list)
        return
      } catch {
        decoder.scratch.freeScratch(memory, byteCount: memoryBytes)
        guard case .moreWords(let needed) = error.reason else { throw error }
        words = max(needed, 2 * words)
      }
    }
  }

  deinit {
    if let binaries = decoder.binaries {
      var list = list
      list.releaseAll(to: binaries)
    }
    decoder.scratch.freeScratch(memory, byteCount: memoryBytes)
  }
}

import Terms

/// What any bytes must hold to, taken for an external term: they are refused, or they are a term
/// that is the same after it was encoded and decoded again.
public enum ExternalFormatProbe {
  /// Tries bytes.
  /// - Returns: the rule that is broken, if one is.
  public static func flaw(of bytes: UnsafeRawBufferPointer) -> String? {
    let world = ProbeWorld()
    let flaw: String?
    do {
      flaw = try world.flaw(of: bytes)
    } catch {
      flaw = "refused though memory is there: \(error)"
    }
    if let flaw { return flaw }
    if world.scratch.outstandingBytes != 0 { return "working memory leaks" }
    if world.binaries.outstandingBytes != 0 { return "a binary leaks" }
    return nil
  }
}

private struct ProbeWorld {
  let atoms = AtomTable(limit: 16_384)
  let scratch = MallocScratch()
  let binaries = MallocBinaries()
  let funs = FunTable()

  func flaw(of bytes: UnsafeRawBufferPointer) throws -> String? {
    let safe = try? DecodedExternalTerm(bytes, by: decoder(isSafe: true))
    let count = atoms.count
    guard let decoded = try? DecodedExternalTerm(bytes, by: decoder(isSafe: false)) else {
      return safe == nil ? nil : "refused without 'safe' alone"
    }
    if let safe {
      if atoms.count != count { return "new atoms in what is safe" }
      if safe.byteCount != decoded.byteCount { return "'safe' changes the bytes used" }
    }
    return try encodings(of: decoded)
  }

  private func decoder(isSafe: Bool) -> ExternalDecoder {
    ExternalDecoder(
      atoms: atoms, scratch: scratch, funs: funs, naming: funs, binaries: binaries,
      isSafe: isSafe)
  }

  /// Encodes the term in every way and decodes it again.
  private func encodings(of decoded: DecodedExternalTerm) throws -> String? {
    for version in [ExternalEncodingOptions.MinorVersion.zero, .one, .two] {
      for isDeterministic in [false, true] {
        for level in version == .one ? [0, 6] : [0] {
          var options = ExternalEncodingOptions()
          options.minorVersion = version
          options.isDeterministic = isDeterministic
          options.compressionLevel = level
          if let flaw = try flaw(of: decoded, options) {
            return "\(flaw), version \(version), deterministic \(isDeterministic), level \(level)"
          }
        }
      }
    }
    return nil
  }

  private func flaw(
    of decoded: DecodedExternalTerm, _ options: ExternalEncodingOptions
  ) throws -> String? {
    let encoder = ExternalEncoder(atoms: atoms, scratch: scratch, funs: funs, options: options)
    let encoded = try encoder.encode(decoded.term)
    let again = try encoded.withUnsafeBytes {
      try DecodedExternalTerm($0, by: decoder(isSafe: true))
    }
    if again.byteCount != encoded.count { return "bytes behind the encoding" }
    // The texts of floats have 21 digits: more than enough to tell all of them apart.
    let isEqual = try TermEquality.isExactlyEqual(decoded.term, again.term, scratch: scratch)
    if !isEqual { return "another term after encoding" }
    let order = TermOrder(atoms: atoms, scratch: scratch, funs: funs)
    if try order.compare(decoded.term, again.term) != 0 { return "equal terms that have an order" }
    if try encoder.encode(again.term).count != encoded.count { return "another encoding" }
    if options.isDeterministic, try encoder.encode(again.term) != encoded {
      return "two deterministic encodings"
    }
    let (left, right) = try (
      InternalHash.hash(decoded.term, scratch: scratch),
      InternalHash.hash(again.term, scratch: scratch)
    )
    if left != right { return "equal terms with unlike hashes" }
    let printer = TermPrinter(atoms: atoms, scratch: scratch, funs: funs)
    // Maps of many keys print in the order of their slots, which collisions leave to chance.
    let texts = try (printer.text(of: decoded.term), printer.text(of: again.term))
    return texts.0.utf8.count == texts.1.utf8.count ? nil : "equal terms with unlike texts"
  }
}

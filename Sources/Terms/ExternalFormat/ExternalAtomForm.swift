/// How an atom is encoded: its tag and the bytes of its name.
struct ExternalAtomForm {
  let tag: UInt8
  /// The bytes of the name as encoded.
  let nameBytes: Int
  /// Whether the name is written in Latin-1 and has characters that UTF-8 writes otherwise.
  let isTranscoded: Bool

  /// Chooses the form of a name in UTF-8.
  /// - Parameter name: as an ``AtomTable`` keeps it, the last word filled up with zeros.
  @inline(__always)
  init(
    padded name: UnsafeRawBufferPointer, minorVersion: ExternalEncodingOptions.MinorVersion
  ) {
    self.init(name, isASCII: Self.isASCII(padded: name), minorVersion: minorVersion)
  }

  /// Chooses the form of a name in UTF-8, wherever it stands.
  init(
    _ name: UnsafeRawBufferPointer, minorVersion: ExternalEncodingOptions.MinorVersion
  ) {
    self.init(name, isASCII: name.allSatisfy { $0 < 0x80 }, minorVersion: minorVersion)
  }

  @inline(__always)
  private init(
    _ name: UnsafeRawBufferPointer, isASCII: Bool,
    minorVersion: ExternalEncodingOptions.MinorVersion
  ) {
    if minorVersion != .two {
      if isASCII {
        (tag, nameBytes, isTranscoded) = (ExternalTag.atom, name.count, false)
        return
      }
      if let characters = Self.latin1Count(name) {
        (tag, nameBytes, isTranscoded) = (ExternalTag.atom, characters, true)
        return
      }
    }
    tag = name.count < 256 ? ExternalTag.smallAtomUTF8 : ExternalTag.atomUTF8
    (nameBytes, isTranscoded) = (name.count, false)
  }

  /// The bytes of the encoding, tag and length included.
  @inline(__always) var byteCount: Int {
    nameBytes &+ (tag == ExternalTag.smallAtomUTF8 ? 2 : 3)
  }

  @inline(__always)
  private static func isASCII(padded name: UnsafeRawBufferPointer) -> Bool {
    let start = name.baseAddress.unsafelyUnwrapped
    var all: UInt64 = 0
    var index = 0
    while index < name.count {
      all |= start.load(fromByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    return all & 0x8080_8080_8080_8080 == 0
  }

  /// The characters of a name whose characters all are of Latin-1.
  @inline(never)
  private static func latin1Count(_ name: UnsafeRawBufferPointer) -> Int? {
    var count = 0
    for byte in name {
      // C2 and C3 begin the characters from U+0080 to U+00FF.
      if byte > 0xC3 { return nil }
      if byte & 0xC0 != 0x80 { count += 1 }
    }
    return count
  }

  @inline(never)
  func writeLatin1(_ name: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
    var written = 0
    var lead: UInt8 = 0
    for byte in name {
      if byte >= 0xC0 {
        lead = byte << 6
        continue
      }
      target.storeBytes(
        of: byte < 0x80 ? byte : lead | byte & 0x3F, toByteOffset: written, as: UInt8.self)
      written += 1
    }
  }

  /// The whole encoding of a name in UTF-8.
  func encoding(of name: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let start = UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
      let text = writeHead(to: start)
      if isTranscoded {
        writeLatin1(name, to: text)
      } else {
        UnsafeMutableRawBufferPointer(start: text, count: name.count).copyMemory(from: name)
      }
      count = byteCount
    }
  }

  /// Writes tag and length.
  /// - Returns: where the name's bytes belong.
  @inline(__always)
  func writeHead(to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    start.storeBytes(of: tag, as: UInt8.self)
    if tag == ExternalTag.smallAtomUTF8 {
      start.storeBytes(of: UInt8(truncatingIfNeeded: nameBytes), toByteOffset: 1, as: UInt8.self)
      return start + 2
    }
    start.storeBytes(
      of: UInt16(truncatingIfNeeded: nameBytes).bigEndian, toByteOffset: 1, as: UInt16.self)
    return start + 3
  }
}

/// How an atom is encoded: its tag and the bytes of its name.
struct ExternalAtomForm {
  let tag: UInt8
  /// The bytes of the name as encoded.
  let nameBytes: Int
  /// Whether the name is written in Latin-1 and has characters that UTF-8 writes otherwise.
  let isTranscoded: Bool

  /// Chooses the form of a name in UTF-8.
  @inline(__always)
  init(
    _ name: UnsafeRawBufferPointer, minorVersion: ExternalEncodingOptions.MinorVersion
  ) {
    if minorVersion != .two {
      if Self.isASCII(name) {
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
  private static func isASCII(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let start = name.baseAddress else { return true }
    var index = 0
    var all: UInt64 = 0
    while index &+ 8 <= name.count {
      all |= start.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    while index < name.count {
      all |= UInt64(start.load(fromByteOffset: index, as: UInt8.self))
      index &+= 1
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

  /// Writes the name's bytes.
  @inline(__always)
  func writeName(_ name: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
    if isTranscoded { return writeLatin1(name, to: target) }
    UnsafeMutableRawBufferPointer(start: target, count: name.count).copyMemory(from: name)
  }

  @inline(never)
  private func writeLatin1(_ name: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
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
      write(name, to: start)
      count = byteCount
    }
  }

  /// Writes tag, length and name.
  @inline(__always)
  func write(_ name: UnsafeRawBufferPointer, to start: UnsafeMutableRawPointer) {
    start.storeBytes(of: tag, as: UInt8.self)
    var text = start
    if tag == ExternalTag.smallAtomUTF8 {
      start.storeBytes(of: UInt8(truncatingIfNeeded: nameBytes), toByteOffset: 1, as: UInt8.self)
      text += 2
    } else {
      start.storeBytes(
        of: UInt16(truncatingIfNeeded: nameBytes).bigEndian, toByteOffset: 1, as: UInt16.self)
      text += 3
    }
    writeName(name, to: text)
  }
}

#if canImport(Glibc)
  import Glibc
#endif

/// What encodings say of the node that made a pid, port or reference.
enum ExternalNode {
  /// The name of a node that has none: `nonode@nohost`, of the creation 0.
  static var defaultName: UnsafeRawBufferPointer {
    let name: StaticString = "nonode@nohost"
    return UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
  }
}

extension ExternalDecoder {
  /// Whether a pid, port or reference is one of this node: made by it, in this life of it or in
  /// none that is told.
  func isLocal(_ parts: ExternalIdentifierParts) -> Bool {
    (parts.creation == 0 || parts.creation == node?.creation ?? 0) && isNodeName(parts.node)
  }

  private func isNodeName(_ name: ExternalReader.Name) -> Bool {
    if name.bytes.count == nodeName.count, let left = name.bytes.baseAddress,
      let right = nodeName.baseAddress, memcmp(left, right, nodeName.count) == 0
    {
      // Equal bytes above 0x7F would mean other characters in Latin-1.
      return !name.isLatin1 || nodeName.allSatisfy { $0 < 0x80 }
    }
    if !name.isLatin1 || name.bytes.allSatisfy({ $0 < 0x80 }) { return false }
    return name.withUTF8 { $0.elementsEqual(nodeName) }
  }
}

extension ExternalReader.Name {
  /// Hands the name in UTF-8 to a function.
  func withUTF8<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if !isLatin1 { return body(bytes) }
    return withUnsafeTemporaryAllocation(byteCount: 2 * bytes.count, alignment: 1) { text in
      var count = 0
      for byte in bytes {
        if byte >= 0x80 {
          text[count] = 0xC0 | byte >> 6
          count += 1
        }
        text[count] = byte < 0x80 ? byte : 0x80 | byte & 0x3F
        count += 1
      }
      return body(UnsafeRawBufferPointer(rebasing: text[..<count]))
    }
  }
}

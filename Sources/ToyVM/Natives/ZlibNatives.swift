import Tenure

/// Natives of module `zlib` that need no stream: what the compiler and the loader of OTP use.
var zlibNatives: [Native] {
  [
    Native("zlib", "compress", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofData: x[0]) else { return .none }
      let packed = bytes.withUnsafeBytes {
        Deflate.zlib($0, level: ExternalEncodingOptions.defaultCompressionLevel)
      }
      return interpreter.makeBinary(packed, live: 0)
    },
    Native("zlib", "uncompress", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofData: x[0]) else { return .none }
      let plain = bytes.withUnsafeBytes { bytes in
        try? Inflate.zlib(bytes, limit: unpackedLimit)
      }
      if let plain { return interpreter.makeBinary(plain, live: 0) }
      guard let reason = interpreter.atom("data_error") else { return .none }
      interpreter.raise(.error, reason)
      return .none
    },
  ]
}

/// The most bytes that one call unpacks.
private let unpackedLimit = 1 << 30

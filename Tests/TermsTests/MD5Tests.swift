import Terms
import Testing

/// The digests of the test suite in RFC 1321, and of bytes in pieces.
@Suite struct MD5Tests {
  @Test(
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"),
      ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (
        "1234567890123456789012345678901234567890123456789012345678901234567890"
          + "1234567890", "57edf4a22be3c955ac49da2e2107b67a"
      ),
    ])
  func isThatOfTheStandard(text: String, digest: String) {
    let sum = Array(text.utf8).withUnsafeBytes { MD5.digest(of: $0) }
    #expect(sum.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == digest)
  }

  @Test func piecesMakeTheWhole() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for length in 0...300 {
      let whole = bytes[..<length].withUnsafeBytes { MD5.digest(of: $0) }
      for piece in [1, 3, 63, 64, 65, 130] {
        var digest = MD5()
        for start in stride(from: 0, to: length, by: piece) {
          bytes[start..<min(start + piece, length)].withUnsafeBytes { digest.update($0) }
        }
        #expect(digest.finish() == whole, "\(length) bytes in pieces of \(piece)")
      }
    }
  }
}

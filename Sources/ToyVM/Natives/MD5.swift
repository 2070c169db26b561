import Glibc

/// The MD5 sum of bytes that come piece by piece (RFC 1321).
struct MD5 {
  private var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
  private var bitCount: UInt64 = 0
  private var pending: [UInt8] = []

  /// The bytes of a sum.
  static let byteCount = 16
  /// The bytes of a sum on its way: state, bits so far, and the bytes that make no block yet.
  static let contextByteCount = 88

  private static let shifts: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]
  private static let sines: [UInt32] = (0..<64).map { UInt32(4_294_967_296 * sine($0 + 1)) }

  init() {}

  /// Takes a sum on its way up again.
  init?(context: [UInt8]) {
    guard context.count == Self.contextByteCount else { return nil }
    func number(_ at: Int, bytes: Int) -> UInt64 {
      (0..<bytes).reduce(0) { $0 | UInt64(context[at + $1]) << UInt64(8 * $1) }
    }
    state = (0..<4).map { UInt32(number(4 * $0, bytes: 4)) }
    bitCount = number(16, bytes: 8)
    pending = Array(context[24..<24 + Int(bitCount / 8 % 64)])
  }

  /// The sum on its way, in bytes.
  var context: [UInt8] {
    var bytes: [UInt8] = []
    for word in state { Self.append(UInt64(word), bytes: 4, to: &bytes) }
    Self.append(bitCount, bytes: 8, to: &bytes)
    bytes += pending
    return bytes + Array(repeating: 0, count: Self.contextByteCount - bytes.count)
  }

  private static func append(_ number: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index))) }
  }

  /// Adds bytes.
  mutating func add(_ bytes: [UInt8]) {
    bitCount &+= UInt64(bytes.count) &* 8
    pending += bytes
    var start = 0
    while pending.count - start >= 64 {
      addBlock(at: start)
      start += 64
    }
    pending.removeFirst(start)
  }

  /// The sum of what was added.
  func finished() -> [UInt8] {
    var copy = self
    var end: [UInt8] = [0x80]
    end += Array(repeating: 0, count: (119 - pending.count) % 64)
    Self.append(bitCount, bytes: 8, to: &end)
    copy.add(end)
    return Array(copy.context[..<Self.byteCount])
  }

  private mutating func addBlock(at start: Int) {
    let words = (0..<16).map { word in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(pending[start + 4 * word + $1]) << UInt32(8 * $1) }
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let mixed: UInt32
      let place: Int
      switch step / 16 {
      case 0: (mixed, place) = (b & c | ~b & d, step)
      case 1: (mixed, place) = (d & b | ~d & c, (5 * step + 1) % 16)
      case 2: (mixed, place) = (b ^ c ^ d, (3 * step + 5) % 16)
      default: (mixed, place) = (c ^ (b | ~d), 7 * step % 16)
      }
      let sum = a &+ mixed &+ Self.sines[step] &+ words[place]
      let shift = Self.shifts[step / 16 * 4 + step % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
  }
}

private func sine(_ radians: Int) -> Double { abs(sin(Double(radians))) }

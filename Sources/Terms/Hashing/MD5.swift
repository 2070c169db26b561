/// The message digest of 128 bits of RFC 1321, as `erlang:md5/1`.
///
/// ```swift
/// var digest = MD5()
/// digest.update(bytes)
/// let sum = digest.finish()
/// ```
/// For telling damage, not for keeping secrets.
public struct MD5 {
  private var state: (UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476
  )
  private var byteCount: UInt64 = 0
  /// The bytes of a block that is not full.
  private var rest: [UInt8] = []

  private static var blockBytes: Int { 64 }

  /// Begins a digest of no bytes.
  public init() { rest.reserveCapacity(2 * Self.blockBytes) }

  /// Goes on with a digest that ``context`` tells; nothing where the bytes are none.
  public init?(context: [UInt8]) {
    guard context.count == Self.contextBytes else { return nil }
    func word(_ place: Int) -> UInt32 {
      context.withUnsafeBytes {
        UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
      }
    }
    state = (word(0), word(1), word(2), word(3))
    byteCount = (UInt64(word(5)) << 32 | UInt64(word(4))) / 8
    rest = Array(context[24..<24 + Int(byteCount) % Self.blockBytes])
  }

  /// The digest on its way as 88 bytes: the state, the bits so far, and the bytes that make no block
  /// yet. As ERTS's `erlang:md5_init/0` and `md5_update/2` give it.
  public var context: [UInt8] {
    var bytes: [UInt8] = []
    for word in [state.0, state.1, state.2, state.3] {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    withUnsafeBytes(of: (byteCount &* 8).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += rest
    return bytes + Array(repeating: 0, count: Self.contextBytes - bytes.count)
  }

  private static var contextBytes: Int { 88 }

  /// Adds bytes.
  /// - Complexity: O(bytes).
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = min(Self.blockBytes - rest.count, bytes.count)
      rest.append(contentsOf: bytes.prefix(missing))
      bytes = bytes.dropFirst(missing)
      if rest.count < Self.blockBytes { return }
      addRest()
    }
    while bytes.count >= Self.blockBytes {
      add(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.blockBytes)))
      bytes = bytes.dropFirst(Self.blockBytes)
    }
    rest.append(contentsOf: bytes)
  }

  /// Ends the digest.
  /// - Returns: its 16 bytes.
  public mutating func finish() -> [UInt8] {
    let bitCount = byteCount &* 8
    rest.append(0x80)
    let isLong = rest.count > Self.blockBytes - 8
    rest.append(
      contentsOf: repeatElement(
        0, count: (isLong ? 2 : 1) * Self.blockBytes - 8 - rest.count))
    withUnsafeBytes(of: bitCount.littleEndian) { rest.append(contentsOf: $0) }
    if isLong {
      let last = Array(rest[Self.blockBytes...])
      rest.removeLast(Self.blockBytes)
      addRest()
      rest = last
    }
    addRest()
    return [state.0, state.1, state.2, state.3].flatMap { word in
      withUnsafeBytes(of: word.littleEndian) { Array($0) }
    }
  }

  /// The digest of some bytes.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = MD5()
    digest.update(bytes)
    return digest.finish()
  }

  private mutating func addRest() {
    let block = rest
    block.withUnsafeBytes { add($0) }
    rest.removeAll(keepingCapacity: true)
  }

  /// Adds a block of 64 bytes.
  private mutating func add(_ block: UnsafeRawBufferPointer) {
    var (a, b, c, d) = state
    for step in 0..<64 {
      let mix: UInt32
      let word: Int
      switch step / 16 {
      case 0: (mix, word) = (b & c | ~b & d, step)
      case 1: (mix, word) = (d & b | ~d & c, (5 &* step &+ 1) & 15)
      case 2: (mix, word) = (b ^ c ^ d, (3 &* step &+ 5) & 15)
      default: (mix, word) = (c ^ (b | ~d), (7 &* step) & 15)
      }
      let input = UInt32(
        littleEndian: block.loadUnaligned(fromByteOffset: 4 &* word, as: UInt32.self))
      let sum = a &+ mix &+ Self.sines[step] &+ input
      let turn = Self.turns[step / 16 * 4 + step % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum &<< turn | sum &>> (32 &- turn)))
    }
    state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d)
  }

  /// By how many bits each step of a round turns.
  private static let turns: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]

  /// The RFC's table: the first 32 bits of the fractions of |sin 1|, |sin 2| ... |sin 64|.
  private static let sines: [UInt32] = [
    0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A,
    0xA830_4613, 0xFD46_9501, 0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE,
    0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821, 0xF61E_2562, 0xC040_B340,
    0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
    0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8,
    0x676F_02D9, 0x8D2A_4C8A, 0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C,
    0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70, 0x289B_7EC6, 0xEAA1_27FA,
    0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
    0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92,
    0xFFEF_F47D, 0x8584_5DD1, 0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1,
    0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
  ]
}

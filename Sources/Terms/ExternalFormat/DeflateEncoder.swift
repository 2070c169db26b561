/// Finds what is repeated in bytes and writes it in blocks.
///
/// All positions whose first three bytes have one hash are in a chain, the newest first; a match is
/// the longest that is found on it within the level's limits (RFC 1951, section 4). What it finds is
/// what zlib finds, byte for byte: OTP's compiler hashes packed literals into a module's version.
struct DeflateEncoder: ~Copyable {
  private static var windowBytes: Int { 1 << 15 }
  /// As far as zlib goes back: it keeps the longest match and a byte more ahead in its window.
  private static var farthest: Int { windowBytes - longestMatch - shortestMatch - 1 }
  private static var shortestMatch: Int { 3 }
  private static var longestMatch: Int { 258 }
  /// A match of three bytes from farther away takes more bits than the bytes.
  private static var farForShortest: Int { 4096 }

  private let input: UnsafeRawPointer
  private let count: Int
  private let search: DeflateSearch
  /// By hash, the newest position, or -1.
  private let heads: UnsafeMutablePointer<Int32>
  /// By the position within a window, the position before it with the same hash.
  private let previous: UnsafeMutablePointer<Int32>
  private var block: DeflateBlock
  private var blockStart = 0

  init(input: UnsafeRawBufferPointer, search: DeflateSearch) {
    guard let start = input.baseAddress else { preconditionFailure("nothing to pack") }
    precondition(input.count <= Int32.max, "\(input.count) bytes to pack")
    self.input = start
    count = input.count
    self.search = search
    heads = .allocate(capacity: 1 << Self.hashBits)
    heads.initialize(repeating: -1, count: 1 << Self.hashBits)
    previous = .allocate(capacity: Self.windowBytes)
    previous.initialize(repeating: -1, count: Self.windowBytes)
    block = DeflateBlock()
  }

  deinit {
    heads.deallocate()
    previous.deallocate()
  }

  /// Packs all of the input.
  mutating func run(into output: inout DeflateOutput) {
    if search.isLazy { runLazily(into: &output) } else { runAtOnce(into: &output) }
    finishBlock(at: count, isFinal: true, into: &output)
  }

  private mutating func finishBlock(
    at end: Int, isFinal: Bool, into output: inout DeflateOutput
  ) {
    let bytes = UnsafeRawBufferPointer(start: input + blockStart, count: end - blockStart)
    block.write(bytes, isFinal: isFinal, to: &output)
    blockStart = end
  }

  @inline(__always)
  private func byte(_ position: Int) -> UInt8 {
    input.load(fromByteOffset: position, as: UInt8.self)
  }
}

// MARK: - Two ways to go on from a match

extension DeflateEncoder {
  /// Takes each match as it is found.
  private mutating func runAtOnce(into output: inout DeflateOutput) {
    var position = 0
    while position < count {
      var match = (length: 0, distance: 0)
      if let candidate = insert(position) {
        match = longestMatch(
          at: position, from: candidate, longerThan: 2, tries: search.maximumTries)
      }
      if match.length >= Self.shortestMatch {
        block.append(length: match.length, distance: match.distance)
        if match.length <= search.lazyLength {
          for inner in position &+ 1..<position &+ match.length { _ = insert(inner) }
        }
        position &+= match.length
      } else {
        block.append(byte(position))
        position &+= 1
      }
      if block.isFull { finishBlock(at: position, isFinal: false, into: &output) }
    }
  }

  /// Lets each match wait whether the next byte begins a better one.
  private mutating func runLazily(into output: inout DeflateOutput) {
    var position = 0
    var waiting = (length: 0, distance: 0)
    var hasLiteral = false
    while position < count {
      var match = (length: 0, distance: 0)
      let candidate = insert(position)
      if let candidate, waiting.length < search.lazyLength {
        let tries =
          waiting.length >= search.goodLength ? search.maximumTries >> 2 : search.maximumTries
        match = longestMatch(
          at: position, from: candidate, longerThan: max(2, waiting.length), tries: tries)
        if match.length == Self.shortestMatch && match.distance > Self.farForShortest {
          match.length = 0
        }
      }
      if waiting.length >= Self.shortestMatch && match.length <= waiting.length {
        block.append(length: waiting.length, distance: waiting.distance)
        let end = position &- 1 &+ waiting.length
        for inner in position &+ 1..<max(position &+ 1, end) { _ = insert(inner) }
        position = end
        waiting.length = 0
        hasLiteral = false
        if block.isFull { finishBlock(at: position, isFinal: false, into: &output) }
        continue
      }
      if hasLiteral {
        block.append(byte(position &- 1))
        if block.isFull { finishBlock(at: position, isFinal: false, into: &output) }
      }
      hasLiteral = true
      waiting = match
      position &+= 1
    }
    if hasLiteral { block.append(byte(count &- 1)) }
  }
}

// MARK: - Chains

extension DeflateEncoder {
  private static var hashBits: UInt32 { 15 }

  /// Puts a position in front of its chain.
  /// - Returns: the position that was in front, if it is not too far away.
  @inline(__always)
  private mutating func insert(_ position: Int) -> Int? {
    if position &+ Self.shortestMatch > count { return nil }
    // Places with other bytes but the same hash take tries too, so the hash is that of zlib.
    let three =
      UInt32(byte(position)) << 10 ^ UInt32(byte(position &+ 1)) << 5
      ^ UInt32(byte(position &+ 2))
    let hash = Int(three & (1 << Self.hashBits &- 1))
    let head = heads[hash]
    previous[position & (Self.windowBytes &- 1)] = head
    heads[hash] = Int32(truncatingIfNeeded: position)
    // The first byte stands for no place in zlib: nothing refers to it.
    return head > 0 && position &- Int(head) <= Self.farthest ? Int(head) : nil
  }

  /// The longest match on a chain, or none that is longer than a length.
  private func longestMatch(
    at position: Int, from candidate: Int, longerThan shortest: Int, tries: Int
  ) -> (length: Int, distance: Int) {
    let limit = min(Self.longestMatch, count &- position)
    if limit <= shortest { return (0, 0) }
    let nice = min(search.niceLength, limit)
    var best = (length: shortest, distance: 0)
    var place = candidate
    var left = tries
    let oldest = max(0, position &- Self.farthest)
    while left > 0 {
      left &-= 1
      // What cannot be longer is seen at the byte where it would have to be.
      if byte(place &+ best.length) == byte(position &+ best.length)
        && byte(place) == byte(position)
      {
        let length = commonLength(place, position, limit: limit)
        if length > best.length {
          best = (length, position &- place)
          if length >= nice { break }
        }
      }
      let next = Int(previous[place & (Self.windowBytes &- 1)])
      // The slot may by now be of a newer position.
      if next >= place || next <= oldest { break }
      place = next
    }
    return best.distance == 0 ? (0, 0) : best
  }

  @inline(__always)
  private func commonLength(_ left: Int, _ right: Int, limit: Int) -> Int {
    var length = 0
    while length &+ 8 <= limit {
      let difference =
        input.loadUnaligned(fromByteOffset: left &+ length, as: UInt64.self)
        ^ input.loadUnaligned(fromByteOffset: right &+ length, as: UInt64.self)
      if difference != 0 {
        return length &+ difference.littleEndian.trailingZeroBitCount >> 3
      }
      length &+= 8
    }
    while length < limit && byte(left &+ length) == byte(right &+ length) { length &+= 1 }
    return length
  }
}

/// Where lines begin in a text, and how far they are indented; in the order of the text.
///
/// A break is two words: the offset of the line's first byte, and the spaces with a bit that says
/// whether the break replaces the byte in front.
struct LineBreaks: ~Copyable {
  private var words: ScratchWords

  init(_ scratch: any ScratchProvider) { words = ScratchWords(provider: scratch) }

  /// Adds a break.
  /// - Parameter replacesSpace: whether there is a space in front, which goes.
  mutating func append(
    offset: Int, indentation: Int, replacesSpace: Bool = false
  ) throws(ScratchExhausted) {
    try words.append(UInt(offset))
    try words.append(UInt(indentation) << 1 | (replacesSpace ? 1 : 0))
  }

  /// Breaks a text into its lines, in place: moves the lines apart from the last to the first.
  /// - Throws: ``ScratchExhausted`` where the text would grow beyond its limit.
  consuming func insert(into output: inout [UInt8], endLimit: Int) throws(ScratchExhausted) {
    var added = 0
    for place in stride(from: 1, to: words.count, by: 2) {
      added += 1 + Int(words[place] >> 1) - Int(words[place] & 1)
      let (size, overflow) = output.count.addingReportingOverflow(added)
      if overflow || size > endLimit { throw ScratchExhausted(requestedBytes: added) }
    }
    var source = output.count
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: added))
    output.withUnsafeMutableBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      var destination = bytes.count
      for place in stride(from: words.count - 2, through: 0, by: -2) {
        let (offset, spaces) = (Int(words[place]), Int(words[place + 1] >> 1))
        let count = source - offset
        destination -= count
        (base + destination).update(from: base + offset, count: count)
        destination -= spaces
        (base + destination).update(repeating: UInt8(ascii: " "), count: spaces)
        destination -= 1
        base[destination] = UInt8(ascii: "\n")
        source = offset - Int(words[place + 1] & 1)
      }
      assert(source == destination, "a text broken into lines lost its place")
    }
  }
}

/// Who is told which part of a one-line text is which term, as the text is written.
protocol TextParts: ~Copyable {
  /// What is just written, from an offset on, is a part without parts.
  mutating func add(
    _ kind: TextPart, from start: Int, of output: borrowing [UInt8]
  ) throws(ScratchExhausted)
  /// A part with parts in it begins at an offset.
  mutating func open(_ kind: TextPart, at start: Int) throws(ScratchExhausted)
  /// The part opened last ends at an offset.
  mutating func close(at end: Int)
  /// The next part is what stands behind the `|` of a list.
  mutating func markTail()
}

/// What a part of a text is.
enum TextPart: UInt {
  /// A text that is never broken.
  case word
  /// The `...` for what is too deep.
  case dots
  /// The bytes of a binary.
  case bytes
  /// A list; the parts are its elements, and the tail of an improper one.
  case list
  /// A tuple.
  case tuple
  /// A tuple of two or more elements, the first of them an atom.
  case taggedTuple
  /// A map; the parts are its pairs.
  case map
  /// A key and a value.
  case pair
}

/// Nobody.
struct NoParts: TextParts {
  func add(_: TextPart, from _: Int, of _: borrowing [UInt8]) {}
  func open(_: TextPart, at _: Int) {}
  func close(at _: Int) {}
  func markTail() {}
}

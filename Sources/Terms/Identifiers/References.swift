/// A reference made on this node.
///
/// ```
/// +--------------------------+      the numbers are those of the text, the last first:
/// | header (2 or 3 raw words)|      `#Ref<0.n2.n1.n0>`
/// | n0                       |
/// | n2 << 32 | n1            |
/// | n4 << 32 | n3            |      only in references that lead to a process (aliases)
/// +--------------------------+
/// ```
/// 3 or 4 words, as in OTP 25. A number has 32 bits, the first 18. The first three tell references
/// apart; the further two only lead to the process, and are in no text and no encoding.
public enum LocalReference {
  /// How many numbers tell a reference from others.
  @inlinable public static var identifyingNumbers: Int { 3 }
  /// The words of a reference of 3 numbers, or 5.
  @inlinable public static func words(numbers: Int) -> Int { 1 &+ (numbers &+ 1) / 2 }
  /// How many numbers there are: 3, or 5.
  @inlinable public static func numberCount(at reference: UnsafePointer<UInt>) -> Int {
    2 &* Header(bits: reference[0]).arity &- 1
  }
  /// A number by its index, lowest weight first.
  @inlinable
  public static func number(_ index: Int, at reference: UnsafePointer<UInt>) -> UInt32 {
    if index == 0 { return UInt32(truncatingIfNeeded: reference[1]) }
    return UInt32(truncatingIfNeeded: reference[1 + (index + 1) / 2] >> (index & 1 == 1 ? 0 : 32))
  }
}

/// A pid, port or reference made on another node.
///
/// ```
/// +--------------------------+    +--------------------------+
/// | header (3 raw words)     |    | header (2 + n/2 raw)     |  a reference of n numbers
/// | node                     |    | node                     |
/// | next in the off-heap list|    | next in the off-heap list|  reserved: a node is no reference
/// | data                     |    | n0 << 32 | n             |
/// +--------------------------+    | n2 << 32 | n1  ...       |
///   pid: serial << 32 | number    +--------------------------+
///   port: its 64 bits               5 words for 3 numbers
///   4 words
/// ```
/// as in OTP 25 (`erl_node_container_utils.h`), but for the node, which needs no table.
public enum ExternalIdentifier {
  /// The words of a pid or a port.
  @inlinable public static var words: Int { 4 }
  /// The words of a reference of so many numbers, 1 to 5.
  @inlinable public static func referenceWords(numbers: Int) -> Int { 4 &+ numbers / 2 }
  /// The node that made it.
  @inlinable public static func node(at object: UnsafePointer<UInt>) -> Node {
    Node(word: object[1])
  }
  /// The data of a pid or port.
  @inlinable public static func data(at object: UnsafePointer<UInt>) -> UInt { object[3] }
  /// How many numbers a reference has.
  @inlinable public static func numberCount(at reference: UnsafePointer<UInt>) -> Int {
    Int(reference[3] & 0xFFFF_FFFF)
  }
  /// A number of a reference by its index, lowest weight first.
  @inlinable
  public static func number(_ index: Int, at reference: UnsafePointer<UInt>) -> UInt32 {
    UInt32(truncatingIfNeeded: reference[3 + (index + 1) / 2] >> (index & 1 == 1 ? 0 : 32))
  }
}

/// A node: its name and its incarnation.
///
/// ```
///  63              32 31             0
/// +------------------+----------------+
/// | index of the name| creation       |
/// +------------------+----------------+
/// ```
@frozen
public struct Node: Hashable, BitwiseCopyable, Sendable {
  /// Name and creation in a word.
  public let word: UInt
  /// Takes the word of a node.
  @inlinable public init(word: UInt) { self.word = word }
  /// Makes a node of its name, an atom, and its creation.
  @inlinable public init(name: Term, creation: UInt32) {
    word = UInt(name.atomIndex) << 32 | UInt(creation)
  }
  /// The name, an atom.
  @inlinable public var name: Term { .atom(Int(word >> 32)) }
  /// Tells the incarnations of a node of one name apart.
  @inlinable public var creation: UInt32 { UInt32(truncatingIfNeeded: word) }
}

extension WordCursor {
  /// Builds a reference of this node: 3 words, or 4 of five numbers.
  /// - Parameters:
  ///   - first: the number of the lowest weight, below 2^18, and the second and third.
  ///   - process: the fourth and fifth number, of a reference that leads to a process.
  @inlinable
  public mutating func makeLocalReference(
    _ first: UInt32, _ second: UInt32, _ third: UInt32, process: (UInt32, UInt32)? = nil
  ) -> Term {
    let arity = process == nil ? 2 : 3
    let words = reserve(1 + arity)
    words[0] = Header(.reference, arity: arity).bits
    words[1] = UInt(first)
    words[2] = UInt(third) << 32 | UInt(second)
    if let process { words[3] = UInt(process.1) << 32 | UInt(process.0) }
    return .boxed(at: words)
  }

  /// Builds a pid or port of another node: 4 words.
  /// - Parameters:
  ///   - subtag: ``Header/Subtag/externalPid`` or ``Header/Subtag/externalPort``.
  ///   - node: who made it.
  ///   - data: of a pid its serial << 32 and number, of a port its number.
  @inlinable
  public mutating func makeExternalIdentifier(
    _ subtag: Header.Subtag, node: Node, data: UInt
  ) -> Term {
    let words = reserve(ExternalIdentifier.words)
    words[0] = Header(subtag, arity: 3).bits
    words[1] = node.word
    words[2] = 0
    words[3] = data
    return .boxed(at: words)
  }

  /// Builds a reference of another node: 4 words and one for each two numbers.
  /// - Parameters:
  ///   - node: who made it.
  ///   - numbers: 1 to 5, that of the lowest weight first.
  @inlinable
  public mutating func makeExternalReference(
    node: Node, numbers: some Collection<UInt32>
  ) -> Term {
    let count = ExternalIdentifier.referenceWords(numbers: numbers.count)
    let words = reserve(count)
    words[0] = Header(.externalReference, arity: count - 1).bits
    words[1] = node.word
    words[2] = 0
    words[3] = UInt(numbers.count)
    for index in 4..<max(4, count) { words[index] = 0 }
    for (index, number) in numbers.enumerated() {
      words[3 + (index + 1) / 2] |= UInt(number) << (index & 1 == 1 ? 0 : 32)
    }
    return .boxed(at: words)
  }
}

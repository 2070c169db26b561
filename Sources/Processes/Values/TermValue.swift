import Terms

/// What a term says, as a Swift value: to build terms of, and to read them into.
///
/// ```swift
/// let order: TermValue = ["id": 17, "items": [.tuple(["tea", 2]), .tuple(["milk", 1])]]
/// let handle = try process.keep(order)
/// ```
/// Literals stand for the terms that Elixir's stand for: a string is a UTF-8 binary, an array a list, a
/// dictionary a map, `true` the atom. ``characters(_:)`` is a string as Erlang has them, a list.
public indirect enum TermValue: Hashable, Sendable {
  /// An atom by its name.
  case atom(String)
  /// An integer of a machine word.
  case integer(Int)
  /// An integer beyond that: sign, and digits of 64 bits with the lowest first.
  case bigInteger(isNegative: Bool, digits: [UInt])
  /// A float; NaN and infinities are no terms.
  case float(Double)
  /// A binary: on the heap up to 64 bytes, outside it above that.
  case binary([UInt8])
  /// Bits that need be no whole bytes: the first so many of the bytes.
  case bits([UInt8], count: Int)
  /// A list that ends in `[]`.
  case list([TermValue])
  /// A list that ends in something else; at least one element.
  case improperList([TermValue], tail: TermValue)
  /// A tuple.
  case tuple([TermValue])
  /// A map.
  case map([TermValue: TermValue])
  /// A local pid or port, or another immediate.
  case immediate(Term)
  /// A term that is kept already, of the process that the value becomes a term of.
  case kept(TermHandle)

  /// A string as Erlang has it: the list of its code points.
  public static func characters(_ text: String) -> TermValue {
    .list(text.unicodeScalars.map { .integer(Int($0.value)) })
  }

  /// A string as a binary in UTF-8, as the literal is.
  public static func string(_ text: String) -> TermValue { .binary(Array(text.utf8)) }

  /// The text of a binary that is UTF-8; nothing of anything else.
  public var stringValue: String? {
    guard case .binary(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The most levels of a value within a value that terms are built of, or read into.
  public static var mostLevels: Int { 512 }
}

extension TermValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A float.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// A binary in UTF-8.
  public init(stringLiteral value: String) { self = .string(value) }
  /// The atom `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .atom(value ? "true" : "false") }
  /// A list.
  public init(arrayLiteral elements: TermValue...) { self = .list(elements) }
  /// A map; of equal keys the last one counts.
  public init(dictionaryLiteral elements: (TermValue, TermValue)...) {
    self = .map(Dictionary(elements) { _, last in last })
  }
}

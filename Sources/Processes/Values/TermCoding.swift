import Terms

/// How Swift values stand as terms, to `Codable` types:
///
/// ```
///   struct, class, enum with values    map, the keys atoms
///   [String: Value]                    map, the keys binaries in UTF-8
///   [Int: Value]                       map, the keys integers
///   array, set                         list
///   String                             binary in UTF-8
///   Bool; nil                          true, false; nil
///   integers, Double and Float         integers, floats
///   TermValue                          itself, for tuples, atoms and all else
/// ```
/// A field that is `nil` is left out, as `encodeIfPresent` does. An integer is taken for a float where that
/// is exact. What does not fit is an `EncodingError` or a `DecodingError` whose context has the path.
extension Process {
  /// Builds the term of a Swift value and keeps it.
  /// - Throws: `EncodingError` where the value has no term, ``TermBuildError`` where there is no room.
  public mutating func keep(encoding value: some Encodable) throws -> TermHandle {
    try keep(try TermValue(encoding: value))
  }

  /// Makes a Swift value of a kept term.
  /// - Throws: `DecodingError` where the term is no such value, ``HandleError``.
  public func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from handle: TermHandle
  ) throws -> Value {
    try read(handle) { try $0.decode(type) }
  }
}

extension TermValue {
  /// Makes the value that a Swift value stands as in terms.
  /// - Throws: `EncodingError`.
  public init(encoding value: some Encodable) throws {
    self = try TermEncoder(path: []).value(of: value)
  }
}

extension TermView {
  /// Makes a Swift value of the term.
  /// - Throws: `DecodingError`.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try TermDecoder(view: self, path: []).decode(type)
  }
}

/// A value of terms within a value that is coded. Other coders than those for terms refuse it.
extension TermValue: Codable {
  /// Refused: who encodes terms takes the value itself.
  public func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(
      self,
      EncodingError.Context(
        codingPath: encoder.codingPath, debugDescription: "a term is encoded as a term only"))
  }

  /// Refused: who decodes terms takes the value itself.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: decoder.codingPath, debugDescription: "a term is decoded from a term only"))
  }
}

/// Dictionaries whose keys are text: data, of which no atoms are made.
protocol TextKeyed {}
extension Dictionary: TextKeyed where Key == String {}

/// Dictionaries whose keys are numbers.
protocol NumberKeyed {}
extension Dictionary: NumberKeyed where Key == Int {}

/// What the keys of a map are.
enum TermKeys {
  case atoms, texts, numbers

  init(of type: any Any.Type) {
    self = type is any TextKeyed.Type ? .texts : type is any NumberKeyed.Type ? .numbers : .atoms
  }

  func key(of key: any CodingKey) -> TermValue {
    switch self {
    case .atoms: .atom(key.stringValue)
    case .texts: .string(key.stringValue)
    case .numbers: key.intValue.map { .integer($0) } ?? .string(key.stringValue)
    }
  }
}

/// A place in a list or an array, or the name of a part without one.
struct PlaceKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ index: Int) {
    stringValue = "\(index)"
    intValue = index
  }
  init(intValue: Int) { self.init(intValue) }
  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  static var `super`: PlaceKey { PlaceKey(stringValue: "super") }
}

import Terms

/// Makes a `Decodable` of a term while it is read.
struct TermDecoder: Decoder {
  let view: TermView
  let codingPath: [any CodingKey]
  var keys = TermKeys.atoms
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(view: TermView, path: [any CodingKey], keys: TermKeys = .atoms) {
    self.view = view
    codingPath = path
    self.keys = keys
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .map(let map) = view.kind else { throw mismatch([String: TermValue].self, "a map") }
    return KeyedDecodingContainer(KeyedViews<Key>(map: map, keys: keys, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let list) = view.kind, list.tail.term.isNil else {
      throw mismatch([TermValue].self, "a list")
    }
    return ListedViews(list: list, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { SingleView(decoder: self) }

  // MARK: Values

  var isNil: Bool { if case .atom("nil") = view.kind { true } else { false } }

  func mismatch(_ type: any Any.Type, _ wanted: String) -> DecodingError {
    .typeMismatch(
      type,
      DecodingError.Context(
        codingPath: codingPath, debugDescription: "\(wanted) was expected, not \(found)"))
  }

  func corrupted(_ text: String) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: text))
  }

  /// What there is, in words.
  private var found: String {
    switch view.kind {
    case .atom(let name): "the atom \(name.prefix(60))"
    case .integer, .bigInteger: "an integer"
    case .float: "a float"
    case .list(let list): list.isEmpty ? "an empty list" : "a list"
    case .tuple(let tuple): "a tuple of \(tuple.count)"
    case .map: "a map"
    case .binary: "a binary"
    case .bits: "bits that are no bytes"
    case .pid: "a pid"
    case .port: "a port"
    case .reference: "a reference"
    case .fun: "a fun"
    }
  }

  func bool() throws -> Bool {
    switch view.kind {
    case .atom("true"): return true
    case .atom("false"): return false
    default: throw mismatch(Bool.self, "true or false")
    }
  }

  func string() throws -> String {
    guard case .binary = view.kind else { throw mismatch(String.self, "a binary") }
    guard let text = view.string else { throw corrupted("a binary that is no UTF-8") }
    return text
  }

  func float() throws -> Double {
    switch view.kind {
    case .float(let number): return number
    case .integer(let number):
      guard let exact = Double(exactly: number) else {
        throw corrupted("\(number) is no float exactly")
      }
      return exact
    default: throw mismatch(Double.self, "a float")
    }
  }

  func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    switch view.kind {
    case .integer(let number):
      if let exact = Number(exactly: number) { return exact }
      throw corrupted("\(number) does not fit in \(type)")
    case .bigInteger(false, let digits) where digits.count == 1:
      if let exact = Number(exactly: digits[0]) { return exact }
      throw corrupted("\(digits[0]) does not fit in \(type)")
    case .bigInteger: throw corrupted("an integer of more than a word does not fit in \(type)")
    default: throw mismatch(type, "an integer")
    }
  }

  /// A value of any type.
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let plain: Any? =
      switch type {
      case is TermValue.Type: try value()
      case is Bool.Type: try bool()
      case is String.Type: try string()
      case is Double.Type: try float()
      case is Float.Type: Float(try float())
      case let type as any FixedWidthInteger.Type: try integer(type)
      default: nil
      }
    if let plain, let value = plain as? Value { return value }
    if codingPath.count >= TermValue.mostLevels {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: Array(codingPath.prefix(8)),
          debugDescription: "terms in terms in more than \(TermValue.mostLevels) levels"))
    }
    return try Value(
      from: TermDecoder(view: view, path: codingPath, keys: TermKeys(of: type)))
  }

  private func value() throws -> TermValue {
    do { return try view.value() } catch { throw corrupted("\(error)") }
  }
}

private struct KeyedViews<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let map: MapView
  let keys: TermKeys
  let codingPath: [any CodingKey]

  var allKeys: [Key] {
    map.compactMap { pair in
      switch (keys, pair.key.kind) {
      case (.atoms, .atom(let name)): Key(stringValue: name)
      case (.texts, .binary): pair.key.string.flatMap { Key(stringValue: $0) }
      case (.numbers, .integer(let number)): Key(intValue: number)
      default: nil
      }
    }
  }

  func contains(_ key: Key) -> Bool { map[keys.key(of: key)] != nil }

  private func decoder(_ key: any CodingKey) throws -> TermDecoder {
    guard let view = map[keys.key(of: key)] else {
      throw DecodingError.keyNotFound(
        key,
        DecodingError.Context(
          codingPath: codingPath, debugDescription: "the map has no key \(key.stringValue)"))
    }
    return TermDecoder(view: view, path: codingPath + [key])
  }

  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).isNil }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try decoder(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(PlaceKey.super) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ListedViews: UnkeyedDecodingContainer {
  let codingPath: [any CodingKey]
  let count: Int?
  private var rest: ListView.Iterator
  private var waiting: TermView?
  private(set) var currentIndex = 0

  init(list: ListView, codingPath: [any CodingKey]) {
    self.codingPath = codingPath
    count = list.count
    rest = list.makeIterator()
    waiting = rest.next()
  }

  var isAtEnd: Bool { waiting == nil }

  private func current() throws -> TermDecoder {
    let path = codingPath + [PlaceKey(currentIndex)]
    guard let waiting else {
      throw DecodingError.valueNotFound(
        TermValue.self,
        DecodingError.Context(codingPath: path, debugDescription: "the list has no more elements"))
    }
    return TermDecoder(view: waiting, path: path)
  }

  private mutating func advance() {
    waiting = rest.next()
    currentIndex += 1
  }

  /// Goes on where what was there was taken.
  private mutating func take<Result>(_ body: (TermDecoder) throws -> Result) throws -> Result {
    let result = try body(try current())
    advance()
    return result
  }

  mutating func decodeNil() throws -> Bool {
    if !(try current().isNil) { return false }
    advance()
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try take { try $0.decode(type) }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try take { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try take { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try take { $0 } }
}

private struct SingleView: SingleValueDecodingContainer {
  let decoder: TermDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.isNil }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decoder.decode(type)
  }
}

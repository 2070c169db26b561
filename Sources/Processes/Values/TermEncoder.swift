/// Makes a ``TermValue`` of an `Encodable`: each container is a box that is filled.
final class TermEncoder: Encoder {
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private let keys: TermKeys
  private var box: EncodedBox?

  init(path: [any CodingKey], keys: TermKeys = .atoms) {
    codingPath = path
    self.keys = keys
  }

  /// What a value becomes.
  func value(of value: some Encodable) throws -> TermValue {
    if let term = value as? TermValue { return term }
    try refuseTooDeep(value)
    let encoder = TermEncoder(path: codingPath, keys: TermKeys(of: type(of: value)))
    try value.encode(to: encoder)
    return encoder.result
  }

  private func refuseTooDeep(_ value: some Encodable) throws {
    if codingPath.count < TermValue.mostLevels { return }
    throw EncodingError.invalidValue(
      value,
      EncodingError.Context(
        codingPath: Array(codingPath.prefix(8)),
        debugDescription: "values in values in more than \(TermValue.mostLevels) levels"))
  }

  /// What was encoded; an empty map where that was nothing.
  var result: TermValue { box?.value ?? .map([:]) }

  private func box(_ make: @autoclosure () -> EncodedBox) -> EncodedBox {
    if let box { return box }
    let made = make()
    box = made
    return made
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(
      KeyedTerms<Key>(box: box(EncodedBox(.map([:]))), keys: keys, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    ListedTerms(box: box(EncodedBox(.list([]))), codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleTerm(box: box(EncodedBox(.single(.map([:])))), codingPath: codingPath)
  }
}

/// What a container has by now. Containers within are boxes too, filled later.
final class EncodedBox {
  enum Content {
    case single(TermValue)
    case list([EncodedBox])
    case map([TermValue: EncodedBox])
    /// What another encoder, handed out for a part of this one, will have.
    case encoder(TermEncoder)
  }
  var content: Content

  init(_ content: Content) { self.content = content }

  var value: TermValue {
    switch content {
    case .single(let value): value
    case .list(let boxes): .list(boxes.map(\.value))
    case .map(let boxes): .map(boxes.mapValues(\.value))
    case .encoder(let encoder): encoder.result
    }
  }

  func append(_ box: EncodedBox) {
    if case .list(var boxes) = content {
      content = .list([])
      boxes.append(box)
      content = .list(boxes)
    }
  }

  var count: Int {
    if case .list(let boxes) = content { boxes.count } else { 0 }
  }

  func set(_ box: EncodedBox, of key: TermValue) {
    if case .map(var boxes) = content {
      content = .map([:])
      boxes[key] = box
      content = .map(boxes)
    }
  }
}

/// The terms of what needs no container.
enum PlainTerm {
  static func value(of integer: some BinaryInteger) -> TermValue {
    if let number = Int(exactly: integer) { return .integer(number) }
    return .bigInteger(isNegative: integer < 0, digits: Array(integer.magnitude.words))
  }

  static func value(
    of float: Double, _ path: [any CodingKey]
  ) throws -> TermValue {
    if float.isFinite { return .float(float) }
    throw EncodingError.invalidValue(
      float, EncodingError.Context(codingPath: path, debugDescription: "\(float) is no term"))
  }

  /// The term of a value of any type.
  static func value(of value: some Encodable, _ path: [any CodingKey]) throws -> TermValue {
    switch value {
    case let value as Bool: .atom(value ? "true" : "false")
    case let value as String: .string(value)
    case let value as Double: try self.value(of: value, path)
    case let value as Float: try self.value(of: Double(value), path)
    case let value as any BinaryInteger: self.value(of: value)
    default: try TermEncoder(path: path).value(of: value)
    }
  }
}

private struct KeyedTerms<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: EncodedBox
  let keys: TermKeys
  let codingPath: [any CodingKey]

  private func set(_ content: EncodedBox.Content, _ key: any CodingKey) -> EncodedBox {
    let part = EncodedBox(content)
    box.set(part, of: keys.key(of: key))
    return part
  }

  mutating func encodeNil(forKey key: Key) { _ = set(.single(.atom("nil")), key) }

  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    _ = set(.single(try PlainTerm.value(of: value, codingPath + [key])), key)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(
      KeyedTerms<Nested>(box: set(.map([:]), key), keys: .atoms, codingPath: codingPath + [key]))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    ListedTerms(box: set(.list([]), key), codingPath: codingPath + [key])
  }

  private func superEncoder(_ key: any CodingKey) -> any Encoder {
    let encoder = TermEncoder(path: codingPath + [key])
    _ = set(.encoder(encoder), key)
    return encoder
  }

  mutating func superEncoder() -> any Encoder { superEncoder(PlaceKey.super as any CodingKey) }
  mutating func superEncoder(forKey key: Key) -> any Encoder {
    superEncoder(key as any CodingKey)
  }
}

private struct ListedTerms: UnkeyedEncodingContainer {
  let box: EncodedBox
  let codingPath: [any CodingKey]

  var count: Int { box.count }
  private var place: [any CodingKey] { codingPath + [PlaceKey(count)] }

  private func append(_ content: EncodedBox.Content) -> EncodedBox {
    let part = EncodedBox(content)
    box.append(part)
    return part
  }

  mutating func encodeNil() { _ = append(.single(.atom("nil"))) }

  mutating func encode(_ value: some Encodable) throws {
    _ = append(.single(try PlainTerm.value(of: value, place)))
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    let path = place
    return KeyedEncodingContainer(
      KeyedTerms<Nested>(box: append(.map([:])), keys: .atoms, codingPath: path))
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    let path = place
    return ListedTerms(box: append(.list([])), codingPath: path)
  }

  mutating func superEncoder() -> any Encoder {
    let encoder = TermEncoder(path: place)
    _ = append(.encoder(encoder))
    return encoder
  }
}

private struct SingleTerm: SingleValueEncodingContainer {
  let box: EncodedBox
  let codingPath: [any CodingKey]

  mutating func encodeNil() { box.content = .single(.atom("nil")) }

  mutating func encode(_ value: some Encodable) throws {
    box.content = .single(try PlainTerm.value(of: value, codingPath))
  }
}

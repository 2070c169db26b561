import ETS

/// What a table should hold, in plain Swift: objects by their number of key and of value.
public struct TableModel {
  /// The table's type.
  public let type: TableType
  /// The values of each key, in the order in which they came.
  public private(set) var values: [Int: [Int]] = [:]

  /// Makes the model of an empty table.
  public init(type: TableType) { self.type = type }

  /// The objects in it.
  public var objectCount: Int { values.values.reduce(0) { $0 + $1.count } }

  /// Inserts an object, as `ets:insert/2`.
  public mutating func insert(_ key: Int, _ value: Int) {
    switch type {
    case .set, .orderedSet:
      values[key] = [value]
    case .bag:
      if !values[key, default: []].contains(value) { values[key, default: []].append(value) }
    case .duplicateBag:
      values[key, default: []].append(value)
    }
  }

  /// Inserts the objects of a list, as OTP 25 does: those for a bag from the end.
  public mutating func insert(contentsOf list: [(key: Int, value: Int)]) {
    for (key, value) in type == .bag ? list.reversed() : list { insert(key, value) }
  }

  /// Inserts an object whose key is new; returns whether it is.
  public mutating func insertNew(_ key: Int, _ value: Int) -> Bool {
    if values[key] != nil { return false }
    values[key] = [value]
    return true
  }

  /// Takes out the objects of a key.
  public mutating func delete(_ key: Int) { values[key] = nil }

  /// Takes out an object, as often as it is there.
  public mutating func delete(_ key: Int, _ value: Int) {
    values[key]?.removeAll { $0 == value }
    if values[key]?.isEmpty == true { values[key] = nil }
  }

  /// Takes out all objects.
  public mutating func removeAll() { values = [:] }
}

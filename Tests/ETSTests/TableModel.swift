import ETS

/// What a table should hold, in plain Swift: objects by their number of key and of value.
struct TableModel {
  let type: TableType
  /// The values of each key, in the order in which they came.
  private(set) var values: [Int: [Int]] = [:]

  init(type: TableType) { self.type = type }

  var objectCount: Int { values.values.reduce(0) { $0 + $1.count } }

  mutating func insert(_ key: Int, _ value: Int) {
    switch type {
    case .set, .orderedSet:
      values[key] = [value]
    case .bag:
      if !values[key, default: []].contains(value) { values[key, default: []].append(value) }
    case .duplicateBag:
      values[key, default: []].append(value)
    }
  }

  mutating func insertNew(_ key: Int, _ value: Int) -> Bool {
    if values[key] != nil { return false }
    values[key] = [value]
    return true
  }

  mutating func delete(_ key: Int) { values[key] = nil }

  mutating func delete(_ key: Int, _ value: Int) {
    values[key]?.removeAll { $0 == value }
    if values[key]?.isEmpty == true { values[key] = nil }
  }

  mutating func removeAll() { values = [:] }
}

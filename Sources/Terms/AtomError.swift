/// Why a name did not become an atom.
public enum AtomError: Error, Equatable, Sendable {
  /// The name has more than ``AtomTable/maximumCharacters`` characters.
  case nameTooLong
  /// The bytes are no UTF-8.
  case invalidUTF8
  /// The table holds as many atoms as its limit allows.
  case tableFull(limit: Int)
  /// The system had no memory for a new name.
  case outOfMemory(requestedBytes: Int)
}

import Terms

/// What an atom means in a match specification.
enum MatchAtom: Equatable {
  /// `'$0'`, `'$1'` and so on.
  case variable
  /// `'_'`
  case anything
  /// `'$_'`
  case object
  /// `'$$'`
  case bindings
  /// Itself.
  case constant

  /// Looks at an atom's name.
  ///
  /// A number has no zeros in front. ERTS takes numbers modulo 2^32; here each is a variable of its
  /// own.
  init(_ atom: Term, atoms: AtomTable) {
    self = atoms.withName(of: atom) { name in
      guard let first = name.first else { return .constant }
      if name.count == 1 { return first == UInt8(ascii: "_") ? .anything : .constant }
      guard first == UInt8(ascii: "$") else { return .constant }
      if name.count == 2 {
        switch name[1] {
        case UInt8(ascii: "_"): return .object
        case UInt8(ascii: "$"): return .bindings
        default: break
        }
      } else if name[1] == UInt8(ascii: "0") {
        return .constant
      }
      let isNumber = name.dropFirst().allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      return isNumber ? .variable : .constant
    }
  }

  /// Whether a variable's number is less than another's.
  static func isLess(_ left: Term, _ right: Term, atoms: AtomTable) -> Bool {
    let (left, right) = (atoms.nameBytes(of: left), atoms.nameBytes(of: right))
    if left.count != right.count { return left.count < right.count }
    return left.lexicographicallyPrecedes(right)
  }
}

extension Term {
  /// Whether this is a variable or `'_'`, which any term matches that stands alone.
  func matchesAnything(_ atoms: AtomTable) -> Bool {
    guard isAtom else { return false }
    let meaning = MatchAtom(self, atoms: atoms)
    return meaning == .variable || meaning == .anything
  }
}

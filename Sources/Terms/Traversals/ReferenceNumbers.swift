/// The numbers of a reference of this or another node, as two references compare: from the last,
/// which weighs most, and with those that one lacks as 0.
struct ReferenceNumbers {
  private let object: UnsafePointer<UInt>
  private let isExternal: Bool
  let count: Int

  init(_ reference: Term) {
    object = UnsafePointer(reference.boxed)
    isExternal = reference.header.subtag == .externalReference
    count =
      isExternal
      ? ExternalIdentifier.numberCount(at: object) : LocalReference.identifyingNumbers
  }

  private subscript(index: Int) -> UInt32 {
    if index >= count { return 0 }
    return isExternal
      ? ExternalIdentifier.number(index, at: object) : LocalReference.number(index, at: object)
  }

  /// The order of two references' numbers: -1, 0 or 1.
  static func compare(_ left: ReferenceNumbers, _ right: ReferenceNumbers) -> Int {
    var index = max(left.count, right.count)
    while index > 0 {
      index -= 1
      let (leftNumber, rightNumber) = (left[index], right[index])
      if leftNumber != rightNumber { return leftNumber < rightNumber ? -1 : 1 }
    }
    return 0
  }
}

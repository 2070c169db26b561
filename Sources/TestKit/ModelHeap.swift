import Terms

/// A plain picture of what a heap should hold: objects by number, so that two slots that refer to
/// one object are told from two slots that refer to equal ones.
///
/// Knows no addresses, no generations and no collection.
public struct ModelHeap {
  /// The objects, those that nothing refers to any more among them.
  public private(set) var objects: [ModelObject] = []

  /// Makes a heap of no objects.
  public init() {}

  /// Adds an object and returns the term that refers to it.
  public mutating func add(_ object: ModelObject) -> ModelTerm {
    objects.append(object)
    return .object(objects.count - 1)
  }

  /// Replaces an object; its number stays.
  public mutating func replace(_ number: Int, by object: ModelObject) {
    objects[number] = object
  }

  /// Fills in the slots of an object that was added without them.
  mutating func setSlots(_ slots: [ModelTerm], of number: Int) { objects[number].slots = slots }

  /// Makes objects of terms that were words so far, with all that they contain.
  /// - Parameters:
  ///   - roots: the roots, which may be such words or contain some.
  ///   - isIncluded: whether a cons or boxed term that was a word is now an object.
  public mutating func adoptWords(
    of roots: inout [ModelTerm], where isIncluded: (Term) -> Bool
  ) {
    var numbers: [UInt: Int] = [:]
    func adopted(_ term: ModelTerm, _ model: inout ModelHeap) -> ModelTerm {
      guard case .word(let word) = term, word.isCons || word.isBoxed, isIncluded(word) else {
        return term
      }
      if let number = numbers[word.bits] { return .object(number) }
      var object = ModelObject(readingWordsOf: word)
      object.slots = ObjectWords(of: word).slots.map { .word($0) }
      let added = model.add(object)
      if case .object(let number) = added { numbers[word.bits] = number }
      return added
    }
    roots = roots.map { adopted($0, &self) }
    var number = 0
    while number < objects.count {
      let slots = objects[number].slots.map { adopted($0, &self) }
      setSlots(slots, of: number)
      number += 1
    }
  }

  /// Which objects the roots refer to, directly or through others.
  public func reachable(from roots: some Sequence<ModelTerm>) -> [Bool] {
    var isReached = [Bool](repeating: false, count: objects.count)
    var pending: [Int] = []
    func reach(_ term: ModelTerm) {
      guard case .object(let number) = term, !isReached[number] else { return }
      isReached[number] = true
      pending.append(number)
    }
    for root in roots { reach(root) }
    while let number = pending.popLast() {
      for slot in objects[number].slots { reach(slot) }
    }
    return isReached
  }

  /// The words of all objects that the roots refer to, each counted once.
  public func words(reachableFrom roots: some Sequence<ModelTerm>) -> Int {
    zip(objects, reachable(from: roots)).reduce(0) { sum, entry in
      entry.1 ? sum + entry.0.words : sum
    }
  }

  /// Forgets the objects that the roots do not refer to; those that stay get new numbers.
  public mutating func forgetUnreachable(roots: inout [ModelTerm]) {
    let isReached = reachable(from: roots)
    var numbers = [Int](repeating: -1, count: objects.count)
    var kept = 0
    for number in objects.indices where isReached[number] {
      numbers[number] = kept
      kept += 1
    }
    func renumbered(_ term: ModelTerm) -> ModelTerm {
      if case .object(let number) = term { return .object(numbers[number]) }
      return term
    }
    objects = objects.indices.filter { isReached[$0] }.map { number in
      var object = objects[number]
      object.slots = object.slots.map(renumbered)
      return object
    }
    roots = roots.map(renumbered)
  }
}

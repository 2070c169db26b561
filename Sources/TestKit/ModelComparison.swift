import Heaps
import Terms

extension ModelHeap {
  /// Makes the model of what some terms refer to.
  /// - Parameters:
  ///   - terms: the roots.
  ///   - heap: whose objects are taken into the model; terms beyond it, the literals, count as
  ///     words.
  ///   - roots: set to the terms' counterparts.
  public init(reading terms: [Term], of heap: borrowing ProcessHeap, roots: inout [ModelTerm]) {
    let state = heap.state.pointee
    var numbers: [UInt: Int] = [:]
    var pending: [(number: Int, term: Term)] = []
    self.init()
    func isOnHeap(_ term: Term) -> Bool {
      (term.isCons || term.isBoxed) && state.holds(term.address)
    }
    func read(_ term: Term, into model: inout ModelHeap) -> ModelTerm {
      guard isOnHeap(term) else { return .word(term) }
      if let number = numbers[term.bits] { return .object(number) }
      let read = model.add(ModelObject(readingWordsOf: term))
      if case .object(let number) = read {
        numbers[term.bits] = number
        pending.append((number, term))
      }
      return read
    }
    roots = terms.map { read($0, into: &self) }
    while let (number, term) = pending.popLast() {
      let slots = ObjectWords(of: term).slots.map { read($0, into: &self) }
      setSlots(slots, of: number)
    }
  }

  /// The first place where terms on a heap are not what the model says, or nothing.
  ///
  /// Two slots that hold one object in the model must hold one object on the heap, and no others
  /// may.
  /// - Parameters:
  ///   - roots: the terms of the model.
  ///   - terms: the terms on the heap, in the same order.
  public func firstDifference(of roots: [ModelTerm], from terms: [Term]) -> String? {
    if roots.count != terms.count { return "\(terms.count) roots and not \(roots.count)" }
    var places = [UInt](repeating: 0, count: objects.count)
    var numbers: [UInt: Int] = [:]
    var pending: [(number: Int, term: Term)] = []

    func differ(_ expected: ModelTerm, _ term: Term, _ place: @autoclosure () -> String) -> String?
    {
      switch expected {
      case .word(let word):
        return word == term ? nil : "\(place()): the word \(term.hex) and not \(word.hex)"
      case .object(let number):
        if places[number] == term.bits { return nil }
        if places[number] != 0 { return "\(place()): object \(number) is there twice" }
        if objects[number].header == nil ? !term.isCons : !term.isBoxed {
          return "\(place()): the word \(term.hex) and not object \(number)"
        }
        if let other = numbers.updateValue(number, forKey: term.address) {
          return "\(place()): objects \(number) and \(other) are one"
        }
        places[number] = term.bits
        pending.append((number, term))
        return nil
      }
    }

    for (index, (root, term)) in zip(roots, terms).enumerated() {
      if let difference = differ(root, term, "root \(index)") { return difference }
    }
    while let (number, term) = pending.popLast() {
      let expected = objects[number]
      let object = ObjectWords(of: term)
      if object.header != expected.header { return "object \(number): another header" }
      if !object.isTheSameRawly(as: expected.rawWords) {
        return "object \(number): raw words \(Array(object.rawWords)), not \(expected.rawWords)"
      }
      if expected.subtag == .binaryHandle,
        !BinaryHandle.bytes(at: term.boxed).elementsEqual(expected.bytes)
      {
        return "object \(number): other bytes"
      }
      if object.slots.count != expected.slots.count { return "object \(number): another size" }
      for index in expected.slots.indices {
        let difference = differ(
          expected.slots[index], object.slots[index], "slot \(index) of object \(number)")
        if let difference { return difference }
      }
    }
    return nil
  }
}

extension Term {
  fileprivate var hex: String { "0x" + String(bits, radix: 16) }
}

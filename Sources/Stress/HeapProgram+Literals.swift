import Carriers
import Heaps
import TestKit
import Terms

extension HeapProgram {
  /// Makes an area of literals, or releases one that the heap may use.
  func useLiterals() throws(HeapError) {
    if areas.count < 3 && (areas.isEmpty || generator.number(below: 2) == 0) {
      makeArea()
    } else {
      try releaseArea(generator.number(below: areas.count))
    }
  }

  /// An area of one term, and of a handle where a binary can be had; each in a register.
  private func makeArea() {
    let term = generator.plan(
      objects: 1 + generator.number(below: plan.largestTerm), roots: [], model: ModelHeap())
    let binary = makeBinary(byteCount: 100)
    var built: [Term] = []
    do {
      let area = try heap.environment.literals.build(words: term.words + BinaryHandle.words) {
        (cursor, list) throws(Never) in
        // The model of the heap knows a literal as a word.
        var ignored = ModelHeap()
        built.append(
          term.build(cursor: &cursor, model: &ignored) { _ in (.nil, .nil) }.term)
        if let binary {
          built.append(cursor.makeBinaryHandle(binary, byteCount: 100, list: &list))
        }
      }
      areas.append(area)
    } catch {
      // Refused: there is no area, and nobody holds the binary.
      binary?.release(to: heap.environment.binaries)
    }
    for term in built { setRegister(anyRegister(), (.word(term), term)) }
  }

  /// Has the heap copy what it uses of an area, and releases it.
  private func releaseArea(_ index: Int) throws(HeapError) {
    let area = areas[index]
    try attempt { (heap, roots) throws(HeapError) in
      try heap.copyLiterals(of: area, roots: &roots)
    }
    adoptLiterals(of: area)
    areas.remove(at: index)
    heap.environment.literals.release(area)
    noteCollections("the release of an area")
  }

  /// Makes objects in the model of what were words that refer to an area.
  private func adoptLiterals(of area: LiteralArea) {
    var all = modelRegisters + modelDictionary + modelStack
    model.adoptWords(of: &all) { area.contains($0) }
    take(all)
  }
}

/// What is known at the labels of the function that is looked at.
struct StateTable {
  /// The state that instructions change, and room to keep another.
  private(set) var current: CodeState
  private(set) var spare: CodeState
  /// One block for all states; grows by doubling.
  private var block: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  private var used = 0
  /// Real functions need some thousands.
  private static var mostWords: Int { 1 << 24 }
  /// Of each label where its state is, or -1.
  private var places: [Int32]
  /// Whether the state of a label is yet to be run on.
  private var isWaiting: [Bool]
  /// The labels that have a state.
  private var labels: [Int] = []

  init(labelCount: Int) {
    capacity = 1 << 12
    block = .allocate(capacity: capacity)
    places = Array(repeating: -1, count: max(1, labelCount))
    isWaiting = Array(repeating: false, count: max(1, labelCount))
    current = CodeState(words: .allocate(capacity: 1), xCount: 0, yCount: 0)
    spare = CodeState(words: .allocate(capacity: 1), xCount: 0, yCount: 0)
  }

  func deallocate() {
    block.deallocate()
    current.words.deallocate()
    spare.words.deallocate()
  }

  /// Forgets all states, and makes room for those of another function.
  mutating func begin(x: Int, y: Int) {
    for label in labels { places[label] = -1 }
    labels.removeAll(keepingCapacity: true)
    used = 0
    let count = CodeState.wordCount(x: x, y: y)
    current.words.deallocate()
    spare.words.deallocate()
    current = CodeState(words: .allocate(capacity: count), xCount: x, yCount: y)
    spare = CodeState(words: .allocate(capacity: count), xCount: x, yCount: y)
    current.clear()
    spare.clear()
  }

  private func state(at place: Int32) -> CodeState {
    CodeState(words: block + Int(place), xCount: current.xCount, yCount: current.yCount)
  }

  /// Adds what holds on one more way to a label.
  mutating func merge(_ state: CodeState, into label: Int) throws(Violation) {
    let place = places[label]
    if place >= 0 {
      guard let isChanged = self.state(at: place).join(state) else {
        throw Violation("frames of two sizes at the label \(label)")
      }
      if isChanged { isWaiting[label] = true }
      return
    }
    let count = state.wordCount
    guard used + count <= Self.mostWords else {
      throw Violation("too many labels and registers in one function")
    }
    if used + count > capacity { grow(to: used + count) }
    places[label] = Int32(used)
    used += count
    labels.append(label)
    isWaiting[label] = true
    self.state(at: places[label]).update(from: state)
  }

  private mutating func grow(to count: Int) {
    var larger = capacity
    while larger < count { larger *= 2 }
    let grown = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
    grown.update(from: block, count: used)
    block.deallocate()
    block = grown
    capacity = larger
  }

  /// Puts what is known at a label into the current state, if it is yet to be run on.
  mutating func take(_ label: Int, into current: CodeState) -> Bool {
    guard isWaiting[label] else { return false }
    isWaiting[label] = false
    current.update(from: state(at: places[label]))
    return true
  }

  /// A label whose state is yet to be run on.
  func firstWaiting() -> Int? { labels.first { isWaiting[$0] } }
}

/// The tree of a shortest prefix code (D. A. Huffman, 1952).
///
/// Codes of the same cost are many; which of them comes out decides bytes. Here it is that of zlib:
/// the two nodes to be joined come out of a binary heap in which of equally frequent ones the
/// shallower stands first, and symbols get their lengths in the order in which they came out.
struct HuffmanTree {
  private var frequencies: [UInt32]
  /// Of leaves, which are symbols, and then of nodes.
  private var parents: [Int]
  private var depths: [Int]
  /// Nodes whose children are known or that are leaves, not joined yet: a binary heap from 1 on.
  private var heap = [0]
  /// All nodes in the order in which they came out of the heap.
  private var order: [Int] = []
  private let symbolCount: Int

  /// Builds the tree of symbols that occur so often. Where fewer than two occur, others take their
  /// place, so that there is a bit to tell them apart.
  init(frequencies counts: [UInt32]) {
    symbolCount = counts.count
    frequencies = counts + Array(repeating: 0, count: counts.count + 1)
    parents = Array(repeating: 0, count: frequencies.count)
    depths = Array(repeating: 0, count: frequencies.count)
    for symbol in counts.indices where counts[symbol] > 0 { heap.append(symbol) }
    var last = heap.count > 1 ? heap[heap.count - 1] : -1
    while heap.count < 3 {
      let symbol = last < 2 ? last + 1 : 0
      if last < 2 { last = symbol }
      heap.append(symbol)
      frequencies[symbol] = 1
    }
    for place in (1...(heap.count - 1) / 2).reversed() { sink(place) }
    join()
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    if frequencies[left] != frequencies[right] { return frequencies[left] < frequencies[right] }
    return depths[left] <= depths[right]
  }

  /// Lets a node of the heap go down to its place.
  private mutating func sink(_ start: Int) {
    let node = heap[start]
    var place = start
    var child = 2 * place
    while child < heap.count {
      if child + 1 < heap.count && isBefore(heap[child + 1], heap[child]) { child += 1 }
      if isBefore(node, heap[child]) { break }
      heap[place] = heap[child]
      place = child
      child = 2 * place
    }
    heap[place] = node
  }

  private mutating func join() {
    var node = symbolCount
    repeat {
      let first = heap[1]
      heap[1] = heap[heap.count - 1]
      heap.removeLast()
      sink(1)
      let second = heap[1]
      order += [first, second]
      frequencies[node] = frequencies[first] + frequencies[second]
      depths[node] = max(depths[first], depths[second]) + 1
      parents[first] = node
      parents[second] = node
      heap[1] = node
      node += 1
      sink(1)
    } while heap.count > 2
    order.append(heap[1])
  }

  /// The length of each symbol's code, 0 where it has none.
  ///
  /// - Parameter longest: no code is longer; those that would be share the space of others.
  func lengths(longest: Int) -> [UInt8] {
    var bits = [Int](repeating: 0, count: frequencies.count)
    var counts = [Int](repeating: 0, count: longest + 1)
    var tooLong = 0
    // From the root down.
    for node in order.dropLast().reversed() {
      bits[node] = bits[parents[node]] + 1
      if bits[node] > longest {
        bits[node] = longest
        tooLong += 1
      }
      if node < symbolCount { counts[bits[node]] += 1 }
    }
    if tooLong == 0 { return bits[..<symbolCount].map { UInt8($0) } }
    while tooLong > 0 {
      // A longest code goes beside one that becomes a bit longer.
      var length = longest - 1
      while counts[length] == 0 { length -= 1 }
      counts[length] -= 1
      counts[length + 1] += 2
      counts[longest] -= 1
      tooLong -= 2
    }
    var lengths = [UInt8](repeating: 0, count: symbolCount)
    var symbols = order.lazy.filter { $0 < symbolCount }.makeIterator()
    for length in (1...longest).reversed() {
      for _ in 0..<counts[length] {
        if let symbol = symbols.next() { lengths[symbol] = UInt8(length) }
      }
    }
    return lengths
  }
}

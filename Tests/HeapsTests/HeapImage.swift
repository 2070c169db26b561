import Heaps
import Terms

/// Every word of a heap and where it stands, what the heap says of itself, and the roots: to see
/// that nothing at all was touched.
struct HeapImage: Equatable {
  private var spaces: [[UInt]] = []
  private var addresses: [UInt] = []
  private var terms: [Term]
  private var account = ""

  init(of fixture: HeapFixture) {
    let state = fixture.heap.state.pointee
    terms = fixture.terms
    func add(_ start: UnsafeMutablePointer<UInt>, _ top: UnsafeMutablePointer<UInt>) {
      addresses += [UInt(bitPattern: start), UInt(bitPattern: top)]
      spaces.append(Array(UnsafeBufferPointer(start: start, count: top - start)))
    }
    state.forEachSpace(add)
    add(state.stackTop, state.end)
    addresses.append(UInt(bitPattern: state.highWater))
    account =
      "\(fixture.heap.figures) \(fixture.heap.counters) \(state.virtualHeap) \(state.offHeap)"
  }
}

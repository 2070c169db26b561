/// What a step of a ``HeapProgram`` does.
public enum HeapStep: CaseIterable, Sendable {
  case buildTerm, buildList, buildHandle, buildPart, append, extend
  case buildBesideTheHeap, buildInPlace, runWithoutCollecting
  case clear, copy, takeInnerTerm, pushFrame, popFrame
  case holdOrReleaseElsewhere, useDictionary, useLiterals
  /// Drops nearly everything.
  case unwind
  case collect, trim, hibernate, setOptions, tryLimit

  /// Those about the size of the heap, of which one in ``HeapPlan/resizesEvery`` steps is any.
  public static let resizing: [HeapStep] = [.collect, .trim, .hibernate, .setOptions, .tryLimit]

  /// The others but for ``unwind``, each as often as it is done.
  static let usual: [HeapStep] = allCases.flatMap { Array(repeating: $0, count: $0.weight) }

  private var weight: Int {
    switch self {
    case .buildTerm: 27
    case .clear, .takeInnerTerm, .pushFrame, .popFrame, .buildHandle: 6
    case .buildList, .buildPart, .buildBesideTheHeap, .buildInPlace, .runWithoutCollecting: 3
    case .copy, .holdOrReleaseElsewhere, .useDictionary: 3
    case .append: 2
    case .extend, .useLiterals: 1
    case .unwind, .collect, .trim, .hibernate, .setOptions, .tryLimit: 0
    }
  }
}

extension NamedStress {
  /// All heaps of five objects; a round is a slice of them.
  static let worlds = NamedStress(
    "worlds", "all heaps of 5 objects; each of \(WorldStress.sliceCount) seeds is a slice of them",
    sliceCount: WorldStress.sliceCount
  ) { seed in
    do {
      var sandbox = try WorldSandbox()
      try WorldStress.runSlice(
        Int(seed % UInt64(WorldStress.sliceCount)), of: WorldStress.sliceCount, objects: 5,
        WorldSandbox.Division.all(objects: 5), in: &sandbox)
      return sandbox.complaints.first
    } catch {
      return "\(error)"
    }
  }
}

/// Goes through all heaps of a few objects.
public enum WorldStress {
  /// The slices into which `tenure stress worlds` cuts them.
  public static var sliceCount: Int { 1000 }

  /// Collects each world of a slice, with each set of roots that leaves no more than plain
  /// garbage (``World/hasPlainGarbage(_:)``), in each of some divisions.
  ///
  /// A slice is every n-th world. The sandbox tells what went wrong.
  /// - Parameter inTurn: collect each world in two of the divisions only, taken in turn.
  public static func runSlice(
    _ slice: Int, of slices: Int, objects: Int, _ divisions: [WorldSandbox.Division],
    inTurn: Bool = false, in sandbox: inout WorldSandbox
  ) throws {
    var cases: [WorldSandbox.Case] = []
    var turn = 0
    func flush(_ sandbox: inout WorldSandbox) throws {
      for number in 0..<(inTurn ? 2 : divisions.count) {
        try sandbox.run(cases, divisions[(turn + number) % divisions.count])
      }
      turn += 2
      cases.removeAll(keepingCapacity: true)
    }
    for number in stride(from: slice, to: World.count(objects: objects), by: slices) {
      let world = World(number: number, objects: objects)
      for roots in 0..<(1 << objects) where world.hasPlainGarbage(roots) {
        cases.append(WorldSandbox.Case(world: world, roots: roots))
        if cases.count == WorldSandbox.batch { try flush(&sandbox) }
      }
    }
    try flush(&sandbox)
  }
}

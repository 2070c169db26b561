import Tenure
import ToyVM
@main struct Main {
  static func main() {
    let a = CommandLine.arguments
    let zeal = a.contains("--zeal"), verify = a.contains("--verify")
    let m = Machine(system: MemorySystem(configuration: SystemConfiguration(levers: HeapLevers(zeal: zeal ? 1 : 0, verifies: verify))))
    do {
      let n = try m.load(path: a[1])
      let args = a.dropFirst(2).filter { !$0.hasPrefix("--") }
      let o = args.isEmpty ? try m.run(n, "main") : try m.run(n, "run", [.integer(Int(args[args.startIndex])!)])
      print(o)
    } catch { print(error) }
  }
}

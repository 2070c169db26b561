/// The folder of the benchmarks in the sources that this was built from.
enum BenchmarkFolder {
  static func path(_ relative: String) -> String {
    let folders = #filePath.split(separator: "/").dropLast(2)
    return "/" + folders.joined(separator: "/") + "/" + relative
  }
}

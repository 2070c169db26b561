import Foundation
import TestKit

// Bytes are tried as match specifications in the external term format: those of files, or, in a
// build for fuzzing, whatever libFuzzer comes up with.
//
//   swift run MatchFuzz Tests/MatchFuzz/Corpus/*
//   swift build -c release --scratch-path FOLDER --sanitize fuzzer --sanitize address \
//     -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table -Xswiftc -DFUZZING \
//     --product MatchFuzz
//   FOLDER/release/MatchFuzz -max_len=2000 -max_total_time=60 NEW_CORPUS Tests/MatchFuzz/Corpus

#if FUZZING
  nonisolated(unsafe) private let probe = MatchSpecificationProbe()

  /// What libFuzzer, which brings its own entry of the program, calls with each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: bytes, count: count)
    if let flaw = probe.flaw(of: input) { fatalError(flaw) }
    return 0
  }
#else
  /// Tries files.
  @main
  enum MatchFuzz {
    static func main() {
      let probe = MatchSpecificationProbe()
      var flaws = 0
      let files = CommandLine.arguments.dropFirst()
      for file in files {
        guard let bytes = FileManager.default.contents(atPath: file) else {
          print("cannot read \(file)")
          exit(2)
        }
        if let flaw = bytes.withUnsafeBytes({ probe.flaw(of: $0) }) {
          print("\(file): \(flaw)")
          flaws += 1
        }
      }
      print("\(files.count) files, \(flaws) with flaws")
      exit(flaws == 0 ? 0 : 1)
    }
  }
#endif

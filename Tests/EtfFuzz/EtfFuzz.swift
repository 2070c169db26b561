import Foundation
import TestKit

// Bytes are tried as external terms: those of files, or, in a build for fuzzing, whatever libFuzzer
// comes up with.
//
//   swift run EtfFuzz Tests/EtfFuzz/Corpus
//   swift build -c release --scratch-path FOLDER --sanitize fuzzer --sanitize address \
//     -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table -Xswiftc -DFUZZING \
//     --product EtfFuzz
//   FOLDER/release/EtfFuzz -max_len=2000 -max_total_time=60 NEW_CORPUS Tests/EtfFuzz/Corpus

#if FUZZING
  /// What libFuzzer, which brings its own entry of the program, calls with each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: bytes, count: count)
    if let flaw = ExternalFormatProbe.flaw(of: input) { fatalError(flaw) }
    return 0
  }
#else
  /// Tries files, and all files in folders.
  @main
  enum EtfFuzz {
    static func main() {
      var (files, flaws) = (0, 0)
      for path in CommandLine.arguments.dropFirst() {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path).sorted()
        for file in names.map({ $0.map { path + "/" + $0 } }) ?? [path] {
          guard let bytes = FileManager.default.contents(atPath: file) else {
            print("cannot read \(file)")
            exit(2)
          }
          files += 1
          if let flaw = bytes.withUnsafeBytes({ ExternalFormatProbe.flaw(of: $0) }) {
            print("\(file): \(flaw)")
            flaws += 1
          }
        }
      }
      print("\(files) files, \(flaws) with flaws")
      exit(flaws == 0 ? 0 : 1)
    }
  }
#endif

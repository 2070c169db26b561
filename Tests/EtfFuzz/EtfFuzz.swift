import Foundation
import TestKit

/// Tries bytes as external terms: those of files, or, in a build for fuzzing, whatever libFuzzer
/// comes up with.
///
/// ```
/// swift run EtfFuzz Tests/EtfFuzz/Corpus
/// swift build --scratch-path FOLDER --sanitize fuzzer --sanitize address -Xswiftc -DFUZZING \
///   --product EtfFuzz
/// FOLDER/debug/EtfFuzz -max_len=4096 -max_total_time=60 NEW_CORPUS Tests/EtfFuzz/Corpus
/// ```
@main
enum EtfFuzz {
  static func main() {
    #if FUZZING
      exit(
        runFuzzer(&CommandLine.argc, &CommandLine.unsafeArguments) { bytes, count in
          let input = UnsafeRawBufferPointer(start: bytes, count: count)
          if let flaw = ExternalFormatProbe.flaw(of: input) { fatalError(flaw) }
          return 0
        })
    #else
      replay(CommandLine.arguments.dropFirst())
    #endif
  }

  #if !FUZZING
    /// Tries files, and all files in folders.
    private static func replay(_ paths: some Sequence<String>) {
      var (files, flaws) = (0, 0)
      for path in paths {
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
  #endif
}

#if FUZZING
  /// The entry of libFuzzer as a library (`FuzzerInterface.h`).
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt
#endif

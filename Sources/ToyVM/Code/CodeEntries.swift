import Synchronization
import Tenure

/// A function by its name: module, function, arity.
struct FunctionName: Hashable {
  var module: Term
  var function: Term
  var arity: Int
}

/// What a call of another module's function goes through: found at the first call.
struct ExportEntry: ~Copyable {
  let name: FunctionName
  /// The place of the native function of this name, or -1.
  let native: Int
  private let addressBits = Atomic<UInt>(0)

  init(name: FunctionName, native: Int) {
    self.name = name
    self.native = native
  }

  /// Where the function's code begins, once its module is loaded.
  var address: UnsafeMutablePointer<UInt>? {
    get { UnsafeMutablePointer(bitPattern: addressBits.load(ordering: .acquiring)) }
    // Releasing: whoever finds the address finds the code.
    nonmutating set { addressBits.store(UInt(bitPattern: newValue), ordering: .releasing) }
  }
}

/// A function that closures are made of.
struct LambdaEntry {
  let module: Term
  let function: Term
  /// The arguments of the function, free variables included.
  let totalArity: Int
  let freeCount: Int
  let index: Int
  let unique: Int
  let address: UnsafeMutablePointer<UInt>
  /// The MD5 sum of the module, which tells its versions apart.
  let moduleDigest: LocalFunName.Digest

  /// The arguments that a call gives.
  var arity: Int { totalArity - freeCount }
}

/// A function of a loaded module.
struct FunctionInfo {
  let name: FunctionName
  /// Its first slot in the module's code.
  let start: Int
}

/// Where an instruction came from.
struct SourceLine {
  /// The first slot it holds for.
  let start: Int
  let file: Int
  let line: Int
}

/// What a module says of itself, as its file has it.
struct ModuleInformation: Sendable {
  /// Its attributes and how it was compiled, in the external term format; empty where it says nothing.
  let attributes: [UInt8]
  let compileInfo: [UInt8]
  /// Its MD5 sum.
  let digest: [UInt8]

  init(_ file: BeamFile) {
    attributes = file.attributes
    compileInfo = file.compileInfo
    digest = file.digest
  }

  /// The sum as two numbers.
  var digestHalves: LocalFunName.Digest {
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return LocalFunName.Digest(upper: number(digest[..<8]), lower: number(digest[8...]))
  }
}

/// A module whose code can run. Lives as long as its machine.
final class LoadedModule {
  let name: Term
  let code: UnsafeMutablePointer<UInt>
  let slotCount: Int
  /// In order of their code.
  let functions: [FunctionInfo]
  let lines: [SourceLine]
  let files: [String]
  /// The instructions that only raise an error, because the machine has none such.
  let missingNames: [String]
  /// What it says of itself.
  let information: ModuleInformation
  private let block: MemoryBlock
  private let allocator: BlockAllocator

  init(
    name: Term, block: MemoryBlock, slotCount: Int, functions: [FunctionInfo],
    lines: [SourceLine], files: [String], missingNames: [String],
    information: ModuleInformation, allocator: BlockAllocator
  ) {
    self.information = information
    self.name = name
    self.block = block
    self.slotCount = slotCount
    self.functions = functions
    self.lines = lines
    self.files = files
    self.missingNames = missingNames
    self.allocator = allocator
    code = block.base.assumingMemoryBound(to: UInt.self)
  }

  deinit { allocator.free(block, kind: .code) }

  /// Whether an address is in this module's code.
  func contains(_ address: UInt) -> Bool {
    let start = UInt(bitPattern: code)
    return address >= start && address < start + UInt(slotCount * 8)
  }

  /// The function whose code holds a slot.
  func function(at slot: Int) -> FunctionInfo? {
    functions.last { $0.start <= slot }
  }

  /// The file and line that a slot came from.
  func line(at slot: Int) -> (file: String, line: Int)? {
    guard let found = lines.last(where: { $0.start <= slot }), found.line > 0,
      let function = function(at: slot), found.start >= function.start,
      files.indices.contains(found.file)
    else { return nil }
    return (files[found.file], found.line)
  }
}

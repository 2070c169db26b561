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

/// A function that closures are made of. Lives as long as its machine, for nobody counts them; a module
/// that is loaded once more as it was has the same.
struct LambdaEntry: ~Copyable {
  let module: Term
  let function: Term
  /// The arguments of the function, free variables included.
  let totalArity: Int
  let freeCount: Int
  let index: Int
  let unique: Int
  /// The MD5 sum of the module, which tells its versions apart.
  let moduleDigest: LocalFunName.Digest
  private let addressBits = Atomic<UInt>(0)

  /// An entry without code as yet.
  init(
    module: Term, _ lambda: BeamFile.Lambda, function: Term, moduleDigest: LocalFunName.Digest
  ) {
    self.module = module
    self.function = function
    totalArity = lambda.totalArity
    freeCount = lambda.freeCount
    index = lambda.index
    unique = lambda.uniq
    self.moduleDigest = moduleDigest
  }

  /// Where its code begins; nothing where that was purged.
  var address: UnsafeMutablePointer<UInt>? {
    get { UnsafeMutablePointer(bitPattern: addressBits.load(ordering: .acquiring)) }
    // Releasing: whoever finds the address finds the code.
    nonmutating set { addressBits.store(UInt(bitPattern: newValue), ordering: .releasing) }
  }

  /// The name by which other systems and other versions know it.
  var name: LocalFunName {
    LocalFunName(
      module: module, index: index, oldIndex: index, oldUnique: unique, moduleDigest: moduleDigest)
  }

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

/// A module whose code can run, until it is purged.
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
  /// How many of its instructions look at an operand first that the validator was not certain of.
  let checkCount: Int
  /// What it says of itself.
  let information: ModuleInformation
  /// The functions that its closures are made of.
  let lambdas: [UnsafeMutablePointer<LambdaEntry>]
  /// What its code refers to as terms.
  let literals: [LiteralArea]
  /// Whether processes ended because it is purged.
  var hasKilled = false
  private let block: MemoryBlock
  private let allocator: BlockAllocator

  init(
    name: Term, block: MemoryBlock, slotCount: Int, functions: [FunctionInfo],
    lines: [SourceLine], files: [String], missingNames: [String],
    checkCount: Int, information: ModuleInformation, lambdas: [UnsafeMutablePointer<LambdaEntry>],
    literals: [LiteralArea], allocator: BlockAllocator
  ) {
    self.lambdas = lambdas
    self.literals = literals
    self.information = information
    self.name = name
    self.block = block
    self.slotCount = slotCount
    self.functions = functions
    self.lines = lines
    self.files = files
    self.missingNames = missingNames
    self.checkCount = checkCount
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

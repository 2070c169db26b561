/// What a compiled module's file says, read and checked but not yet tied to a machine.
///
/// Atoms are indexes into ``atoms``, labels numbers below ``labelCount``: both hold for every table
/// here, so a loader need not check them again.
struct BeamFile: Equatable, Sendable {
  /// A function of another module (or a native one) that the code calls.
  struct Import: Equatable, Sendable {
    let module: Int
    let function: Int
    let arity: Int
  }

  /// A function of this module, and the label where its code begins.
  struct Function: Equatable, Sendable {
    let name: Int
    let arity: Int
    let label: Int
  }

  /// A function that `make_fun` instructions make closures of.
  struct Lambda: Equatable, Sendable {
    let function: Int
    /// The arguments of a call and the free variables behind them.
    let totalArity: Int
    let label: Int
    let index: Int
    let freeCount: Int
    let uniq: Int
    /// The arguments of a call.
    var arity: Int { totalArity - freeCount }
  }

  /// The names of atoms. Their indexes begin with 1, so that `atoms[0]` is no name; `atoms[1]` is
  /// the module's.
  var atoms: [String]
  /// The functions that instructions name by their place here.
  var imports: [Import] = []
  /// The functions that other modules may call.
  var exports: [Function] = []
  /// The other functions.
  var locals: [Function] = []
  /// The functions of closures.
  var lambdas: [Lambda] = []
  /// Where in ``literalBytes`` each literal stands, in the external term format.
  var literals: [Range<Int>] = []
  /// The unpacked literals.
  var literalBytes: [UInt8] = []
  /// The bytes that instructions on binaries refer to.
  var strings: [UInt8] = []
  /// The instructions; see ``GenericInstruction``.
  var code: [UInt8] = []
  /// One more than the highest label.
  var labelCount = 0
  /// The number of functions in the code.
  var functionCount = 0
  /// The highest opcode in the code.
  var highestOpcode = 0
  /// Which place in a source file each `line` instruction means.
  var lines: LineTable
  /// The module's attributes, in the external term format; empty where there are none.
  var attributes: [UInt8] = []
  /// How the module was compiled, in the external term format; empty where it does not say.
  var compileInfo: [UInt8] = []

  /// The MD5 sum of what makes the module what it is, whoever compiled it where; see ``md5(of:in:)``.
  var digest: [UInt8] = []

  /// The module's name.
  var module: String { atoms[1] }
}

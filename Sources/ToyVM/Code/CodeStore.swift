import Tenure

/// Where a code address stands: a function, and the line if the module tells.
struct CodePlace {
  let name: FunctionName
  let line: (file: String, line: Int)?
}

/// The code of a machine: modules, what they export, natives, handlers of exceptions. Any thread
/// may ask for code and have it loaded.
final class CodeStore: @unchecked Sendable {
  // Unchecked: what changes is touched under the lock only.
  let lock = ThreadLock()

  let system: MemorySystem
  /// The native functions by the place that an export entry names.
  let natives: NativeTable
  /// What natives keep for all processes.
  let objects: SharedObjects
  private var modules: [Term: LoadedModule] = [:]
  /// The version before of modules that were replaced or deleted: its code may still run, and closures
  /// refer to it.
  private var old: [Term: LoadedModule] = [:]
  private var exports: [FunctionName: UnsafeMutablePointer<ExportEntry>] = [:]
  /// Of each module.
  private var lambdas: [Term: [UnsafeMutablePointer<LambdaEntry>]] = [:]
  private var handlers: [UnsafeMutablePointer<UInt>] = []
  /// Loads a module that is called for the first time; says whether there was one.
  var loadOnCall: ((_ module: String) throws(LoadError) -> Bool)?
  /// Where modules are looked for.
  let directories: [String]
  /// Modules that were looked for in vain.
  private var missing: Set<Term> = []
  /// The code that every process returns to in the end.
  let haltCode: UnsafeMutablePointer<UInt>
  /// The code that a process begins with: it calls `apply/2` and `apply/3`.
  let applyFunCode: UnsafeMutablePointer<UInt>
  let applyCode: UnsafeMutablePointer<UInt>
  /// Code that only calls a native, by the native's name.
  private var callers: [FunctionName: UnsafeMutablePointer<UInt>] = [:]
  /// Held while processes are looked at for old code: who finds a closure without code makes way then.
  let purging = ThreadLock()
  /// The code of the processes that answer requests for input and output.
  private(set) var serverCode: ServerCode!

  init(system: MemorySystem, directories: [String]) {
    self.system = system
    self.directories = directories
    objects = SharedObjects(system: system)
    natives = NativeTable(atoms: system.atoms)
    // A word before it: who ends a slice looks there for the beginning of a function.
    let block = UnsafeMutablePointer<UInt>.allocate(capacity: 6)
    block.initialize(repeating: UInt(Opcode.halt.rawValue), count: 6)
    haltCode = block + 1
    applyFunCode = haltCode + 1
    applyCode = haltCode + 3
    for (code, arity) in [(applyFunCode, 2), (applyCode, 3)] {
      code[0] = UInt(Opcode.callExportOnly.rawValue)
      code[1] = UInt(bitPattern: export(natives.apply(arity: arity)))
    }
    serverCode = ServerCode(store: self)
  }

  deinit {
    for entry in exports.values { entry.deallocate() }
    for entry in lambdas.values.joined() { entry.deallocate() }
    for code in callers.values { (code - 1).deallocate() }
    (haltCode - 1).deallocate()
    serverCode.deallocate()
  }

  /// The entry of a function's name, which never moves; made where there is none.
  func export(_ name: FunctionName) -> UnsafeMutablePointer<ExportEntry> {
    lock.withLock {
      if let entry = exports[name] { return entry }
      let entry = UnsafeMutablePointer<ExportEntry>.allocate(capacity: 1)
      entry.initialize(to: ExportEntry(name: name, native: natives.place(of: name) ?? -1))
      exports[name] = entry
      return entry
    }
  }

  /// Code that only calls what an entry names, as a process begins with it.
  func caller(of entry: UnsafeMutablePointer<ExportEntry>) -> UnsafeMutablePointer<UInt> {
    lock.withLock {
      if let code = callers[entry.pointee.name] { return code }
      let block = UnsafeMutablePointer<UInt>.allocate(capacity: 3)
      block[0] = UInt(Opcode.halt.rawValue)
      block[1] = UInt(Opcode.callExportOnly.rawValue)
      block[2] = UInt(bitPattern: entry)
      callers[entry.pointee.name] = block + 1
      return block + 1
    }
  }

  /// The entry of a lambda, which lives as long as the machine: that of one which is the same, or the
  /// one given.
  func entry(of lambda: consuming LambdaEntry) -> UnsafeMutablePointer<LambdaEntry> {
    let entry = UnsafeMutablePointer<LambdaEntry>.allocate(capacity: 1)
    entry.initialize(to: lambda)
    return lock.withLock {
      let same = lambdas[entry.pointee.module]?.first {
        $0.pointee.name == entry.pointee.name && $0.pointee.totalArity == entry.pointee.totalArity
          && $0.pointee.arity == entry.pointee.arity
      }
      if let same {
        entry.deallocate()
        return same
      }
      lambdas[entry.pointee.module, default: []].append(entry)
      return entry
    }
  }

  /// The entry of a lambda by its name.
  func lambda(_ name: LocalFunName, arity: Int) -> UnsafeMutablePointer<LambdaEntry>? {
    lock.withLock {
      lambdas[name.module]?.first { $0.pointee.arity == arity && $0.pointee.name == name }
    }
  }

  /// Gives a handler of exceptions a number for its catch mark.
  func addHandler(_ address: UnsafeMutablePointer<UInt>) -> Int {
    lock.withLock {
      handlers.append(address)
      return handlers.count - 1
    }
  }

  /// The code of a handler.
  func handler(_ index: Int) -> UnsafeMutablePointer<UInt>? {
    lock.withLock { handlers.indices.contains(index) ? handlers[index] : nil }
  }

  /// Makes a module's functions callable, in place of those of a module of the same name, which is old
  /// from then on.
  /// - Precondition: there is no old one already.
  func add(_ module: LoadedModule, exporting: [FunctionName: UnsafeMutablePointer<UInt>]) {
    lock.withLock {
      if let before = modules.updateValue(module, forKey: module.name) {
        retire(before)
        for (name, entry) in exports where name.module == module.name {
          entry.pointee.address = nil
        }
      }
      for (name, address) in exporting { export(name).pointee.address = address }
    }
  }

  private func retire(_ module: LoadedModule) {
    precondition(old[module.name] == nil, "a module with two old versions")
    old[module.name] = module
  }

  /// The old version of a module.
  func oldVersion(of module: Term) -> LoadedModule? { lock.withLock { old[module] } }

  /// Makes the code of a module old; false where it is not loaded, or has an old version.
  func delete(_ module: Term) -> Bool {
    lock.withLock {
      guard old[module] == nil, let current = modules.removeValue(forKey: module) else {
        return false
      }
      for (name, entry) in exports where name.module == module { entry.pointee.address = nil }
      retire(current)
      return true
    }
  }

  /// Gives up the memory of an old version, and its literals when every process has copied what it uses.
  /// - Precondition: no process runs its code, nor will.
  func purge(_ module: LoadedModule) {
    // Two may have looked for those who run it at once.
    let isStillOld = lock.withLock {
      guard old[module.name] === module else { return false }
      old[module.name] = nil
      return true
    }
    if isStillOld { system.release(module.literals) }
  }

  /// The file of a module in one of the directories.
  func path(ofModule name: String) -> String? {
    guard !name.isEmpty, !name.contains("/") else { return nil }
    return directories.lazy.map { "\($0)/\(name).beam" }.first { FileBytes.exists($0) }
  }

  /// Whether a module is loaded.
  func isLoaded(_ module: Term) -> Bool { lock.withLock { modules[module] != nil } }

  /// Finds the code of an entry that has none yet, loading its module if there is one.
  ///
  /// - Throws: ``LoadError`` if the module is there but cannot be loaded.
  func resolve(_ entry: UnsafeMutablePointer<ExportEntry>) throws(LoadError) -> Bool {
    let module = entry.pointee.name.module
    if entry.pointee.address != nil { return true }
    guard !isLoaded(module), try ensureLoaded(module) else { return entry.pointee.address != nil }
    return entry.pointee.address != nil
  }

  /// Loads a module that is not loaded yet, if there is one.
  ///
  /// - Returns: whether it is loaded.
  /// - Throws: ``LoadError`` if the module is there but cannot be loaded.
  func ensureLoaded(_ module: Term) throws(LoadError) -> Bool {
    try lock.withLock { () throws(LoadError) in
      if modules[module] != nil { return true }
      guard !missing.contains(module), let loadOnCall else { return false }
      if try loadOnCall(system.atoms.name(of: module)) { return true }
      missing.insert(module)
      return false
    }
  }

  /// Loads a module, in place of one of the same name.
  ///
  /// - Throws: ``LoadError``; then nothing was loaded.
  func load(_ bytes: [UInt8]) throws(LoadError) -> Term {
    try lock.withLock { () throws(LoadError) in try ModuleLoader(store: self).load(bytes) }
  }

  /// The module whose code holds an address.
  func module(at address: UInt) -> LoadedModule? {
    lock.withLock {
      modules.values.first { $0.contains(address) } ?? old.values.first { $0.contains(address) }
    }
  }

  /// The function and line of an address.
  func place(of address: UInt) -> CodePlace? {
    guard let module = module(at: address) else { return nil }
    let slot = Int(address - UInt(bitPattern: module.code)) / 8
    guard let function = module.function(at: slot) else { return nil }
    return CodePlace(name: function.name, line: module.line(at: slot))
  }

  /// The instructions of a module that only raise an error, because the machine has none such.
  func missingNames(of module: Term) -> [String] {
    lock.withLock { modules[module]?.missingNames ?? [] }
  }

  /// How many instructions of a module look at an operand before they use it.
  func checkCount(of module: Term) -> Int { lock.withLock { modules[module]?.checkCount ?? 0 } }

  /// What a loaded module says of itself.
  func information(of module: Term) -> ModuleInformation? {
    lock.withLock { modules[module]?.information }
  }

  /// The names of a module's functions.
  func functions(of module: Term) -> [FunctionInfo]? {
    lock.withLock { modules[module]?.functions }
  }
}

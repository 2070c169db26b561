import Tenure

/// Makes a module that can run of the bytes of a `.beam` file.
struct ModuleLoader {
  let store: CodeStore
  private var system: MemorySystem { store.system }

  init(store: CodeStore) { self.store = store }

  /// Loads a module; its functions can be called from then on.
  ///
  /// - Returns: the module's name.
  /// - Throws: ``LoadError``; then nothing was loaded.
  @discardableResult
  func load(_ bytes: [UInt8]) throws(LoadError) -> Term {
    let file: BeamFile
    let instructions: [GenericInstruction]
    do {
      file = try BeamFile(bytes: bytes)
      instructions = try file.instructions()
    } catch {
      throw .malformed(reason: error.description)
    }
    let atoms = try internAtoms(file)
    let name = atoms[1]
    let constants = try ModuleConstants(
      file: file, instructions: instructions, atoms: atoms, store: store)
    let imports = file.imports.map {
      store.export(
        FunctionName(module: atoms[$0.module], function: atoms[$0.function], arity: $0.arity))
    }
    var translator = Translator(
      file: file, atoms: atoms, constants: constants, imports: imports, store: store)
    try translator.translate(instructions)
    return try install(file, named: name, atoms: atoms, translator: translator)
  }

  private func internAtoms(_ file: BeamFile) throws(LoadError) -> [Term] {
    var atoms = [Term.nil]
    atoms.reserveCapacity(file.atoms.count)
    for name in file.atoms.dropFirst() {
      do {
        atoms.append(try system.atoms.atom(name))
      } catch {
        throw .malformed(reason: "the atom table: \(error)")
      }
    }
    return atoms
  }

  private func install(
    _ file: BeamFile, named name: Term, atoms: [Term], translator: Translator
  ) throws(LoadError) -> Term {
    let buffer = translator.buffer
    let block: MemoryBlock
    do {
      block = try system.allocator.allocate(byteCount: max(8, buffer.end * 8), kind: .code)
    } catch {
      throw .outOfMemory(reason: error.description)
    }
    let information = ModuleInformation(file)
    let digest = information.digestHalves
    let module = LoadedModule(
      name: name, block: block, slotCount: buffer.end, functions: translator.functions,
      lines: translator.lines, files: file.lines.files, missingNames: translator.missingNames,
      information: information, allocator: system.allocator)
    var lambdas: [UnsafeMutablePointer<LambdaEntry>] = []
    for lambda in file.lambdas {
      lambdas.append(
        store.addLambda(
          LambdaEntry(
            module: name, function: atoms[lambda.function], totalArity: lambda.totalArity,
            freeCount: lambda.freeCount, index: lambda.index, unique: lambda.uniq,
            address: module.code + (try buffer.place(of: lambda.label)), moduleDigest: digest)))
    }
    try buffer.write(to: module.code, store: store) { lambdas[$0] }
    var exports: [FunctionName: UnsafeMutablePointer<UInt>] = [:]
    for function in file.exports {
      let functionName = FunctionName(
        module: name, function: atoms[function.name], arity: function.arity)
      exports[functionName] = module.code + (try buffer.place(of: function.label))
    }
    store.add(module, exporting: exports)
    return name
  }
}

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
    if store.isLoaded(name), store.oldVersion(of: name) != nil {
      throw .notPurged(module: file.module)
    }
    let constants = try ModuleConstants(
      file: file, instructions: instructions, atoms: atoms, store: store)
    do {
      return try load(file, instructions, named: name, atoms: atoms, constants)
    } catch {
      // Nobody has seen them.
      for area in constants.areas { system.heaps.literals.release(area) }
      throw error
    }
  }

  private func load(
    _ file: BeamFile, _ instructions: [GenericInstruction], named name: Term, atoms: [Term],
    _ constants: ModuleConstants
  ) throws(LoadError) -> Term {
    let imports = file.imports.map {
      store.export(
        FunctionName(module: atoms[$0.module], function: atoms[$0.function], arity: $0.arity))
    }
    let importedFunctions = imports.map { ImportedFunction($0, in: system.atoms) }
    let needsCheck: [Bool]
    do {
      needsCheck = try ModuleValidator.validate(
        file, instructions, constants: constants, imports: importedFunctions)
    } catch {
      throw .invalid(error)
    }
    var translator = Translator(
      file: file, atoms: atoms, constants: constants, imports: imports,
      importedFunctions: importedFunctions, store: store)
    try translator.translate(instructions, needsCheck: needsCheck)
    return try install(
      file, named: name, atoms: atoms, translator: translator,
      checkCount: needsCheck.count { $0 })
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
    _ file: BeamFile, named name: Term, atoms: [Term], translator: Translator, checkCount: Int
  ) throws(LoadError) -> Term {
    let buffer = translator.buffer
    let block: MemoryBlock
    do {
      block = try system.allocator.allocate(byteCount: max(8, buffer.end * 8), kind: .code)
    } catch {
      throw .outOfMemory(reason: error.description)
    }
    let information = ModuleInformation(file)
    let lambdas = file.lambdas.map {
      store.entry(
        of: LambdaEntry(
          module: name, $0, function: atoms[$0.function], moduleDigest: information.digestHalves))
    }
    let module = LoadedModule(
      name: name, block: block, slotCount: buffer.end, functions: translator.functions,
      lines: translator.lines, files: file.lines.files, missingNames: translator.missingNames,
      checkCount: checkCount, information: information, lambdas: lambdas,
      literals: translator.constants.areas, allocator: system.allocator)
    try buffer.write(to: module.code, store: store) { lambdas[$0] }
    var exports: [FunctionName: UnsafeMutablePointer<UInt>] = [:]
    for function in file.exports {
      let functionName = FunctionName(
        module: name, function: atoms[function.name], arity: function.arity)
      exports[functionName] = module.code + (try buffer.place(of: function.label))
    }
    let starts = try file.lambdas.map { lambda throws(LoadError) in
      module.code + (try buffer.place(of: lambda.label))
    }
    // Nothing fails from here on: closures of the version before may be called in this one.
    for (lambda, start) in zip(lambdas, starts) { lambda.pointee.address = start }
    store.add(module, exporting: exports)
    return name
  }
}

import Tenure

extension CodeStore: FunNaming {
  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? {
    guard let lambda = UnsafePointer<LambdaEntry>(bitPattern: entry) else { return nil }
    return localFunName(of: lambda.pointee)
  }

  private func localFunName(of lambda: LambdaEntry) -> LocalFunName {
    LocalFunName(
      module: lambda.module, index: lambda.index, oldIndex: lambda.index,
      oldUnique: lambda.unique, moduleDigest: lambda.moduleDigest)
  }

  func externalFunName(entry: UInt) -> ExternalFunName? {
    guard let export = UnsafePointer<ExportEntry>(bitPattern: entry) else { return nil }
    return ExternalFunName(
      module: export.pointee.name.module, function: export.pointee.name.function)
  }
}

extension CodeStore: FunResolver {
  func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
    UInt(bitPattern: export(FunctionName(module: module, function: function, arity: arity)))
  }

  func localFunEntry(_ name: LocalFunName, arity: Int) -> (entry: UInt, variant: UInt32)? {
    let found = lambda { $0.arity == arity && self.localFunName(of: $0) == name }
    return found.map { (UInt(bitPattern: $0), 0) }
  }
}

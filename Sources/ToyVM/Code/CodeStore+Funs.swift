import Tenure

extension CodeStore: FunNaming {
  func localFunName(entry: UInt) -> LocalFunName? {
    guard let lambda = UnsafePointer<LambdaEntry>(bitPattern: entry) else { return nil }
    return LocalFunName(
      module: lambda.pointee.module, index: lambda.pointee.index, unique: lambda.pointee.unique)
  }

  func externalFunName(entry: UInt) -> ExternalFunName? {
    guard let export = UnsafePointer<ExportEntry>(bitPattern: entry) else { return nil }
    return ExternalFunName(
      module: export.pointee.name.module, function: export.pointee.name.function)
  }
}

extension CodeStore: ExternalFunResolver {
  func entry(module: Term, function: Term, arity: Int) -> UInt {
    UInt(bitPattern: export(FunctionName(module: module, function: function, arity: arity)))
  }
}

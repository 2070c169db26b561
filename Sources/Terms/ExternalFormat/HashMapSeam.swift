/// The one place where decoding meets the construction of maps of many keys.
enum HashMapSeam {
  /// The most words that the map of so many pairs takes.
  static func words(pairs: Int, offset: Int) throws(ExternalFormatError) -> Int {
    throw .init(.unsupportedMapSize(pairs), offset: offset)
  }

  /// Builds a map of cells that stand side by side, each the key and value of a leaf.
  static func makeHashMap(
    leaves: UnsafeMutablePointer<UInt>, count: Int, at cursor: inout WordCursor, offset: Int
  ) throws(ExternalFormatError) -> Term {
    throw .init(.unsupportedMapSize(count), offset: offset)
  }
}

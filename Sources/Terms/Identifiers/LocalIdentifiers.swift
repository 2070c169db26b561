/// How a local pid's number divides into what its text shows.
///
/// ```
///  59             28 27              0
/// +-----------------+-----------------+
/// | serial          | identifier      |   `<0.identifier.serial>`
/// +-----------------+-----------------+
/// ```
/// The identifier tells the place of a process in its system's table, from 1; the serial counts how
/// often the place was used before.
/// Standard order is the order of the whole number, so the serial weighs more, as in ERTS.
public enum LocalIdentifier {
  /// The bits of the identifier.
  @inlinable public static var identifierBits: UInt { 28 }
  /// The bits of the serial.
  @inlinable public static var serialBits: UInt { 32 }

  /// The number of the pid that prints as `<0.identifier.serial>`, or nothing where one of the two
  /// takes more bits than it has.
  public static func number(identifier: UInt, serial: UInt) -> UInt? {
    if identifier >> identifierBits != 0 { return nil }
    if serial >> serialBits != 0 { return nil }
    return serial << identifierBits | identifier
  }
  /// The identifier in a pid's number.
  public static func identifier(of number: UInt) -> UInt { number & (1 << identifierBits - 1) }
  /// The serial in a pid's number.
  public static func serial(of number: UInt) -> UInt { number >> identifierBits }
}

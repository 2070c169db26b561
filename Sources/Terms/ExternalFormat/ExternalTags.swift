/// The bytes that begin terms in the external term format ("External Term Format" of the ERTS
/// reference manual; `external.h`).
enum ExternalTag {
  /// Begins every encoded term.
  static var version: UInt8 { 131 }

  static var newFloat: UInt8 { 70 }
  static var bitBinary: UInt8 { 77 }
  static var compressed: UInt8 { 80 }
  static var newPid: UInt8 { 88 }
  static var newPort: UInt8 { 89 }
  static var newerReference: UInt8 { 90 }
  static var smallInteger: UInt8 { 97 }
  static var integer: UInt8 { 98 }
  static var float: UInt8 { 99 }
  static var atom: UInt8 { 100 }
  static var reference: UInt8 { 101 }
  static var port: UInt8 { 102 }
  static var pid: UInt8 { 103 }
  static var smallTuple: UInt8 { 104 }
  static var largeTuple: UInt8 { 105 }
  static var `nil`: UInt8 { 106 }
  static var string: UInt8 { 107 }
  static var list: UInt8 { 108 }
  static var binary: UInt8 { 109 }
  static var smallBig: UInt8 { 110 }
  static var largeBig: UInt8 { 111 }
  static var newFun: UInt8 { 112 }
  static var export: UInt8 { 113 }
  static var newReference: UInt8 { 114 }
  static var smallAtom: UInt8 { 115 }
  static var map: UInt8 { 116 }
  static var atomUTF8: UInt8 { 118 }
  static var smallAtomUTF8: UInt8 { 119 }
  static var portV4: UInt8 { 120 }
}

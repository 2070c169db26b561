/// The generic instructions of the BEAM: number and name.
///
/// Numbers never change meaning between releases (`genop.tab` of OTP); a case's name is the
/// instruction's in camel case. 1 to 180 are those of OTP 25, 181 and 182 of OTP 26, 183 of
/// OTP 27, 184 of OTP 28. Some are written by no compiler since long.
enum GenericOpcode: UInt8, CaseIterable, Sendable {
  case label = 1
  case funcInfo = 2
  case intCodeEnd = 3
  case call = 4
  case callLast = 5
  case callOnly = 6
  case callExt = 7
  case callExtLast = 8
  case bif0 = 9
  case bif1 = 10
  case bif2 = 11
  case allocate = 12
  case allocateHeap = 13
  case allocateZero = 14
  case allocateHeapZero = 15
  case testHeap = 16
  case initRegister = 17
  case deallocate = 18
  case `return` = 19
  case send = 20
  case removeMessage = 21
  case timeout = 22
  case loopRec = 23
  case loopRecEnd = 24
  case wait = 25
  case waitTimeout = 26
  case mPlus = 27
  case mMinus = 28
  case mTimes = 29
  case mDiv = 30
  case intDiv = 31
  case intRem = 32
  case intBand = 33
  case intBor = 34
  case intBxor = 35
  case intBsl = 36
  case intBsr = 37
  case intBnot = 38
  case isLt = 39
  case isGe = 40
  case isEq = 41
  case isNe = 42
  case isEqExact = 43
  case isNeExact = 44
  case isInteger = 45
  case isFloat = 46
  case isNumber = 47
  case isAtom = 48
  case isPid = 49
  case isReference = 50
  case isPort = 51
  case isNil = 52
  case isBinary = 53
  case isConstant = 54
  case isList = 55
  case isNonemptyList = 56
  case isTuple = 57
  case testArity = 58
  case selectVal = 59
  case selectTupleArity = 60
  case jump = 61
  case `catch` = 62
  case catchEnd = 63
  case move = 64
  case getList = 65
  case getTupleElement = 66
  case setTupleElement = 67
  case putString = 68
  case putList = 69
  case putTuple = 70
  case put = 71
  case badmatch = 72
  case ifEnd = 73
  case caseEnd = 74
  case callFun = 75
  case makeFun = 76
  case isFunction = 77
  case callExtOnly = 78
  case bsStartMatch = 79
  case bsGetInteger = 80
  case bsGetFloat = 81
  case bsGetBinary = 82
  case bsSkipBits = 83
  case bsTestTail = 84
  case bsSave = 85
  case bsRestore = 86
  case bsInit = 87
  case bsFinal = 88
  case bsPutInteger = 89
  case bsPutBinary = 90
  case bsPutFloat = 91
  case bsPutString = 92
  case bsNeedBuf = 93
  case fclearerror = 94
  case fcheckerror = 95
  case fmove = 96
  case fconv = 97
  case fadd = 98
  case fsub = 99
  case fmul = 100
  case fdiv = 101
  case fnegate = 102
  case makeFun2 = 103
  case `try` = 104
  case tryEnd = 105
  case tryCase = 106
  case tryCaseEnd = 107
  case raise = 108
  case bsInit2 = 109
  case bsBitsToBytes = 110
  case bsAdd = 111
  case apply = 112
  case applyLast = 113
  case isBoolean = 114
  case isFunction2 = 115
  case bsStartMatch2 = 116
  case bsGetInteger2 = 117
  case bsGetFloat2 = 118
  case bsGetBinary2 = 119
  case bsSkipBits2 = 120
  case bsTestTail2 = 121
  case bsSave2 = 122
  case bsRestore2 = 123
  case gcBif1 = 124
  case gcBif2 = 125
  case bsFinal2 = 126
  case bsBitsToBytes2 = 127
  case putLiteral = 128
  case isBitstr = 129
  case bsContextToBinary = 130
  case bsTestUnit = 131
  case bsMatchString = 132
  case bsInitWritable = 133
  case bsAppend = 134
  case bsPrivateAppend = 135
  case trim = 136
  case bsInitBits = 137
  case bsGetUtf8 = 138
  case bsSkipUtf8 = 139
  case bsGetUtf16 = 140
  case bsSkipUtf16 = 141
  case bsGetUtf32 = 142
  case bsSkipUtf32 = 143
  case bsUtf8Size = 144
  case bsPutUtf8 = 145
  case bsUtf16Size = 146
  case bsPutUtf16 = 147
  case bsPutUtf32 = 148
  case onLoad = 149
  case recvMark = 150
  case recvSet = 151
  case gcBif3 = 152
  case line = 153
  case putMapAssoc = 154
  case putMapExact = 155
  case isMap = 156
  case hasMapFields = 157
  case getMapElements = 158
  case isTaggedTuple = 159
  case buildStacktrace = 160
  case rawRaise = 161
  case getHd = 162
  case getTl = 163
  case putTuple2 = 164
  case bsGetTail = 165
  case bsStartMatch3 = 166
  case bsGetPosition = 167
  case bsSetPosition = 168
  case swap = 169
  case bsStartMatch4 = 170
  case makeFun3 = 171
  case initYregs = 172
  case recvMarkerBind = 173
  case recvMarkerClear = 174
  case recvMarkerReserve = 175
  case recvMarkerUse = 176
  case bsCreateBin = 177
  case callFun2 = 178
  case nifStart = 179
  case badrecord = 180
  case updateRecord = 181
  case bsMatch = 182
  case executableLine = 183
  case debugLine = 184

  /// The highest number there is.
  static var highest: Int { table.count }

  /// The name that Erlang gives the instruction.
  var name: String { Self.table[Int(rawValue) - 1].name }
  /// The number of its operands.
  var arity: Int { Self.table[Int(rawValue) - 1].arity }

  /// Names and numbers of operands, in the order of the opcodes from 1.
  private static let table: [(name: String, arity: Int)] = [
    ("label", 1), ("func_info", 3), ("int_code_end", 0), ("call", 2), ("call_last", 3),
    ("call_only", 2), ("call_ext", 2), ("call_ext_last", 3), ("bif0", 2), ("bif1", 4),
    ("bif2", 5), ("allocate", 2), ("allocate_heap", 3), ("allocate_zero", 2),
    ("allocate_heap_zero", 3), ("test_heap", 2), ("init", 1), ("deallocate", 1), ("return", 0),
    ("send", 0), ("remove_message", 0), ("timeout", 0), ("loop_rec", 2), ("loop_rec_end", 1),
    ("wait", 1), ("wait_timeout", 2), ("m_plus", 4), ("m_minus", 4), ("m_times", 4), ("m_div", 4),
    ("int_div", 4), ("int_rem", 4), ("int_band", 4), ("int_bor", 4), ("int_bxor", 4),
    ("int_bsl", 4), ("int_bsr", 4), ("int_bnot", 3), ("is_lt", 3), ("is_ge", 3), ("is_eq", 3),
    ("is_ne", 3), ("is_eq_exact", 3), ("is_ne_exact", 3), ("is_integer", 2), ("is_float", 2),
    ("is_number", 2), ("is_atom", 2), ("is_pid", 2), ("is_reference", 2), ("is_port", 2),
    ("is_nil", 2), ("is_binary", 2), ("is_constant", 2), ("is_list", 2), ("is_nonempty_list", 2),
    ("is_tuple", 2), ("test_arity", 3), ("select_val", 3), ("select_tuple_arity", 3), ("jump", 1),
    ("catch", 2), ("catch_end", 1), ("move", 2), ("get_list", 3), ("get_tuple_element", 3),
    ("set_tuple_element", 3), ("put_string", 3), ("put_list", 3), ("put_tuple", 2), ("put", 1),
    ("badmatch", 1), ("if_end", 0), ("case_end", 1), ("call_fun", 1), ("make_fun", 3),
    ("is_function", 2), ("call_ext_only", 2), ("bs_start_match", 2), ("bs_get_integer", 5),
    ("bs_get_float", 5), ("bs_get_binary", 5), ("bs_skip_bits", 4), ("bs_test_tail", 2),
    ("bs_save", 1), ("bs_restore", 1), ("bs_init", 2), ("bs_final", 2), ("bs_put_integer", 5),
    ("bs_put_binary", 5), ("bs_put_float", 5), ("bs_put_string", 2), ("bs_need_buf", 1),
    ("fclearerror", 0), ("fcheckerror", 1), ("fmove", 2), ("fconv", 2), ("fadd", 4), ("fsub", 4),
    ("fmul", 4), ("fdiv", 4), ("fnegate", 3), ("make_fun2", 1), ("try", 2), ("try_end", 1),
    ("try_case", 1), ("try_case_end", 1), ("raise", 2), ("bs_init2", 6), ("bs_bits_to_bytes", 3),
    ("bs_add", 5), ("apply", 1), ("apply_last", 2), ("is_boolean", 2), ("is_function2", 3),
    ("bs_start_match2", 5), ("bs_get_integer2", 7), ("bs_get_float2", 7), ("bs_get_binary2", 7),
    ("bs_skip_bits2", 5), ("bs_test_tail2", 3), ("bs_save2", 2), ("bs_restore2", 2),
    ("gc_bif1", 5), ("gc_bif2", 6), ("bs_final2", 2), ("bs_bits_to_bytes2", 2),
    ("put_literal", 2), ("is_bitstr", 2), ("bs_context_to_binary", 1), ("bs_test_unit", 3),
    ("bs_match_string", 4), ("bs_init_writable", 0), ("bs_append", 8), ("bs_private_append", 6),
    ("trim", 2), ("bs_init_bits", 6), ("bs_get_utf8", 5), ("bs_skip_utf8", 4),
    ("bs_get_utf16", 5), ("bs_skip_utf16", 4), ("bs_get_utf32", 5), ("bs_skip_utf32", 4),
    ("bs_utf8_size", 3), ("bs_put_utf8", 3), ("bs_utf16_size", 3), ("bs_put_utf16", 3),
    ("bs_put_utf32", 3), ("on_load", 0), ("recv_mark", 1), ("recv_set", 1), ("gc_bif3", 7),
    ("line", 1), ("put_map_assoc", 5), ("put_map_exact", 5), ("is_map", 2), ("has_map_fields", 3),
    ("get_map_elements", 3), ("is_tagged_tuple", 4), ("build_stacktrace", 0), ("raw_raise", 0),
    ("get_hd", 2), ("get_tl", 2), ("put_tuple2", 2), ("bs_get_tail", 3), ("bs_start_match3", 4),
    ("bs_get_position", 3), ("bs_set_position", 2), ("swap", 2), ("bs_start_match4", 4),
    ("make_fun3", 3), ("init_yregs", 1), ("recv_marker_bind", 2), ("recv_marker_clear", 1),
    ("recv_marker_reserve", 1), ("recv_marker_use", 1), ("bs_create_bin", 6), ("call_fun2", 3),
    ("nif_start", 0), ("badrecord", 1), ("update_record", 5), ("bs_match", 3),
    ("executable_line", 2), ("debug_line", 4),
  ]
}

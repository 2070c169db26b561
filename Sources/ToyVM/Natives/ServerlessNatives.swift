import Tenure

/// Functions that ask a server of OTP's kernel: the machine runs none of them, and was started
/// without flags.
var serverlessNatives: [Native] {
  [
    Native("net_kernel", "dflag_unicode_io", 1) { _, _ in .true },
    Native("init", "get_arguments", 0) { _, _ in .nil },
    Native("init", "get_plain_arguments", 0) { _, _ in .nil },
    Native("init", "get_argument", 1) { _, _ in .error },
    Native("error_logger", "warning_map", 0) { interpreter, _ in
      interpreter.atom("warning") ?? .none
    },
    // No application is configured, and none runs.
    Native("application_controller", "get_env", 2) { _, _ in .undefined },
    Native("application_controller", "get_env", 3) { _, x in x[2] },
    // Nobody writes a log: what is to be logged is not let through.
    Native("logger_config", "allow", 1) { _, _ in .false },
    Native("logger_config", "allow", 2) { _, _ in .false },
    Native("logger", "allow", 2) { _, _ in .false },
  ]
}

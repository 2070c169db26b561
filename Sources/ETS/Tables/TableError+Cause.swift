extension TableError {
  /// The word that the `error_info` of Erlang's exception has for it: `none` for most, since ERTS says more
  /// of a few errors only, and of these not in every function.
  /// - Parameter function: the name of the function of `ets` that was called, without its arity.
  public func cause(of function: String) -> String {
    switch (self, function) {
    case (.noTable, _): "id"
    case (.noAccess, _): "access"
    case (.notOwner, "give_away"): "not_owner"
    case (.isOwner, "give_away"): "owner"
    case (.nameTaken, "new"): "already_exists"
    case (.noKey, "lookup_element"), (.noKey, "update_counter"): "badkey"
    case (.positionOfKey, _): "keypos"
    case (.invalidPosition, "update_counter"): "position"
    case (.unsupported, "update_counter"), (.unsupported, "select_replace"): "table_type"
    case (.full, _), (.outOfMemory, _), (.scratchExhausted, _), (.heap, _): "system_limit"
    default: "none"
    }
  }
}

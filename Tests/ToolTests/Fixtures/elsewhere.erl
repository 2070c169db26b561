%% What endings:elsewhere/0 calls. Compiled with: erlc +deterministic +no_debug_info elsewhere.erl
-module(elsewhere).
-export([call/0]).

call() -> {called, elsewhere}.

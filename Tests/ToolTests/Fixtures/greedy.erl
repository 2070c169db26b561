%% A process beyond the limit of its heap. Compiled with: erlc +deterministic +no_debug_info greedy.erl
-module(greedy).
-export([main/0, alone/0]).

main() ->
    {Pid, Watch} = spawn_opt(fun() -> grow([]) end, [monitor, {max_heap_size, 5000}]),
    receive {'DOWN', Watch, process, Pid, Reason} -> Reason end.

%% It says nothing where it was asked to.
alone() ->
    Limit = #{size => 5000, error_logger => false},
    {Pid, Watch} = spawn_opt(fun() -> grow([]) end, [monitor, {max_heap_size, Limit}]),
    receive {'DOWN', Watch, process, Pid, Reason} -> Reason end.

grow(L) -> grow([L | L]).

%% `hibernate/0`, which OTP 28 brought: OTP 25 has none such that could be asked.
-module(hibernating).
-export([run/0, waiting/0]).

%% The stack and what it holds are there after it; the heap is small, and the call returns `ok`.
run() ->
    Self = self(),
    P = spawn(fun() -> sleeper(Self, make(300)) end),
    receive {P, ready} -> ok end,
    receive after 50 -> ok end,
    {status, Status} = process_info(P, status),
    {total_heap_size, Words} = process_info(P, total_heap_size),
    P ! {go, Self},
    receive {P, Answer} -> {Status, Words < 1000, Answer} end.

sleeper(To, L) ->
    N = length(make(20000)),
    To ! {self(), ready},
    Ok = erlang:hibernate(),
    receive {go, From} -> From ! {self(), {Ok, N, length(L), lists_sum(L)}} end.

%% With a message it returns at once, a skipped one too, and nothing is collected.
waiting() ->
    self() ! a,
    receive b -> ok after 0 -> ok end,
    N = length(make(20000)),
    {total_heap_size, Before} = process_info(self(), total_heap_size),
    Ok = erlang:hibernate(),
    {total_heap_size, After} = process_info(self(), total_heap_size),
    receive M -> {Ok, N, Before =:= After, M} end.

make(0) -> [];
make(N) -> [N | make(N - 1)].

lists_sum([]) -> 0;
lists_sum([N | L]) -> N + lists_sum(L).

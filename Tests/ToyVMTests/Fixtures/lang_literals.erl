%% Persistent terms that are replaced or erased while processes hold what they were.
-module(lang_literals).
-compile([export_all, nowarn_export_all]).

value(N) -> {N, [N, {N}], <<N:8, (binary:copy(<<"x">>, 100))/binary>>, #{key => N}, N / 2}.

%% Puts another term for the key, erases that too, and lets others run.
replace(Key) ->
    ok = persistent_term:put(Key, value(1)),
    true = persistent_term:erase(Key),
    receive after 5 -> ok end.

put(N) -> ok = persistent_term:put({key, N}, value(N)), persistent_term:get({key, N}).

on_the_stack() ->
    V = put(10),
    replace({key, 10}),
    {V == value(10), erlang:garbage_collect(), V, persistent_term:get({key, 10}, none)}.

in_the_dictionary() ->
    erlang:put(kept, [put(11)]),
    replace({key, 11}),
    erlang:garbage_collect(),
    erlang:get(kept).

in_old_cells() ->
    L = [{I, put(12)} || I <- [1, 2, 3]],
    erlang:garbage_collect(), erlang:garbage_collect(),
    replace({key, 12}),
    {length(L), [V || {_, V} <- L] == [value(12), value(12), value(12)]}.

in_a_fun() ->
    V = put(13),
    F = fun(X) -> {X, V} end,
    replace({key, 13}),
    F(1).

part(_, [E | _]) -> E.

parts_only() ->
    V = put(14),
    {E, S} = {element(2, V), element(3, V)},
    <<_, Rest/binary>> = S,
    replace({key, 14}),
    erlang:garbage_collect(),
    {E, byte_size(Rest), part(0, E)}.

%% Processes that wait: for any message, with a time, hibernated; and messages in their queues.
waiting() ->
    Self = self(),
    V = put(15),
    A = spawn(fun() -> receive {go, To} -> To ! {self(), V} end end),
    B = spawn(fun() -> receive {go, To} -> To ! {self(), V} after 60000 -> Self ! late end end),
    C = spawn(?MODULE, sleeper, [[V]]),
    D = spawn(fun() -> receive {go, To} -> receive X -> To ! {self(), X} end end end),
    D ! V,
    E = spawn(fun() -> process_flag(message_queue_data, off_heap), receive {go, To} -> receive X -> To ! {self(), X} end end end),
    E ! [V | V],
    replace({key, 15}),
    [P ! {go, Self} || P <- [A, B, C, D, E]],
    [receive {P, Term} -> Term end || P <- [A, B, C, D, E]].

sleeper(L) -> erlang:hibernate(?MODULE, woken, [L]).

woken(L) -> receive {go, To} -> To ! {self(), L} end.

%% One that never waits.
busy() ->
    Self = self(),
    V = put(16),
    P = spawn(fun() -> spin(Self, V) end),
    replace({key, 16}),
    P ! stop,
    receive {P, Term} -> Term end.

spin(To, V) -> receive stop -> To ! {self(), V} after 0 -> spin(To, V) end.

%% Terms on their way by a timer, in a table, in the reason of an end.
elsewhere() ->
    V = put(17),
    erlang:send_after(30, self(), {timer, V}),
    T = ets:new(t, [public]),
    ets:insert(T, {1, V}),
    {P, M} = spawn_monitor(fun() -> receive go -> exit({reason, V}) end end),
    replace({key, 17}),
    P ! go,
    R = receive {'DOWN', M, process, P, Reason} -> Reason end,
    Timed = receive {timer, X} -> X end,
    {ets:lookup(T, 1), R, Timed}.

spawned() ->
    V = put(18),
    Self = self(),
    P = spawn(?MODULE, child, [Self, V]),
    replace({key, 18}),
    Q = spawn(?MODULE, child, [Self, [V]]),
    [receive {Pid, X} -> X end || Pid <- [P, Q]].

child(To, V) -> To ! {self(), V}.

%% Many, each replaced by the next: nothing of them stays.
counting() -> counting(300).

counting(Most) -> counting(0, Most, []).

counting(Most, Most, L) ->
    persistent_term:erase(counter),
    receive after 5 -> ok end,
    {length(L), sum(L)};
counting(N, Most, L) ->
    persistent_term:put(counter, {N, up(1, 100)}),
    V = persistent_term:get(counter),
    counting(N + 1, Most, if N rem 50 =:= 0 -> [V | L]; true -> L end).

sum([]) -> 0;
sum([{N, _} | L]) -> N + sum(L).

same_value() ->
    ok = persistent_term:put(k, [1, 2]),
    V = persistent_term:get(k),
    ok = persistent_term:put(k, [1, 2]),
    {erts_debug:same(V, persistent_term:get(k)), persistent_term:erase(k), persistent_term:erase(k)}.

up(N, N) -> [N];
up(I, N) -> [I | up(I + 1, N)].

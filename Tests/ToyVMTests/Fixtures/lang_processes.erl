%% Processes, messages, links, monitors, names and timers: one test a function, whose value is
%% compared with that of real Erlang. No value depends on who runs first.
-module(lang_processes).
-export([hibernated_information/0, trace_flags/0, woken/1]).
-export([sleeping_forever/0,
         echo/0, selective/0, nested_receive/0, after_zero/0, marked_calls/0, after_some/0,
         after_with_messages/0, bad_timeouts/0, bad_receivers/0, send_variants/0,
         order_between_two/0, ring/0, busy_neighbours/0, big_messages/0, spawn_variants/0,
         exits/0, errors/0, undefined_start/0, links/0, link_kills/0,
         normal_link_does_not_kill/0, link_to_nobody/0, exit_two/0, exit_self/0,
         exit_self_trapped/0, kills_while_running/0, monitors/0, monitor_names/0,
         demonitor_options/0, bad_monitors/0, aliases/0, alias_of_monitor/0, names/0,
         name_goes_with_end/0, alive/0, info/0, monitored_by/0, flags/0, bad_flags/0, leaders/0,
         collecting/0, timers/0, cancelled_timers/0, timer_to_name/0, many_timers/0,
         timers_end_with_receiver/0, waits_for_nothing/1,
         hibernation/0, table_owner_ends/0, table_goes_to_heir/0, table_of_many/0,
         many_come_and_go/0, tree/0, in_guards/0, tell/2, woken/2]).


%% Messages.

echo() ->
    Self = self(),
    Pid = spawn(fun() -> receive {From, Message} -> From ! {self(), Message} end end),
    Terms = [1, a, "text", {1, 2.5, <<"abc">>}, #{a => [1, 2]}, 1 bsl 80, <<0:800>>, fun lists:map/2],
    Pid ! {Self, Terms},
    receive {Pid, Answer} -> Answer =:= Terms end.

selective() ->
    Self = self(),
    [Self ! {n, N} || N <- seq(1, 20)],
    Even = [receive {n, N} when N rem 2 =:= 0 -> N end || _ <- seq(1, 10)],
    Odd = [receive {n, N} -> N end || _ <- seq(1, 10)],
    {Even, Odd, receive X -> X after 0 -> none end}.

nested_receive() ->
    self() ! a, self() ! b, self() ! c,
    receive
        b -> receive a -> receive c -> done end end
    end.

after_zero() ->
    self() ! there,
    First = receive there -> 1 after 0 -> 2 end,
    Second = receive there -> 1 after 0 -> 2 end,
    {First, Second}.

after_some() -> receive never -> 1 after 5 -> timeout end.

after_with_messages() ->
    Self = self(),
    spawn(fun() -> [begin Self ! N, receive after 1 -> ok end end || N <- seq(1, 5)] end),
    R = receive 5 -> five after 5000 -> timeout end,
    {R, [receive N -> N after 0 -> none end || _ <- seq(1, 5)]}.

bad_timeouts() ->
    [try receive never -> ok after T -> ok end catch C:R -> {C, R} end || T <- [-1, a, 1 bsl 40]].

bad_receivers() ->
    [try P ! hello, sent catch C:R -> {C, R} end
     || P <- [nobody, 17, "x", {nobody, node()}, make_ref(), {a, 2}, {1, node()}]].

send_variants() ->
    A = (self() ! one),
    B = erlang:send(self(), two),
    C = erlang:send(self(), three, [nosuspend]),
    {A, B, C, [receive X -> X end || _ <- [1, 2, 3]]}.

order_between_two() ->
    Self = self(),
    spawn(fun() -> [Self ! N || N <- seq(1, 100)] end),
    [receive N -> N end || _ <- seq(1, 100)] =:= seq(1, 100).

ring() -> ring(50, 20).
ring(N, Rounds) ->
    Self = self(),
    First = fold(fun(_, Next) -> spawn(fun() -> forward(Next) end) end, Self, seq(1, N)),
    [begin First ! {token, R}, receive {token, R} -> R end end || R <- seq(1, Rounds)],
    First ! stop,
    receive stop -> Rounds end.
forward(Next) ->
    receive
        stop -> Next ! stop;
        Message -> Next ! Message, forward(Next)
    end.

busy_neighbours() ->
    Self = self(),
    Pids = [spawn_link(fun() -> Self ! {self(), count(3000 * I, 0)} end) || I <- seq(1, 4)],
    [receive {P, R} -> R end || P <- Pids].
count(0, A) -> A;
count(N, A) -> count(N - 1, A + N rem 7).

big_messages() ->
    Self = self(),
    Pid = spawn(fun() -> bounce() end),
    List = seq(1, 200),
    [begin Pid ! {Self, List}, receive {Pid, L} -> L =:= List end end || _ <- seq(1, 5)].
bounce() -> receive {From, M} -> From ! {self(), M}, bounce() end.

%% The compiler marks the mailbox before a reference that a receive looks for.
marked_calls() ->
    P = spawn(fun() -> serve() end),
    [self() ! {junk, N} || N <- seq(1, 20)],
    A = [call(P, N) || N <- seq(1, 10)],
    B = receive {junk, 3} -> three end,
    C = call(P, x),
    D = [receive {junk, N} -> N end || N <- [1, 2, 5, 4]],
    exit(P, kill),
    E = call(P, gone),
    {A, B, C, D, E, receive {junk, N} -> N end}.
call(P, X) ->
    R = monitor(process, P),
    P ! {self(), R, X},
    receive
        {R, Y} -> demonitor(R, [flush]), Y;
        {'DOWN', R, _, _, Why} -> Why
    end.
serve() -> receive {From, R, X} -> From ! {R, {got, X}}, serve() end.

%% Ends.

spawn_variants() ->
    Self = self(),
    P1 = spawn(?MODULE, tell, [Self, one]),
    P2 = spawn_link(?MODULE, tell, [Self, two]),
    {P3, R3} = spawn_monitor(?MODULE, tell, [Self, three]),
    {P4, R4} = spawn_monitor(fun() -> tell(Self, four) end),
    {P5, R5} = spawn_opt(fun() -> tell(Self, five) end, [link, monitor, {min_heap_size, 1000}]),
    P6 = spawn_opt(?MODULE, tell, [Self, six], [{priority, high}, {fullsweep_after, 5}]),
    Told = [receive {P, T} -> T end || P <- [P1, P2, P3, P4, P5, P6]],
    Down = [receive {'DOWN', R, process, P, Reason} -> Reason end || {P, R} <- [{P3, R3}, {P4, R4}, {P5, R5}]],
    {Told, Down}.
tell(To, What) -> To ! {self(), What}.

exits() ->
    Ends = [fun() -> exit(some) end, fun() -> ok end, fun() -> exit(normal) end,
            fun() -> exit({a, [b]}) end, fun() -> exit(kill) end],
    [begin {P, R} = spawn_monitor(F), receive {'DOWN', R, process, P, Reason} -> Reason end end || F <- Ends].

errors() ->
    Ends = [fun() -> error(some) end, fun() -> throw(ball) end, fun() -> 1 + atom() end,
            fun() -> nowhere:nothing(1) end],
    [begin
         {P, R} = spawn_monitor(F),
         receive {'DOWN', R, process, P, {Reason, [{M, Fn, A, _} | _]}} -> {shown(Reason), M, shown(Fn), length_of(A)} end
     end || F <- Ends] ++ [try spawn_monitor(fun(_) -> one end) catch C:R -> {C, R} end].
atom() -> list_to_atom("a").
shown({badarity, {_, Args}}) -> {badarity, Args};
shown(Name) when is_atom(Name) -> case atom_to_list(Name) of "-" ++ _ -> a_fun; _ -> Name end;
shown(Other) -> Other.
length_of(A) when is_list(A) -> {args, length(A)};
length_of(A) -> A.

undefined_start() ->
    {P, R} = spawn_monitor(nowhere, nothing, [1, 2]),
    receive {'DOWN', R, process, P, Reason} -> Reason end.

links() ->
    process_flag(trap_exit, true),
    P1 = spawn_link(fun() -> exit(one) end),
    R1 = receive {'EXIT', P1, A} -> A end,
    P2 = spawn_link(fun() -> ok end),
    R2 = receive {'EXIT', P2, B} -> B end,
    P3 = spawn_link(fun() -> receive stop -> exit(never) end end),
    true = unlink(P3),
    P3 ! stop,
    R3 = receive {'EXIT', P3, C} -> C after 10 -> nothing end,
    P4 = spawn(fun() -> receive stop -> exit(late) end end),
    link(P4), link(P4),
    P4 ! stop,
    R4 = receive {'EXIT', P4, D} -> D end,
    R5 = receive {'EXIT', P4, E} -> E after 0 -> nothing end,
    {R1, R2, R3, R4, R5}.

link_kills() ->
    {P, R} = spawn_monitor(fun() ->
        spawn_link(fun() -> exit(inner) end),
        receive never -> ok end
    end),
    receive {'DOWN', R, process, P, Reason} -> Reason end.

normal_link_does_not_kill() ->
    Self = self(),
    {P, R} = spawn_monitor(fun() ->
        Q = spawn_link(fun() -> ok end),
        M = monitor(process, Q),
        receive {'DOWN', M, _, _, _} -> ok end,
        Self ! alive
    end),
    A = receive alive -> alive after 2000 -> dead end,
    receive {'DOWN', R, process, P, Reason} -> {A, Reason} end.

link_to_nobody() ->
    P = gone(),
    A = (catch link(P)),
    process_flag(trap_exit, true),
    B = link(P),
    {element(1, element(2, A)), B, receive {'EXIT', P, R} -> R after 1000 -> nothing end}.
gone() ->
    {P, R} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', R, _, _, _} -> P end.

exit_two() ->
    [begin
         {P, R} = spawn_monitor(fun() -> process_flag(trap_exit, Trap), waits() end),
         P ! {self(), ready}, receive ready -> ok end,
         exit(P, Reason),
         receive
             {'DOWN', R, process, P, Why} -> Why
         after 30 ->
             P ! {self(), last}, Got = receive {got, G} -> G end, exit(P, kill), {trapped, Got}
         end
     end || {Trap, Reason} <- [{false, some}, {false, kill}, {false, normal}, {true, some}, {true, kill}, {true, normal}]].
waits() -> waits(none).
waits(Last) ->
    receive
        {From, ready} -> From ! ready, waits(Last);
        {From, last} -> From ! {got, Last}, waits(Last);
        {'EXIT', P, Reason} when is_pid(P) -> waits({'EXIT', Reason})
    end.

exit_self() ->
    [begin
         {P, R} = spawn_monitor(fun() -> exit(self(), Reason), exit(went_on) end),
         receive {'DOWN', R, process, P, Why} -> Why end
     end || Reason <- [some, normal, kill]].

exit_self_trapped() ->
    process_flag(trap_exit, true),
    exit(self(), hello),
    receive {'EXIT', P, R} -> {P =:= self(), R} after 0 -> nothing end.

kills_while_running() ->
    {P, R} = spawn_monitor(fun forever/0),
    exit(P, stop),
    receive {'DOWN', R, process, P, Why} -> Why end.
forever() -> forever().

%% Monitors.

monitors() ->
    P = spawn(fun() -> receive stop -> exit(bye) end end),
    R1 = monitor(process, P),
    R2 = monitor(process, P),
    true = demonitor(R1),
    P ! stop,
    A = receive {'DOWN', R2, process, P, Why} -> Why end,
    B = receive {'DOWN', R1, _, _, _} -> more after 10 -> nothing end,
    R3 = monitor(process, P),
    C = receive {'DOWN', R3, process, P, Why2} -> Why2 end,
    {A, B, C}.

monitor_names() ->
    P = spawn(fun() -> receive stop -> ok end end),
    register(lang_processes_name, P),
    R1 = monitor(process, lang_processes_name),
    R2 = monitor(process, {lang_processes_name, node()}),
    P ! stop,
    A = [receive {'DOWN', R, process, What, Why} -> {What, Why} end || R <- [R1, R2]],
    R3 = monitor(process, lang_processes_name),
    {A, receive {'DOWN', R3, process, What3, Why3} -> {What3, Why3} end}.

demonitor_options() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R1 = monitor(process, P),
    A = demonitor(R1, [info]),
    B = demonitor(R1, [info]),
    R2 = monitor(process, P),
    M = monitor(process, P),
    P ! stop,
    receive {'DOWN', M, _, _, _} -> ok end,
    receive after 5 -> ok end,
    C = demonitor(R2, [flush, info]),
    D = receive {'DOWN', R2, _, _, _} -> left after 0 -> flushed end,
    E = demonitor(make_ref(), [info]),
    F = (catch demonitor(a)),
    G = (catch demonitor(make_ref(), [b])),
    {A, B, C, D, E, element(1, element(2, F)), element(1, element(2, G))}.

bad_monitors() ->
    [try monitor(T, X) catch C:R -> {C, R} end || {T, X} <- [{thing, self()}, {process, 5}, {process, {a, 5}}]].

%% Aliases.

aliases() ->
    A1 = alias(),
    A1 ! one,
    A2 = alias([reply]),
    A2 ! two, A2 ! three,
    true = unalias(A1),
    false = unalias(A1),
    A1 ! four,
    all().
all() -> receive X -> [X | all()] after 10 -> [] end.

alias_of_monitor() ->
    P = spawn(fun() -> answers() end),
    R = monitor(process, P, [{alias, reply_demonitor}]),
    P ! {R, hello},
    A = receive {R, X} -> X end,
    P ! {R, again},
    B = receive {R, Y} -> Y after 10 -> nothing end,
    R2 = monitor(process, P, [{alias, demonitor}]),
    P ! {R2, a}, C = receive {R2, Z} -> Z end,
    demonitor(R2),
    P ! {R2, b},
    D = receive {R2, W} -> W after 10 -> nothing end,
    R3 = monitor(process, P, [{alias, explicit_unalias}]),
    demonitor(R3),
    P ! {R3, c},
    E = receive {R3, V} -> V after 100 -> nothing end,
    {A, B, C, D, E}.
answers() -> receive {R, X} -> R ! {R, X}, answers() end.

%% Names.

names() ->
    true = register(lang_processes_self, self()),
    A = whereis(lang_processes_self) =:= self(),
    lang_processes_self ! hello,
    B = receive hello -> hello end,
    C = has(lang_processes_self, registered()),
    true = unregister(lang_processes_self),
    {A, B, C, whereis(lang_processes_self),
     [try F() catch X:Y -> {X, Y} end || F <- [
        fun() -> register(undefined, self()) end, fun() -> register(5, self()) end,
        fun() -> register(some, gone()) end, fun() -> unregister(nobody_there) end,
        fun() -> register(one_name, self()), register(two_names, self()) end,
        fun() -> register(one_name, self()) end]],
     unregister(one_name)}.

name_goes_with_end() ->
    {P, R} = spawn_monitor(fun() -> register(lang_processes_short, self()), receive stop -> ok end end),
    wait_for_name(),
    P ! stop,
    receive {'DOWN', R, _, _, _} -> whereis(lang_processes_short) end.
wait_for_name() ->
    case whereis(lang_processes_short) of
        undefined -> receive after 1 -> wait_for_name() end;
        _ -> ok
    end.

%% Information.

alive() ->
    P = spawn(fun() -> receive stop -> ok end end),
    A = is_process_alive(P),
    exit(P, kill),
    {A, is_process_alive(P), is_process_alive(self()), is_process_alive(gone()),
     has(self(), processes())}.

info() ->
    Self = self(),
    P = spawn_opt(fun() -> put(key, {value, 1}), process_flag(trap_exit, true), Self ! ready, receive stop -> ok end end,
                  [{message_queue_data, off_heap}, {priority, high}]),
    receive ready -> ok end,
    P ! {some, "message"}, P ! another,
    link(P),
    register(lang_processes_info, P),
    wait_until(P, waiting),
    A = process_info(P, [messages, message_queue_len, links, dictionary, trap_exit, priority, registered_name, status,
                         message_queue_data]),
    unlink(P), unregister(lang_processes_info),
    B = process_info(P, registered_name),
    C = process_info(P, [registered_name]),
    D = process_info(P, links),
    exit(P, kill),
    {[link_of(I, Self) || I <- A] =:=
         [{messages, [{some, "message"}, another]}, {message_queue_len, 2}, {links, [self()]},
          {dictionary, [{key, {value, 1}}]}, {trap_exit, true}, {priority, high},
          {registered_name, lang_processes_info}, {status, waiting}, {message_queue_data, off_heap}],
     B, C, D, process_info(gone()), process_info(gone(), links),
     (catch element(1, element(2, catch process_info(Self, what)))),
     process_info(self(), current_function)}.
wait_until(P, Status) ->
    case process_info(P, status) of
        {status, Status} -> ok;
        _ -> receive after 1 -> wait_until(P, Status) end
    end.

monitored_by() ->
    P = spawn(fun() -> receive stop -> ok end end),
    monitor(process, P),
    A = process_info(P, monitored_by) =:= {monitored_by, [self()]},
    B = process_info(self(), monitors) =:= {monitors, [{process, P}]},
    exit(P, kill),
    {A, B}.

flags() ->
    [process_flag(F, V) || {F, V} <- [{trap_exit, true}, {trap_exit, false}, {priority, high}, {priority, normal},
                                      {fullsweep_after, 7}, {fullsweep_after, 9},
                                      {message_queue_data, off_heap}, {message_queue_data, on_heap}]]
        -- [65535].

bad_flags() ->
    [try process_flag(F, V) catch C:R -> {C, R} end
     || {F, V} <- [{trap_exit, 1}, {priority, huge}, {nothing, 1}, {1, 2}, {min_heap_size, -1}, {message_queue_data, a}]].

leaders() ->
    G = group_leader(),
    Self = self(),
    P = spawn(fun() -> receive go -> Self ! {leader, group_leader()} end end),
    true = group_leader(Self, P),
    P ! go,
    A = receive {leader, L} -> L =:= Self end,
    {A, group_leader() =:= G, (catch element(1, element(2, catch group_leader(1, Self))))}.

collecting() ->
    P = spawn(fun() -> L = seq(1, 300), receive {From, sum} -> From ! sum(L) end end),
    A = [garbage_collect(P), garbage_collect(), garbage_collect(self()), garbage_collect(gone())],
    P ! {self(), sum},
    {A, receive N -> N end, garbage_collect(self(), []), garbage_collect(self(), [{type, minor}]),
     garbage_collect(self(), [{async, id}]), receive M -> M end}.

%% Timers.

timers() ->
    erlang:send_after(20, self(), late),
    erlang:send_after(1, self(), early),
    R = erlang:start_timer(10, self(), {some, data}),
    [receive early -> early end, receive {timeout, R, D} -> D end, receive late -> late end].

timers_end_with_receiver() ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    register(somebody, Pid),
    Timers = [erlang:send_after(100000, Pid, x), erlang:start_timer(100000, Pid, x)],
    Named = erlang:send_after(100000, somebody, x),
    Running = [is_integer(erlang:read_timer(T)) || T <- [Named | Timers]],
    Monitor = monitor(process, Pid),
    Pid ! stop,
    receive {'DOWN', Monitor, process, Pid, normal} -> ok end,
    Gone = [gone(T) || T <- Timers],
    Late = erlang:start_timer(100000, Pid, x),
    {Running, Gone, erlang:read_timer(Late), is_integer(erlang:cancel_timer(Named))}.

gone(Timer) ->
    case erlang:read_timer(Timer) of
        false -> erlang:cancel_timer(Timer);
        _ -> receive after 1 -> gone(Timer) end
    end.

%% A timer that nobody is left for.
waits_for_nothing(Milliseconds) ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    erlang:send_after(Milliseconds, Pid, x),
    Pid ! stop,
    receive never -> ok end.

cancelled_timers() ->
    R = erlang:send_after(10000, self(), never),
    A = erlang:read_timer(R),
    B = erlang:cancel_timer(R),
    {A > 5000, B > 5000, erlang:cancel_timer(R), erlang:read_timer(R),
     erlang:cancel_timer(make_ref()), erlang:cancel_timer(R, [{info, false}]),
     erlang:cancel_timer(R, [{async, true}]), receive {cancel_timer, R, X} -> X end,
     [try F() catch C:E -> {C, E} end || F <- [
        fun() -> erlang:send_after(-1, self(), x) end, fun() -> erlang:send_after(1, 5, x) end,
        fun() -> erlang:send_after(a, self(), x) end, fun() -> erlang:cancel_timer(x) end]]}.

timer_to_name() ->
    register(lang_processes_timed, self()),
    erlang:send_after(1, lang_processes_timed, hello),
    A = receive hello -> hello after 2000 -> nothing end,
    unregister(lang_processes_timed),
    erlang:send_after(1, lang_processes_timed, hello),
    {A, receive hello -> hello after 20 -> nothing end}.

many_timers() ->
    Self = self(),
    [spawn(fun() -> receive after N rem 17 -> Self ! N end end) || N <- seq(1, 40)],
    sorted([receive N -> N end || _ <- seq(1, 40)]) =:= seq(1, 40).

%% Hibernation.

hibernation() ->
    Self = self(),
    P = spawn(fun() -> L = seq(1, 300), put(list, L), erlang:hibernate(?MODULE, woken, [Self, sum(L)]) end),
    P ! hello,
    A = receive {P, X, Sum, Length} -> {X, Sum, Length} end,
    B = (catch element(1, element(2, catch erlang:hibernate(1, 2, 3)))),
    {A, B}.
woken(To, Sum) -> receive X -> To ! {self(), X, Sum, length(get(list))} end.

%% Tables.

table_owner_ends() ->
    Self = self(),
    {P, R} = spawn_monitor(fun() -> T = ets:new(t, [public]), Self ! T, receive stop -> ok end end),
    T = receive X -> X end,
    ets:insert(T, {1, 2}),
    A = ets:lookup(T, 1),
    P ! stop,
    receive {'DOWN', R, _, _, _} -> ok end,
    {A, ets:info(T)}.

table_goes_to_heir() ->
    Self = self(),
    {P, R} = spawn_monitor(fun() ->
        T = ets:new(t, [{heir, Self, {some, data}}]),
        ets:insert(T, {a, "list"}),
        Self ! T
    end),
    T = receive X -> X end,
    receive {'DOWN', R, _, _, _} -> ok end,
    A = receive {'ETS-TRANSFER', T, P, D} -> D end,
    {A, ets:lookup(T, a), ets:info(T, owner) =:= Self}.

table_of_many() ->
    T = ets:new(t, [public, {write_concurrency, true}]),
    Pids = [spawn_monitor(fun() -> [ets:update_counter(T, K rem 10, 1, {K rem 10, 0}) || K <- seq(1, 40)] end)
            || _ <- seq(1, 8)],
    [receive {'DOWN', R, _, P, Why} -> Why end || {P, R} <- Pids],
    sorted(ets:tab2list(T)).

%% Many.

many_come_and_go() ->
    Self = self(),
    sum([begin P = spawn(fun() -> Self ! {self(), N} end), receive {P, X} -> X end end || N <- seq(1, 200)]).

tree() -> tree(6).
tree(0) -> 1;
tree(N) ->
    Self = self(),
    Pids = [spawn(fun() -> Self ! {self(), tree(N - 1)} end) || _ <- [1, 2]],
    sum([receive {P, X} -> X end || P <- Pids]).

in_guards() ->
    P = self(),
    [is_pid(P), is_pid(1), is_function(fun() -> ok end, 0), node(P) =:= node(), self() =:= P].

%% What the library would do; the tests run without it.
seq(From, To) when From > To -> [];
seq(From, To) -> [From | seq(From + 1, To)].
sum(L) -> sum(L, 0).
sum([X | L], S) -> sum(L, S + X);
sum([], S) -> S.
fold(F, A, [X | L]) -> fold(F, F(X, A), L);
fold(_, A, []) -> A.
has(X, [X | _]) -> true;
has(X, [_ | L]) -> has(X, L);
has(_, []) -> false.
sorted([]) -> [];
sorted([P | L]) -> sorted([X || X <- L, X < P]) ++ [P] ++ sorted([X || X <- L, X >= P]).
link_of({links, [L]}, Self) when L =:= Self -> {links, [self()]};
link_of(Item, _) -> Item.

%% How long a wait takes is asked once: afterwards the register is anything.
sleeping_forever() ->
    {Pid, Ref} = spawn_monitor(fun() -> sleep(infinity) end),
    [begin Pid ! N, erlang:yield() end || N <- [0, 1, 2, 3]],
    Alive = is_process_alive(Pid),
    exit(Pid, kill),
    receive {'DOWN', Ref, process, Pid, Why} -> [Alive, Why] end.

sleep(Time) -> receive after Time -> ok end.

%% Where a process is that gave up its stack, and that it wakes.
hibernated_information() ->
    P = spawn(fun() -> erlang:hibernate(?MODULE, woken, [self()]) end),
    wait_for_hibernation(P),
    A = [process_info(P, K) || K <- [current_function, current_location, current_stacktrace, status]],
    P ! {self(), go},
    receive {P, W} -> {A, W} end.

wait_for_hibernation(P) ->
    case process_info(P, current_function) of
        {_, {erlang, hibernate, 3}} -> ok;
        _ -> erlang:yield(), wait_for_hibernation(P)
    end.

woken(Self) -> receive {From, go} -> From ! {self(), self() =:= Self} end.

trace_flags() ->
    [begin
         P = spawn(fun() -> receive stop -> ok end end),
         1 = erlang:trace(P, true, Flags),
         Told = process_info(P, [trace, last_calls, sequential_trace_token]),
         P ! stop,
         Told
     end || Flags <- [[garbage_collection], [garbage_collection, timestamp], [set_on_spawn],
                      [garbage_collection, set_on_spawn, monotonic_timestamp]]].

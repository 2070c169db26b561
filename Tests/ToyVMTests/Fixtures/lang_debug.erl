%% What tells of processes, maps, modules and the machine for those who look into them: one test a
%% function, whose value is compared with that of real Erlang.
-module(lang_debug).
-author("nobody").
-export([tags/0, tags_of_spawned/0, flushed_tags/0, bad_tags/0, specifications/0,
         wrong_specifications/0, requested_tables/0, shared_copies/0, map_shapes/0,
         module_told/0, environment/0, bad_environment/0, signals/0, offsets/0, no_ports/0,
         traced/0, traced_ladder/0, traced_collections/0, untraced/0, traced_children/0,
         traced_new/0, traced_limits/0, catch_levels/0, trace_told/0, bad_traces/0]).

%% Monitors with a tag.

tags() ->
    {Pid, _} = spawn_monitor(fun() -> receive stop -> exit({over, "and out"}) end end),
    Tags = [tag, {a, "tuple", 2.5}, [], <<1:3>>, #{k => [1 bsl 90]}],
    Refs = [monitor(process, Pid, [{tag, T}]) || T <- Tags],
    Alias = monitor(process, Pid, [{alias, explicit_unalias}, {tag, aliased}]),
    Pid ! stop,
    Told = [receive {Tag, Ref, process, Pid, Reason} -> {Tag, Reason} end || Ref <- Refs],
    Self = self(),
    Sender = spawn(fun() -> Alias ! {by_alias, Self} end),
    Last = receive {aliased, Alias, process, Pid, _} -> tagged end,
    Gone = monitor(process, Sender, [{tag, gone}]),
    receive {gone, Gone, process, Sender, _} -> ok end,
    Nobody = monitor(process, no_such_name, [{tag, {nobody, here}}]),
    Named = receive {N, Nobody, process, O, R} -> {N, O =:= {no_such_name, node()}, R} end,
    {Told, Last, receive {by_alias, Self} -> sent end, Named}.

tags_of_spawned() ->
    {Pid, Ref} = spawn_opt(fun() -> exit(early) end, [{monitor, [{tag, {spawned, [1]}}]}]),
    receive {Tag, Ref, process, Pid, Reason} -> {Tag, Reason} end.

flushed_tags() ->
    {Pid, Ref} = spawn_opt(fun() -> ok end, [{monitor, [{tag, flushed}]}]),
    until_dead(Pid),
    Answer = demonitor(Ref, [flush, info]),
    {Answer, receive {flushed, Ref, process, Pid, _} -> told after 0 -> nothing end}.

bad_tags() ->
    [try monitor(process, self(), O) catch C:R -> {C, R} end
     || O <- [[{tag}], [{tag, a, b}], [tag], [{tag, a} | b], [{tags, a}]]].

%% Match specifications that are tried.

specifications() ->
    [erlang:match_spec_test(T, S, table)
     || {T, S} <- [{{1, 2}, [{{'$1', '$2'}, [], ['$1']}]},
                   {{1, 2}, [{{'$1', '$2'}, [{'>', '$1', 5}], ['$1']}]},
                   {{1, 2}, [{{'$1', '$2'}, [], [{{'$2', [1.5, '$1']}}]}]},
                   {{1, 2}, [{{'$1', '$2'}, [], ['$1', '$2']}]},
                   {{1, 2}, [{{'$1', '$2'}, [true], [{hd, '$1'}]}]},
                   {{1, 2}, [{{'$1', '$2'}, [{hd, '$1'}], [{hd, '$1'}]}]},
                   {{1, 2}, [{{'$1', '$2'}, [], [#{a => '$1'}]}]},
                   {x, [{'_', [], ['$_']}]},
                   {{1, "abc"}, [{a, [], [b]}, {{1, '_'}, [], ['$_']}]}]].

wrong_specifications() ->
    [try erlang:match_spec_test(T, S, K) catch C:R -> {C, R} end
     || {T, S, K} <- [{{1}, [], table}, {{1}, x, table}, {{1}, [{x}], table},
                      {{1}, [{'_', [], []}], table},
                      {{1}, [{{'$1'}, [], ['$3']}], table},
                      {{1}, [{{'$1'}, [{'>', '$4', 1}], ['$1']}], table},
                      {{1}, [{{'$1'}, [{foo, '$1'}], ['$1']}], table},
                      {{1}, [{{'$1'}, [], [{is_record, a}]}], table},
                      {{1}, [{{'$1'}, x, ['$1']}], table},
                      {{1}, [], foo}]].

requested_tables() ->
    Named = ets:new(requested_table, [named_table]),
    Other = ets:new(other, []),
    Ref = ets:internal_request_all(),
    Tables = tables(Ref, erlang:system_info(schedulers), []),
    {is_reference(Ref), member(Named, Tables), member(Other, Tables), member(nobody, Tables)}.

tables(_, 0, Tables) -> Tables;
tables(Ref, Left, Tables) ->
    receive {Ref, More} when is_list(More) -> tables(Ref, Left - 1, More ++ Tables) end.

%% Sizes and shapes.

shared_copies() ->
    Part = [{N, N * 1.5} || N <- seq(1, 5)],
    Term = {Part, [Part, {Part}], <<0:(8 * 100)>>},
    Copy = erts_debug:copy_shared(Term, true),
    Bad = try erts_debug:copy_shared(Term, [x]) catch C:R -> {C, R} end,
    {Copy =:= Term, erts_debug:same(Copy, Term), erts_debug:size_shared(Copy) =:= erts_debug:size_shared(Term),
     erts_debug:flat_size(Copy) =:= erts_debug:flat_size(Term), Bad}.

map_shapes() ->
    Large = maps:from_keys(seq(1, 500), x),
    [{depth, Depth}, {arrays, Arrays, []}, {bitmaps, Bitmaps, BySlots}, {leafs, Leaves, ByLevel}] =
        erts_debug:map_info(Large),
    Bad = [try erts_debug:map_info(M) catch C:R -> {C, R} end || M <- [#{}, #{a => 1}, x]],
    {Depth >= 2, Arrays =:= 0 orelse Arrays =:= 1, sum(tuple_to_list(BySlots)) =:= Bitmaps, Leaves,
     sum(tuple_to_list(ByLevel)), tuple_size(BySlots), tuple_size(ByLevel), Bad}.

module_told() ->
    Fun = fun(X) -> X + tuple_size({}) end,
    Info = ?MODULE:module_info(),
    {_, Attributes} = find(attributes, Info),
    {_, Compile} = find(compile, Info),
    {[Key || {Key, _} <- Info], ?MODULE:module_info(md5), erlang:fun_info(Fun, new_uniq),
     find(author, Attributes), find(vsn, Attributes), find(version, Compile)}.

%% The machine.

%% Machines side by side have one environment: each its own variable.
environment() ->
    Name = "TENURE_LANG_DEBUG_" ++ integer_to_list(os:system_time()) ++ "_" ++ integer_to_list(os:perf_counter()),
    false = os:getenv(Name),
    Put = os:putenv(Name, "v=\x{e9}"),
    All = [V || {N, V} <- os:env(), N =:= Name],
    Read = {os:getenv(Name), os:getenv(Name, none)},
    Unset = os:unsetenv(Name),
    {Put, All, Read, Unset, os:getenv(Name), os:unsetenv(Name)}.

bad_environment() ->
    [try os:putenv(N, V) catch C:R -> {C, R} end
     || {N, V} <- [{"a=b", "c"}, {a, "c"}, {"a", [0]}, {"a", x}, {"a" ++ b, "c"}]]
        ++ [try os:unsetenv(N) catch C:R -> {C, R} end || N <- ["a=b", a]].

signals() ->
    Set = [os:set_signal(S, O) || S <- [sigusr2, sigalrm, sigstop], O <- [ignore, handle, default]],
    Bad = [try os:set_signal(S, O) catch C:R -> {C, R} end
           || {S, O} <- [{sigkill, ignore}, {sigcont, default}, {sigint, handle}, {"sighup", ignore}, {1, ignore},
                         {sighup, other}, {sighup, 1}, {sigwinch, ignore}]],
    {Set, Bad, os:perf_counter() =< os:perf_counter()}.

offsets() ->
    Difference = erlang:time_offset(second) + erlang:monotonic_time(second) - erlang:system_time(second),
    Bad = try erlang:time_offset(fortnight) catch C:R -> {C, R} end,
    {abs(Difference) =< 2, is_integer(erlang:time_offset(millisecond)), Bad}.

no_ports() -> is_list(erlang:ports()).

%% Collections that are told of.

traced() ->
    Pid = spawn(fun work/0),
    1 = erlang:trace(Pid, true, [garbage_collection]),
    Pid ! {self(), 0},
    receive {Pid, done} -> ok end,
    [{Tag, [Key || {Key, _} <- Info], all_numbers(Info)} || {trace, P, Tag, Info} <- told(), P =:= Pid].

%% A heap that grows: the sizes of its blocks, and what lives in them.
traced_ladder() ->
    Pid = spawn(fun work/0),
    1 = erlang:trace(Pid, true, [garbage_collection]),
    Pid ! {self(), 3000},
    receive {Pid, done} -> ok end,
    [{Tag, [value(Key, Info) || Key <- [heap_block_size, old_heap_block_size]]}
     || {trace, _, Tag, Info} <- told()].

%% A beginning and an end for each, in the order of time.
traced_collections() ->
    Pid = spawn(fun work/0),
    1 = erlang:trace(Pid, true, [garbage_collection, monotonic_timestamp]),
    Pid ! {self(), 3000},
    receive {Pid, done} -> ok end,
    Told = [{Tag, Info, Time} || {trace_ts, _, Tag, Info, Time} <- told()],
    Pairs = pairs(Told),
    {[B || {{B, _, _}, _} <- Pairs] =/= [], all([T1 =< T2 || {{_, _, T1}, {_, _, T2}} <- Pairs]),
     all([is_pair(B, E) || {{B, _, _}, {E, _, _}} <- Pairs])}.

untraced() ->
    Pid = spawn(fun work/0),
    1 = erlang:trace(Pid, true, [garbage_collection]),
    1 = erlang:trace(Pid, false, [garbage_collection]),
    Pid ! {self(), 3000},
    receive {Pid, done} -> ok end,
    told().

traced_children() ->
    Self = self(),
    Pid = spawn(fun() -> receive go -> ok end, Self ! {child, spawn(fun work/0)} end),
    1 = erlang:trace(Pid, true, [garbage_collection, set_on_spawn]),
    Pid ! go,
    Child = receive {child, C} -> C end,
    Child ! {self(), 0},
    receive {Child, done} -> ok end,
    [Tag || {trace, P, Tag, _} <- told(), P =:= Child].

traced_new() ->
    Before = erlang:trace(new, true, [garbage_collection]),
    Pid = spawn(fun work/0),
    After = erlang:trace(new, false, [all]),
    Other = spawn(fun work/0),
    [begin P ! {self(), 0}, receive {P, done} -> ok end end || P <- [Pid, Other]],
    {Before, After, [{P =:= Pid, Tag} || {trace, P, Tag, _} <- told()]}.

%% What a limit stops, and what it only tells: the sizes that there would be, without those that change
%% with each message of a trace.
traced_limits() ->
    {[limited(Limit, After, Kill) || {Limit, After} <- [{700, 65535}, {1500, 65535}, {700, 0}],
                                     Kill <- [true, false]],
     %% Whether the message counts among the first sizes depends on where it is.
     [[Tag || {Tag, _, _} <- limited(300, 65535, Kill)] || Kill <- [true, false]]}.

limited(Words, After, Kill) ->
    Limit = #{size => Words, kill => Kill, error_logger => false},
    {Pid, Watch} = spawn_opt(fun work/0, [monitor, {fullsweep_after, After}, {max_heap_size, Limit}]),
    1 = erlang:trace(Pid, true, [garbage_collection]),
    Pid ! {self(), 300},
    receive {Pid, done} -> ok; {'DOWN', Watch, process, Pid, _} -> ok end,
    [limited(Tag, Info) || {trace, _, Tag, Info} <- told()].

limited(Tag, Info) ->
    {Tag, [{Key, value(Key, Info)} || Key <- [heap_block_size, old_heap_block_size]],
     [Key || {Key, _} <- Info, Tag =:= gc_max_heap_size]}.

catch_levels() ->
    Level = fun() -> {catchlevel, N} = process_info(self(), catchlevel), N end,
    Base = Level(),
    Self = self(),
    Pid = spawn(fun() -> try Self ! {self(), ready}, receive stop -> ok end catch _:_ -> ok end end),
    receive {Pid, ready} -> ok end,
    {catchlevel, Waiting} = process_info(Pid, catchlevel),
    Pid ! stop,
    {try {Level() - Base} catch _:_ -> no end, catch try [Level() - Base] after ok end, Level() - Base,
     Waiting, process_info(self(), magic_ref)}.

trace_told() ->
    Pid = spawn(fun work/0),
    Nothing = erlang:trace_info(Pid, flags),
    1 = erlang:trace(Pid, true, [garbage_collection, timestamp]),
    Flags = erlang:trace_info(Pid, flags),
    {tracer, Tracer} = erlang:trace_info(Pid, tracer),
    1 = erlang:trace(Pid, false, [all, timestamp]),
    {Nothing, Flags, Tracer =:= self(), erlang:trace_info(Pid, tracer)}.

bad_traces() ->
    Pid = spawn(fun work/0),
    Self = self(),
    Dead = spawn(fun() -> ok end),
    until_dead(Dead),
    Mine = [try erlang:trace(P, H, F) catch C:R -> {C, R} end
            || {P, H, F} <- [{Pid, true, [foo]}, {Pid, true, [garbage_collection | x]}, {Pid, true, x},
                             {Pid, maybe_so, [garbage_collection]}, {foo, true, []},
                             {Dead, true, [garbage_collection]}, {Pid, true, [{tracer, Dead}]},
                             {Self, true, [garbage_collection]}, {Pid, true, [garbage_collection]}]],
    Other = spawn(fun() ->
        Self ! {self(), try erlang:trace(Pid, true, [garbage_collection]) catch C:R -> {C, R} end} end),
    {Mine, receive {Other, Answer} -> Answer end}.

%% Waits, builds a list of some length, and collects.
work() ->
    receive
        {From, Length} ->
            List = build(Length, []),
            erlang:garbage_collect(),
            From ! {self(), done},
            receive {length_of, List} -> ok end
    end.

build(0, List) -> List;
build(Left, List) -> build(Left - 1, [{Left, Left} | List]).

told() -> receive Message -> [Message | told()] after 50 -> [] end.

all_numbers(Info) -> all([is_integer(Value) andalso Value >= 0 || {_, Value} <- Info]).

pairs([Begin, End | Rest]) -> [{Begin, End} | pairs(Rest)];
pairs([]) -> [].

is_pair(gc_minor_start, gc_minor_end) -> true;
is_pair(gc_major_start, gc_major_end) -> true;
is_pair(_, _) -> false.

value(Key, Info) -> {Key, Value} = find(Key, Info), Value.

find(Key, [{Key, _} = Pair | _]) -> Pair;
find(Key, [_ | Rest]) -> find(Key, Rest);
find(_, []) -> false.

member(Item, [Item | _]) -> true;
member(Item, [_ | Rest]) -> member(Item, Rest);
member(_, []) -> false.

all([true | Rest]) -> all(Rest);
all([]) -> true;
all([Other | _]) -> Other.

sum([]) -> 0;
sum([N | Rest]) -> N + sum(Rest).

seq(First, Last) when First > Last -> [];
seq(First, Last) -> [First | seq(First + 1, Last)].

until_dead(Pid) ->
    case is_process_alive(Pid) of
        true -> erlang:yield(), until_dead(Pid);
        false -> ok
    end.

%% Sizes and limits of heaps: what is set, told, and done where a limit is reached.
-module(lang_limits).
-compile(nowarn_nomatch).
-export([limit_flags/0, refused_limits/0, beyond_the_limit/0, own_collection/0,
         collection_by_another/0, only_reported/0, hibernating_beyond_the_limit/0,
         hibernating_with_messages/0]).
-export([least_sizes/0, fresh_process/0, system_defaults/0, changed_defaults/0]).
-export([names_of_figures/0, binaries/0, memory_with_messages/0, memory_with_dictionary/0,
         collections_of_all/0, sent_parts/0, sent_bits/0]).
-export([wait/1, woken/1]).

%% What a limit does not say is as in the system, not as it was.
limit_flags() ->
    Flags = [#{size => 1000000, kill => false, error_logger => false}, 2000000,
             #{size => 3000000, kill => false}, #{size => 4000000}],
    [process_flag(max_heap_size, F) || F <- Flags] ++ [process_info(self(), max_heap_size)].

refused_limits() ->
    Flags = [1, -1, atom, #{kill => false}, #{size => 1}, #{size => 3000000, kill => maybe}],
    [catch_class(fun() -> process_flag(max_heap_size, F) end) || F <- Flags].

catch_class(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

%% It ends, whatever it catches; who watches it hears so; others catch as before.
beyond_the_limit() ->
    {Other, Watch} = spawn_monitor(fun other/0),
    Reason = reason(fun() ->
                        limit(5000),
                        try grow([]) catch _:_ -> ok end,
                        exit(went_on)
                    end),
    Other ! {self(), 1},
    receive {Other, Sum} -> ok; {'DOWN', Watch, process, Other, Sum} -> ok end,
    {Reason, Sum}.

other() ->
    receive {From, N} -> From ! {self(), try error(N) catch error:M -> M + 1 end} end.

grow(L) -> grow([L | L]).

limit(Words) ->
    process_flag(max_heap_size, #{size => Words, kill => true, error_logger => false}).

own_collection() ->
    reason(fun() ->
               L = seq(1, 3000),
               limit(4000),
               catch garbage_collect(),
               exit({went_on, length(L)})
           end).

collection_by_another() ->
    Self = self(),
    {Pid, Watch} = spawn_monitor(fun() ->
                                     L = seq(1, 3000),
                                     limit(4000),
                                     Self ! ready,
                                     wait(L)
                                 end),
    receive
        {'DOWN', Watch, process, Pid, Reason} -> Reason;
        ready ->
            _ = garbage_collect(Pid),
            receive {'DOWN', Watch, process, Pid, Reason} -> Reason after 5000 -> goes_on end
    end.

wait(L) ->
    receive stop -> exit({went_on, length(L), length(seq(1, 10000))}) end.

only_reported() ->
    reason(fun() ->
               L = seq(1, 3000),
               process_flag(max_heap_size, #{size => 4000, kill => false, error_logger => false}),
               garbage_collect(),
               exit({went_on, length(L)})
           end).

%% Who hibernates gives memory back: the limit is looked at when it builds again.
hibernating_beyond_the_limit() ->
    {Pid, Watch} = spawn_monitor(fun() ->
                                     L = seq(1, 3000),
                                     limit(4000),
                                     erlang:hibernate(?MODULE, wait, [L])
                                 end),
    receive after 50 -> ok end,
    {status, Status} = process_info(Pid, status),
    Pid ! stop,
    receive
        {'DOWN', Watch, process, Pid, {went_on, _, _}} -> {Status, went_on};
        {'DOWN', Watch, process, Pid, _} -> {Status, ended}
    end.

%% Who has messages gives no memory back: one that was not fetched, one that was skipped.
hibernating_with_messages() ->
    Sleeper = spawn_monitor(fun() -> hibernate([]) end),
    receive after 50 -> ok end,
    {Pid, Watch} = Sleeper,
    Pid ! stop,
    receive {'DOWN', Watch, process, _, Reason} -> ok end,
    [Reason, reason(fun() -> hibernate([1]) end),
     reason(fun() -> self() ! 2, receive none -> ok after 0 -> hibernate([]) end end)].

hibernate(Messages) ->
    N = length(seq(1, 5000)),
    [self() ! M || M <- Messages],
    erlang:hibernate(?MODULE, woken, [N]).

woken(N) ->
    {heap_size, Words} = process_info(self(), heap_size),
    receive M -> exit({N, M, Words < 1000}) end.

reason(F) ->
    {Pid, Watch} = spawn_monitor(F),
    receive {'DOWN', Watch, process, Pid, Reason} -> Reason end.

%% Nothing is below what the system gives who asks for nothing.
least_sizes() ->
    [reason(fun() -> exit(sizes(N)) end) || N <- [0, 10, 233, 234, 1000, 100000]].

sizes(N) ->
    process_flag(min_heap_size, N),
    process_flag(min_bin_vheap_size, N),
    [process_info(self(), I) || I <- [min_heap_size, min_bin_vheap_size]]
        ++ [begun(N)].

begun(N) ->
    {_, Watch} = spawn_opt(fun() -> exit(process_info(self(), heap_size)) end,
                           [monitor, {min_heap_size, N}]),
    receive {'DOWN', Watch, process, _, Reason} -> Reason end.

fresh_process() ->
    reason(fun() -> exit(process_info(self(), garbage_collection)) end).

-define(ITEMS, [min_heap_size, min_bin_vheap_size, max_heap_size, fullsweep_after,
                garbage_collection, heap_type]).

system_defaults() ->
    Sizes = erlang:system_info(heap_sizes),
    {length(Sizes), first(40, Sizes), [erlang:system_info(I) || I <- ?ITEMS]}.

changed_defaults() ->
    Flags = [{min_heap_size, 500}, {min_bin_vheap_size, 100}, {fullsweep_after, 70000},
             {max_heap_size, #{size => 1000000, kill => false}}, {max_heap_size, 10},
             {fullsweep_after, -1}, {min_heap_size, a}],
    Set = [catch_class(fun() -> erlang:system_flag(Name, Value) end) || {Name, Value} <- Flags],
    Told = [erlang:system_info(I) || I <- ?ITEMS],
    Fresh = fresh_process(),
    Own = reason(fun() -> process_flag(max_heap_size, 2000000),
                          exit(process_info(self(), max_heap_size)) end),
    erlang:system_flag(min_heap_size, 233),
    erlang:system_flag(min_bin_vheap_size, 46422),
    erlang:system_flag(fullsweep_after, 65535),
    erlang:system_flag(max_heap_size, #{size => 0, kill => true}),
    {Set, Told, Fresh, Own, [erlang:system_info(I) || I <- ?ITEMS]}.

names_of_figures() ->
    {garbage_collection_info, Info} = process_info(self(), garbage_collection_info),
    {garbage_collection, Options} = process_info(self(), garbage_collection),
    {[Name || {Name, N} <- Info, is_integer(N), N >= 0], [Name || {Name, _} <- Options]}.

binaries() ->
    reason(fun() ->
               B = binary:copy(<<7>>, 1000),
               {binary, L} = process_info(self(), binary),
               exit({byte_size(B), [{Size, Count} || {Id, Size, Count} <- L, is_integer(Id)]})
           end).

memory_with_messages() ->
    L = seq(1, 1000),
    {Pid, Watch} = spawn_monitor(fun() -> receive stop -> ok end end),
    {memory, Before} = process_info(Pid, memory),
    [Pid ! L || _ <- seq(1, 10)],
    {memory, After} = process_info(Pid, memory),
    Pid ! stop,
    receive {'DOWN', Watch, process, Pid, normal} -> After - Before >= 10 * 16 * 1000 end.

memory_with_dictionary() ->
    garbage_collect(),
    {memory, Before} = process_info(self(), memory),
    [put(N, N) || N <- seq(1, 1000)],
    garbage_collect(),
    {memory, After} = process_info(self(), memory),
    After - Before >= 16 * 1000.

%% Of all processes, also those that have ended.
collections_of_all() ->
    {Count, _, 0} = statistics(garbage_collection),
    reason(fun() -> [garbage_collect() || _ <- seq(1, 10)], exit(normal) end),
    {More, _, 0} = statistics(garbage_collection),
    More - Count >= 10.

%% Few bytes of a large binary do not keep it: what is received is a binary of its own.
sent_parts() ->
    [sent(fun(B) -> Skip = byte_size(B) - N, <<_:Skip/binary, Rest/binary>> = B, Rest end)
     || N <- [0, 1, 8, 20, 24, 25, 64]].

sent(Part) ->
    Self = self(),
    {_, Watch} = spawn_monitor(fun() -> Self ! {part, Part(binary:copy(<<7>>, 100000))} end),
    receive {'DOWN', Watch, process, _, normal} -> ok end,
    receive {part, Bits} -> {Bits, erts_debug:flat_size(Bits), referenced(Bits)} end.

referenced(Bits) when is_binary(Bits) -> binary:referenced_byte_size(Bits);
referenced(_) -> none.

sent_bits() ->
    [begin
         {Bits, Words, _} =
             sent(fun(B) -> <<_:3, Some:N/bitstring, _/bitstring>> = B, Some end),
         {Bits, Words}
     end || N <- [1, 79, 800]].

seq(From, To) -> seq(From, To, []).

seq(From, To, L) when From > To -> L;
seq(From, To, L) -> seq(From, To - 1, [To | L]).

first(0, _) -> [];
first(N, [H | T]) -> [H | first(N - 1, T)].

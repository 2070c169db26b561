%% Random calls of module `ets` by three processes on a few tables, good ones and bad ones, and what each
%% answers and is told. What comes in no order that could be told is sorted.
-module(table_calls).
-export([main/2, run/1, files/1]).


run([Seed, Count]) -> main(list_to_integer(Seed), list_to_integer(Count)).

main(Seed, Count) ->
    rand:seed(exsss, {Seed, 25, 12}),
    put(tables, []),
    put(number, 0),
    put(traces, []),
    put(actors, [self(), spawn_actor(), spawn_actor()]),
    put(pids, get(actors)),
    Steps = [step(N) || N <- lists:seq(1, Count)],
    [begin P ! stop end || P <- tl(get(actors))],
    [catch ets:delete(T) || T <- get(tables)],
    Steps.

step(N) ->
    Actor = below(3),
    Op = bad(operation()),
    Type = type(Op),
    Answer = in(Actor, Op),
    note(Answer),
    trace(Op, Answer),
    ended(Op),
    Told = [{I, Messages} || I <- [0, 1, 2], Messages <- [told(I)], Messages =/= []],
    {N, Actor, named(Op), named(sorted(Op, Type, Answer)), named(Told)}.

%% Keeps the tables that there are in mind.
note({ok, {new, T}}) ->
    Number = get(number),
    put(number, Number + 1),
    put({table, Number}, T),
    put(tables, lists:sublist([T | get(tables)], 4));
note(_) -> ok.

%% In a fixed table of Erlang's a count that fails leaves its default object behind as one that was
%% deleted, so that `next` and `prev` know a key that never was: here nothing is left.
trace({update_counter, [_, Key, _, _]}, {error, _}) -> put(traces, [Key | get(traces)]);
trace(_, _) -> ok.

ended({kill, I}) when I > 0 ->
    New = spawn_actor(),
    put(actors, [case J of I -> New; _ -> A end || {J, A} <- lists:zip([0, 1, 2], get(actors))]),
    put(pids, get(pids) ++ [New]);
ended(_) -> ok.

%% References and pids are called by their numbers.
named(T) when is_reference(T) ->
    case [N || N <- lists:seq(0, get(number) - 1), get({table, N}) =:= T] of
        [N | _] -> {'TABLE', N};
        [] -> 'REFERENCE'
    end;
named(P) when is_pid(P) ->
    case [N || {N, Q} <- lists:zip(lists:seq(1, length(get(pids))), get(pids)), P =:= Q] of
        [N] -> {'PID', N};
        [] -> 'PID'
    end;
named([H | T]) -> [named(H) | named(T)];
named(T) when is_tuple(T) -> list_to_tuple(named(tuple_to_list(T)));
named(T) -> T.

sorted({F, _}, Type, {ok, L})
  when is_list(L), Type =/= ordered_set, (F =:= select) or (F =:= match) or (F =:= match_object)
       or (F =:= select_reverse) or (F =:= tab2list) or (F =:= slices) or (F =:= foldl) -> {ok, texts(L)};
sorted({F, _}, Type, {ok, K})
  when Type =/= ordered_set, (F =:= first) or (F =:= last) or (F =:= next) or (F =:= prev) ->
    {ok, K =:= '$end_of_table' andalso (F =:= first)};
sorted({F, [_, K]}, Type, {error, badarg} = Answer)
  when Type =/= ordered_set, (F =:= next) or (F =:= prev) ->
    case lists:member(K, get(traces)) of
        true -> {ok, false};
        false -> Answer
    end;
sorted({info, [_]}, _, {ok, L}) when is_list(L) -> {ok, [I || I <- L, element(1, I) =/= memory]};
%% By their numbers: pids come in no order that is told.
sorted({info_fixed, _}, _, {ok, L}) when is_list(L) -> {ok, lists:sort(named(L))};
sorted(_, _, Answer) -> Answer.

texts(L) ->
    [element(2, T) || T <- lists:sort([{term_to_binary(E, [{minor_version, 1}]), E} || E <- L])].

%% Processes that do what they are told to.
spawn_actor() ->
    spawn(fun actor/0).

actor() ->
    receive
        {do, From, Op} -> From ! {did, do(Op)}, actor();
        {tell, From} -> From ! {told, messages()}, actor();
        stop -> ok
    end.

in(_, {kill, 0}) -> {ok, nobody};
in(_, {kill, I}) ->
    P = lists:nth(I + 1, get(actors)),
    M = monitor(process, P),
    exit(P, kill),
    receive {'DOWN', M, process, P, R} -> {ok, R} end;
in(0, Op) -> do(Op);
in(I, Op) ->
    lists:nth(I + 1, get(actors)) ! {do, self(), Op},
    receive {did, Answer} -> Answer end.

told(0) -> messages();
told(I) ->
    lists:nth(I + 1, get(actors)) ! {tell, self()},
    receive {told, Messages} -> Messages end.

messages() ->
    receive {'ETS-TRANSFER', _, _, _} = M -> [M | messages()]
    after 0 -> []
    end.

do({F, Args}) ->
    try {ok, call(F, Args)}
    catch error:R -> {error, R}
    end.

call(slices, [F, T, S, N]) -> slices(F, ets:F(T, S, N), 100);
call(new, [N, O]) -> {new, ets:new(N, O)};
call(foldl, [T]) -> ets:foldl(fun(O, L) -> [O | L] end, [], T);
call(foldr, [T]) -> length(ets:foldr(fun(O, L) -> [O | L] end, [], T));
call(run, [L, S]) -> ets:match_spec_run(L, ets:match_spec_compile(S));
call(test_ms, [O, S]) ->
    case ets:test_ms(O, S) of
        {error, _} -> error;
        Result -> Result
    end;
call(all, [T]) -> lists:member(T, ets:all());
call(info_fixed, [T]) ->
    case ets:info(T, safe_fixed_monotonic_time) of
        {_, L} -> L;
        Other -> Other
    end;
call(F, Args) -> apply(ets, F, Args).

slices(_, _, 0) -> [endless];
slices(_, '$end_of_table', _) -> [];
slices(_, {R, '$end_of_table'}, _) -> R;
slices(F, {R, C}, N) -> R ++ slices(F, ets:F(C), N - 1).

type({_, [T | _]}) -> type_of(T);
type(_) -> none.

type_of(T) when is_atom(T); is_reference(T) -> catch ets:info(T, type);
type_of(_) -> none.

position(T) ->
    case catch ets:info(T, keypos) of
        P when is_integer(P) -> P;
        _ -> 1
    end.

%% Most tables that are named here are there.
a_table() ->
    case {get(tables), below(30)} of
        {[], _} -> one_of([one, two, none]);
        {_, 0} -> one_of([none, 7, "one", make_ref(), self(), {}]);
        {_, N} when N < 5 -> one_of([one, two, three]);
        {_, N} when N < 8, N > 5 ->
            case get(number) of
                0 -> none;
                M -> get({table, below(M)})
            end;
        {L, _} -> one_of(L)
    end.

an_actor() -> one_of(get(actors)).

operation() ->
    T = a_table(),
    put(position, position(T)),
    put(type, type_of(T)),
    case below(case get(tables) of [_, _ | _] -> 115; _ -> 12 end) of
        N when N < 6 -> {new, [one_of([one, one, two, three, four]), options()]};
        N when N < 24 -> {insert, [T, object()]};
        N when N < 30 -> {insert, [T, [object() || _ <- seq(below(6))]]};
        N when N < 33 -> {insert_new, [T, one_of([object(), [object(), object()]])]};
        N when N < 36 -> {lookup, [T, key()]};
        N when N < 39 -> {lookup_element, [T, key(), one_of([1, 2, 3, 4, 0, -1])]};
        39 -> {member, [T, key()]};
        40 -> {taking(T), [T, key()]};
        N when N < 44 -> {delete, [T, key()]};
        N when N < 46 -> {delete_object, [T, object()]};
        N when N < 49 -> {update_element, [T, key(), one_of([update(), [update(), update()]])]};
        N when N < 52 -> {update_counter, [T, key(), counter()]};
        N when N < 55 -> {update_counter, [T, key(), counter(), object()]};
        N when N < 59 -> {one_of([first, last]), [T]};
        N when N < 62 -> {one_of([next, prev]), [T, key()]};
        N when N < 65 -> {one_of([match, match_object, match_delete]), [T, pattern()]};
        N when N < 69 -> {one_of([select, select_reverse, select_count]), [T, spec()]};
        N when N < 71 -> {one_of([select_delete, select_replace]), [T, spec()]};
        71 -> {slices, [one_of([match, match_object]), T, pattern(), one_of([1, 2, 5, 100])]};
        72 -> {slices, [one_of([select, select_reverse]), T, spec(), one_of([1, 2, 5, 100])]};
        73 -> {tab2list, [T]};
        74 -> {one_of([foldl, foldr]), [T]};
        N when N < 78 -> {info, [T, one_of([size, type, keypos, protection, name, named_table, owner,
                                            heir, fixed, id, node, compressed, read_concurrency,
                                            write_concurrency, decentralized_counters, nothing])]};
        78 -> {info, [T]};
        79 -> {info_fixed, [T]};
        N when N < 83 -> {rename, [T, one_of([one, two, three, four])]};
        N when N < 87 -> {give_away, [T, an_actor(), object()]};
        N when N < 95 -> {setopts, [T, one_of([setting(), [setting() || _ <- seq(below(3))]])]};
        N when N < 100 -> {safe_fixtable, [T, one_of([true, true, false])]};
        100 -> {whereis, [one_of([one, two, three, none, T])]};
        N when N < 103 -> {delete, [T]};
        103 -> {delete_all_objects, [T]};
        N when N < 106 -> {kill, below(3)};
        106 -> {run, [[object(), object()], spec()]};
        107 -> {all, [T]};
        108 -> {is_compiled_ms, [T]};
        109 -> {test_ms, [object(), spec()]};
        110 -> {internal_select_delete, [T, spec()]};
        111 -> {repair_continuation, [one_of(['$end_of_table', foo]), spec()]};
        _ -> {insert, [T, object()]}
    end.

%% Names of files: lists of characters, atoms and such lists; what else there may be.
files([Dir]) ->
    T = ets:new(kept, []),
    ets:insert(T, {a, 1}),
    Names = [Dir ++ "/1", [Dir, "/", "2"], [[Dir | "/"], [["3"]] | a], list_to_atom(Dir ++ "/4"),
             [Dir, '/5'], [Dir ++ "/6", 16#e4, 16#400], list_to_binary(Dir ++ "/7"),
             [Dir, <<"/8">>], Dir ++ [$/, $9, 0], [Dir, 1.0], [Dir | 5], [[$/ | 5], $a], [Dir, -1],
             [Dir, 16#110000], "", '', 7, {Dir}, Dir, Dir ++ "/none/1"],
    [{[done(F, catch apply(ets, F, A), Dir)
       || {F, A} <- [{tab2file, [T, N]}, {tab2file, [T, N, [{sync, true}]]},
                     {file2tab, [N]}, {file2tab, [N, [{verify, true}]]}, {tabfile_info, [N]}]]}
     || N <- Names]
    ++ [done(tab2file, catch ets:tab2file(T, Dir ++ "/1", O), Dir)
        || O <- [[foo], foo, [{sync, x}], [{extended_info, x}], {sync, true},
                 [{sync, true} | x], [{extended_info, [md5sum | x]}], [{sync, true}, {sync, false}]]]
    ++ [done(tab2file, catch ets:file2tab(Dir ++ "/none", O), Dir)
        || O <- [[foo], foo, [{verify, x}], [{verify, true} | x]]].

done(_, {'EXIT', {Reason, _}}, _) -> Reason;
done(file2tab, {ok, T}, _) -> {ok, ets:tab2list(T)};
done(_, Answer, Dir) -> without(Dir, Answer).

%% An answer without the name of a folder that is another one each time.
without(Dir, Dir) -> folder;
without(Dir, [H | T] = L) ->
    case starts(Dir, L) of
        false -> [without(Dir, H) | without(Dir, T)];
        Rest -> [folder | Rest]
    end;
without(Dir, T) when is_tuple(T) -> list_to_tuple(without(Dir, tuple_to_list(T)));
without(Dir, A) when is_atom(A) ->
    case starts(Dir, atom_to_list(A)) of
        false -> A;
        Rest -> {folder, Rest}
    end;
without(Dir, B) when is_binary(B) ->
    case starts(Dir, binary_to_list(B)) of
        false -> B;
        Rest -> {folder, binary, Rest}
    end;
without(_, T) -> T.

starts([], Rest) -> Rest;
starts([C | A], [C | B]) -> starts(A, B);
starts(_, _) -> false.

%% Now and then an argument is another one. With a default too short to have a key, OTP 25 crashes.
bad({update_counter, [_, _, _, _]} = Op) -> Op;
bad({F, Args} = Op) when is_list(Args), Args =/= [] ->
    case below(12) of
        0 ->
            N = below(length(Args)),
            {F, [case I of N -> junk(); _ -> A end
                 || {I, A} <- lists:zip(lists:seq(0, length(Args) - 1), Args)]};
        _ -> Op
    end;
bad(Op) -> Op.

junk() ->
    one_of([foo, 1, -1, 0, [], [a | b], {}, {1}, {1, 2}, "x", 1.5, <<"b">>, 1 bsl 70, '$end_of_table',
            [foo], {heir, none}, self(), [[]], [{}], [{1, 2} | 3], {2, 5}, [{2, 1}, foo], '_', #{}]).

options() ->
    shuffled(
      [one_of([set, ordered_set, bag, duplicate_bag]) || _ <- seq(one_of([1, 1, 1, 0, 2]))]
      ++ [one_of([public, public, public, protected, private]) || _ <- seq(one_of([1, 1, 1, 0, 2]))]
      ++ [named_table || _ <- seq(one_of([0, 0, 1]))]
      ++ [{keypos, one_of([1, 2, 2])} || _ <- seq(one_of([0, 0, 1]))]
      ++ [heir() || _ <- seq(one_of([0, 0, 1, 2]))]
      ++ [one_of([compressed, {write_concurrency, one_of([true, false, auto])},
                  {read_concurrency, one_of([true, false])},
                  {decentralized_counters, one_of([true, false])}]) || _ <- seq(below(3))]
      ++ [one_of([junk(), {keypos, 0}, {heir, foo, x}, {protection, public}, {write_concurrency, x}])
          || _ <- seq(one_of([0, 0, 0, 0, 0, 0, 0, 1]))]).

heir() -> one_of([{heir, none}, {heir, an_actor(), one_of([data, <<0:800>>, [1, 2]])},
                  {heir, an_actor(), "told"}]).

setting() ->
    case below(12) of
        0 -> junk();
        N when N < 6 -> heir();
        11 -> {protection, foo};
        _ ->
            %% Where OTP 25 gives way as it inserts a list into a bag, that has its first protection again.
            case get(type) of
                bag -> heir();
                _ -> {protection, one_of([public, public, public, protected, private])}
            end
    end.

%% From a bag that is fixed OTP 25 takes more than there is: its size is then wrong.
taking(T) ->
    case catch ets:info(T, fixed) =:= true andalso lists:member(ets:info(T, type), [bag, duplicate_bag]) of
        true -> lookup;
        _ -> take
    end.

key() ->
    one_of([1, 1.0, 2, 3, 4, a, b, "ab", {a, 1}, {a, 2}, <<"k">>, #{a => 1}, [], 1 bsl 70]).

value() -> one_of([0, 1, 2, 2.5, a, [], <<0:1000>>, {x, [y]}, 1 bsl 64, "v"]).

object() ->
    K = key(),
    Values = [value() || _ <- seq(1 + below(2))],
    case get(position) of
        2 -> list_to_tuple([hd(Values), K | tl(Values)]);
        _ -> list_to_tuple([K | Values])
    end.

update() -> {one_of([1, 2, 3, 3, 4, 0]), value()}.

counter() ->
    case below(5) of
        0 -> one_of([1, -1, a]);
        1 -> [{one_of([2, 3]), 1}, {one_of([1, 2, 3]), one_of([1, x, 1 bsl 60])}];
        2 -> {one_of([2, 3]), 2, one_of([3, a]), one_of([0, 1])};
        _ -> {one_of([1, 2, 3, 3, 4, 0]), one_of([1, -5, 1 bsl 60])}
    end.

pattern() ->
    case below(8) of
        0 -> '_';
        1 -> '$1';
        2 -> junk();
        _ -> case get(position) of
                 2 -> {one_of(['_', '$2', value()]), one_of(['$1', '$1', key(), {a, '_'}])};
                 _ -> {one_of(['$1', '$1', key(), {a, '_'}]), one_of(['_', '$2', value()])}
             end
    end.

spec() ->
    case below(12) of
        0 -> [];
        1 -> one_of([junk(), [{pattern(), [], []}], [{pattern(), [{foo}], [true]}],
                     [{pattern(), [], ['$_']} | foo]]);
        _ -> [{pattern(), one_of([[], [], [{is_integer, '$1'}], [{'>', '$1', 1}]]),
               [one_of(['$_', '$_', true, true, false, '$1', '$$', {{'$1', '$2'}}, {{'$1', 7}}, {{7, '$1'}}])]}
              || _ <- seq(1 + below(2))]
    end.

shuffled(List) -> [E || {_, E} <- lists:sort([{rand:uniform(), E} || E <- List])].
seq(0) -> [];
seq(N) -> lists:seq(1, N).
below(N) -> rand:uniform(N) - 1.
one_of(List) -> lists:nth(rand:uniform(length(List)), List).

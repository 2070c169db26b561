#!/usr/bin/env escript
%% Writes random operations on tables with what Erlang answers:
%%   tables.escript OUT SEED COUNT
%% tables.etf beside it: escript tables.escript tables.etf 1 60
%% One compressed term: {tenure_tables, 2, Release, Seed, Runs}
%%   Run:    {Type, KeyPosition, Steps, Keys, Content, Protection}
%%   Step:   {Operation, Answer}; an Operation is of process a, which made the table, or {as, b, Operation};
%%           an Answer is {ok, Term} or {badarg, Cause}
%%   Content: of each of the Keys what ets:lookup/2 gives at the end, in the same order
-mode(compile).

main([Out, SeedText, CountText]) ->
    Seed = list_to_integer(SeedText),
    rand:seed(exsss, {Seed, 25, 6}),
    Runs = [run(N) || N <- lists:seq(1, list_to_integer(CountText))],
    File = {tenure_tables, 2, erlang:system_info(otp_release), Seed, Runs},
    ok = file:write_file(Out, term_to_binary(File, [{compressed, 9}])).

run(N) ->
    Type = lists:nth(1 + N rem 4, [set, ordered_set, bag, duplicate_bag]),
    KeyPosition = one_of([1, 1, 2]),
    Protection = one_of([public, public, public, protected, private]),
    Table = ets:new(one, [named_table, Protection, Type, {keypos, KeyPosition}]),
    A = self(),
    put(a, A),
    put(b, spawn_link(fun() -> put(a, A), put(b, self()), actor() end)),
    put(table, Table),
    put(position, KeyPosition),
    Few = one_of([true, false]),
    Keys = keys(Few),
    put(keys, Keys),
    %% Each operation as it is once it was written and read.
    put(protection, Protection),
    Steps = [recorded(binary_to_term(term_to_binary(an_operation())))
             || _ <- lists:seq(1, one_of([60, 150, 400]))],
    {ok, Content} = in(owner(), {content, Keys}),
    {ok, true} = in(owner(), delete),
    unlink(get(b)),
    exit(get(b), kill),
    messages(),
    {Type, KeyPosition, Steps, Keys, Content, Protection}.

recorded(Op) ->
    Answer = answer(Op),
    note_protection(Op, Answer),
    {Op, Answer}.

%% Where Erlang deletes all objects in more than one slice, the table is again as open as when it was
%% made, whatever setopts/2 said since: it is told once more.
note_protection({as, b, Op}, Answer) -> note_protection(Op, Answer);
note_protection({setopts, {protection, P}}, {ok, true}) -> put(protection, P);
note_protection(_, _) ->
    P = get(protection),
    case ets:info(get(table), protection) of
        P -> ok;
        _ -> {ok, true} = in(owner(), {setopts, {protection, P}})
    end.

owner() ->
    case get(b) =:= ets:info(get(table), owner) of
        true -> b;
        false -> a
    end.

%% Most are of the owner.
an_operation() ->
    Op = operation(),
    case below(8) =:= 0 orelse owner() =:= b of
        true when element(1, Op) =/= rename -> {as, b, Op};
        _ -> Op
    end.

answer({as, b, Op}) -> in(b, Op);
answer(Op) -> in(a, Op).

in(a, {rename, Name} = Op) ->
    case done(get(table), Op) of
        {ok, _} = Answer -> put(table, Name), Answer;
        Answer -> Answer
    end;
in(a, Op) -> done(get(table), Op);
in(b, Op) ->
    get(b) ! {get(table), Op},
    receive {did, Answer} -> Answer end.

messages() ->
    receive {'ETS-TRANSFER', _, _, _} -> messages()
    after 0 -> ok
    end.

actor() ->
    receive
        {'ETS-TRANSFER', _, _, _} -> actor();
        {T, Op} -> get(a) ! {did, done(T, Op)}, actor()
    end.

done(T, Op) ->
    try {ok, do(T, Op)}
    catch error:badarg:Stack -> {badarg, cause(Stack)}
    end.

cause([{_, _, _, Info} | _]) -> maps:get(cause, proplists:get_value(error_info, Info, #{}), none).

do(T, {content, Keys}) -> [ets:lookup(T, K) || K <- Keys];
do(T, delete) -> ets:delete(T);
do(T, {setopts, {heir, P, Data}}) -> ets:setopts(T, {heir, pid(P), Data});
do(T, {setopts, Options}) -> ets:setopts(T, Options);
do(T, {give_away, P}) -> ets:give_away(T, pid(P), told);
do(T, {safe_fixtable, B}) -> ets:safe_fixtable(T, B);
do(T, {info, I}) ->
    case ets:info(T, I) of
        P when is_pid(P) -> case P =:= pid(a) of true -> a; false -> b end;
        Other -> Other
    end;

do(T, {insert, O}) -> ets:insert(T, O);
do(T, {insert_new, O}) -> ets:insert_new(T, O);
do(T, {lookup, K}) -> ets:lookup(T, K);
do(T, {lookup_element, K, P}) -> ets:lookup_element(T, K, P);
do(T, {member, K}) -> ets:member(T, K);
do(T, {take, K}) -> ets:take(T, K);
do(T, {delete, K}) -> ets:delete(T, K);
do(T, {delete_object, O}) -> ets:delete_object(T, O);
do(T, {update_element, K, E}) -> ets:update_element(T, K, E);
do(T, {update_counter, K, C}) -> ets:update_counter(T, K, C);
do(T, {update_counter, K, C, D}) -> ets:update_counter(T, K, C, D);
do(T, first) -> ets:first(T);
do(T, last) -> ets:last(T);
do(T, {next, K}) -> ets:next(T, K);
do(T, {prev, K}) -> ets:prev(T, K);
do(T, walk) -> walk(T, next, ets:first(T));
do(T, walk_back) -> walk(T, prev, ets:last(T));
do(T, {match, P}) -> ets:match(T, P);
do(T, {match, P, N}) -> slices(match, ets:match(T, P, N));
do(T, {match_object, P}) -> ets:match_object(T, P);
do(T, {match_object, P, N}) -> slices(match_object, ets:match_object(T, P, N));
do(T, {match_delete, P}) -> ets:match_delete(T, P);
do(T, {select, S}) -> ets:select(T, S);
do(T, {select, S, N}) -> slices(select, ets:select(T, S, N));
do(T, {select_reverse, S}) -> ets:select_reverse(T, S);
do(T, {select_reverse, S, N}) -> slices(select_reverse, ets:select_reverse(T, S, N));
do(T, {select_count, S}) -> ets:select_count(T, S);
do(T, {select_delete, S}) -> ets:select_delete(T, S);
do(T, {select_replace, S}) -> ets:select_replace(T, S);
do(T, delete_all_objects) -> ets:delete_all_objects(T);
do(T, tab2list) -> ets:tab2list(T);
do(T, size) -> ets:info(T, size);
do(T, {rename, Name}) -> ets:rename(T, Name).

pid(P) when P =:= a; P =:= b -> get(P);
pid(P) -> P.

walk(_, _, '$end_of_table') -> [];
walk(T, Step, K) -> [K | walk(T, Step, ets:Step(T, K))].

slices(_, '$end_of_table') -> [];
slices(F, {Results, Continuation}) -> [Results | slices(F, ets:F(Continuation))].

%% Operations. Most are of objects that are there, or nearly. Of ets:update_counter/4 with a default that
%% is too short to have a key, OTP 25 crashes.
operation() ->
    case below(110) of
        N when N < 22 -> {insert, object()};
        N when N < 27 -> {insert, [object() || _ <- seq(below(5))]};
        27 -> {insert, one_of([[object() | object()], [object(), a], {}, {1}, a, [[]]])};
        N when N < 32 -> {insert_new, object()};
        N when N < 35 -> {insert_new, [object() || _ <- seq(below(4))]};
        N when N < 39 -> {lookup, a_key()};
        N when N < 42 -> {lookup_element, a_key(), one_of([1, 2, 3, 4, 0, -1, 9])};
        N when N < 44 -> {member, a_key()};
        N when N < 47 -> taking(a_key());
        N when N < 50 -> {delete, a_key()};
        N when N < 54 -> {delete_object, one_of([object(), object(), a_held_object(), {1}])};
        N when N < 58 -> {update_element, a_key(), one_of([update(), [update() || _ <- seq(below(4))]])};
        N when N < 63 -> {update_counter, a_key(), counters()};
        N when N < 67 -> {update_counter, a_key(), counters(), one_of([counted(), counted(), object()])};
        N when N < 71 -> step();
        71 -> one_of([walk, walk_back]);
        N when N < 74 -> {match, pattern()};
        74 -> {match, pattern(), limit()};
        N when N < 77 -> {match_object, pattern()};
        77 -> {match_object, pattern(), limit()};
        78 -> {match_delete, pattern()};
        N when N < 82 -> {select, spec()};
        N when N < 84 -> {select, spec(), limit()};
        84 -> {select_reverse, spec()};
        85 -> {select_reverse, spec(), limit()};
        N when N < 88 -> {select_count, counting()};
        N when N < 90 -> {select_delete, counting()};
        N when N < 95 -> {select_replace, replacing()};
        95 -> tab2list;
        96 -> size;
        97 -> {rename, one_of([one, two, three])};
        N when N > 105 -> {safe_fixtable, one_of([true, true, false, false])};
        N when N > 103 -> {info, one_of([protection, fixed, heir, owner, name, type, size])};
        N when N > 100 -> {setopts, one_of([{heir, none}, {heir, a, x}, {heir, b, "data"}, {heir, c, x}, []
                                            | protections()])};
        100 -> {give_away, one_of([a, b, c])};
        98 -> one_of([tab2list, tab2list, tab2list, delete_all_objects]);
        _ -> {delete_object, a_held_object()}
    end.

%% Where OTP 25 gives way as it inserts a list into a bag, that has its first protection again.
protections() ->
    case ets:info(get(table), type) of
        bag -> [];
        _ -> [{protection, public}, {protection, protected}, {protection, private}]
    end.

%% From a bag that is fixed OTP 25 takes more than there is: its size is then wrong.
taking(K) ->
    case ets:info(get(table), fixed) andalso lists:member(ets:info(get(table), type), [bag, duplicate_bag]) of
        true -> {lookup, K};
        false -> {take, K}
    end.

limit() -> one_of([1, 1, 2, 3, 10, 1000]).

%% Keys of a table by hash come in an order of its own.
step() ->
    case ets:info(get(table), type) of
        ordered_set -> one_of([first, last, {next, a_key()}, {prev, a_key()}]);
        _ -> size
    end.

a_key() -> one_of(get(keys)).

a_held_object() ->
    case catch ets:lookup(get(table), a_key()) of
        [_ | _] = Found -> one_of(Found);
        _ -> object()
    end.

object() -> with_key(a_key(), [value() || _ <- seq(1 + below(3))]).

counted() -> with_key(a_key(), [one_of([0, 5, -3, 1 bsl 59, a]), below(9), 1 bsl 64]).

with_key(K, [V | Rest]) ->
    case get(position) of
        1 -> list_to_tuple([K, V | Rest]);
        2 -> list_to_tuple([V, K | Rest])
    end.

update() -> {one_of([1, 2, 3, 3, 3, 4, 0, 9]), value()}.

counters() ->
    case below(8) of
        0 -> step_size();
        1 -> [counter() || _ <- seq(below(4))];
        2 -> [counter(), counter()];
        _ -> counter()
    end.

counter() ->
    P = one_of([1, 2, 3, 3, 3, 4, 0, 7]),
    case below(3) of
        0 -> {P, step_size(), one_of([10, -10, 0, 1 bsl 60, a]), one_of([0, 1, -(1 bsl 70), 2.5])};
        _ -> {P, step_size()}
    end.

step_size() -> one_of([1, 1, 2, -1, -7, 0, (1 bsl 59) - 1, -(1 bsl 60), 1 bsl 80, 1.5, a]).

%% Patterns: like objects.
pattern() ->
    case below(12) of
        0 -> '_';
        1 -> '$1';
        _ -> with_key(key_pattern(), [part() || _ <- seq(1 + below(3))])
    end.

key_pattern() ->
    case below(8) of
        0 -> '_';
        N when N < 3 -> '$1';
        3 -> {a, '$1'};
        4 -> {'$1', 1};
        5 -> one_of([{a, {x, '_'}}, #{a => '_'}, {#{}, '$1'}, {#{a => '$1'}, 1}]);
        _ -> a_key()
    end.

part() -> one_of(['_', '_', '$2', '$3', '$1', value()]).

spec() -> [{pattern(), guards(), body()} || _ <- seq(one_of([1, 1, 1, 2]))].

body() -> one_of([['$_'], ['$_'], ['$$'], ['$1'], [{{'$1', x}}], [{element, 2, '$_'}], [true]]).

counting() -> [{pattern(), guards(), [one_of([true, true, true, false, '$1'])]}
               || _ <- seq(one_of([1, 1, 2]))].

%% Most bodies keep the key.
replacing() ->
    {Head, Body} =
        case get(position) of
            1 -> one_of([{{'$1', '$2'}, {{'$1', value_body()}}},
                         {{'$1', '$2', '$3'}, {{'$1', '$3', '$2'}}},
                         {{'$1', '_'}, {setelement, 2, '$_', 1}},
                         {{'$1', '$2'}, {{'$2', '$1'}}},
                         {'$1', '$_'}]);
            2 -> one_of([{{'$1', '$2'}, {{value_body(), '$2'}}},
                         {{'$1', '$2', '$3'}, {{'$3', '$2', '$1'}}},
                         {{'$1', '$2'}, {{'$2', '$1'}}}])
        end,
    [{Head, guards(), [Body]}].

value_body() -> one_of([7, {const, {x, y}}, {'+', '$2', 1}, ['$1'], <<"new">>]).

guards() ->
    case below(3) of
        0 -> [one_of([{'>', '$1', a_number()}, {is_atom, '$1'}, {is_integer, '$1'},
                      {'=:=', '$1', 1}, {'==', '$1', 1}, {'=<', '$1', {const, {a, 2}}},
                      {'orelse', {is_float, '$1'}, {is_tuple, '$1'}}, {'==', '$2', 0}])];
        _ -> []
    end.

a_number() -> one_of([0, 1, 1.0, 2.5, 1 bsl 70]).

%% Keys and values.
keys(true) -> lists:sublist(shuffled(all_keys()), 5);
keys(false) -> all_keys() ++ [{b, N} || N <- seq(40)] ++ seq(60).

all_keys() ->
    [1, 1.0, 2, 2.0, -1, 0, 0.0, 2.5, 1 bsl 70, float(1 bsl 70), a, b, [], {}, "ab", [1 | 2],
     {a, 1}, {a, 1.0}, {a, 2}, {b, 1}, {a, {x, 1}}, {a, {x, 2}}, {x, {a, 1}}, <<"k">>,
     binary:copy(<<9>>, 100), #{}, #{a => 1}, #{a => 1.0}, #{a => 1, b => 2}, {#{}, 1}, {#{a => 1}, 1}, {1, [], <<"k">>}, {a, b, c}].

value() ->
    case below(14) of
        N when N < 5 -> below(4);
        5 -> one_of([1.0, 2.5, 0.0]);
        6 -> one_of([(1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64]);
        7 -> one_of([a, b, true]);
        8 -> [below(3), <<"x">>];
        9 -> {below(2), [a]};
        10 -> binary:copy(<<7>>, one_of([64, 65, 200]));
        11 -> #{k => below(2)};
        12 -> one_of([[], <<>>, {}]);
        _ -> one_of([{[binary:copy(<<5>>, 100)]}, "text"])
    end.

shuffled(List) -> [E || {_, E} <- lists:sort([{rand:uniform(), E} || E <- List])].
seq(0) -> [];
seq(N) -> lists:seq(1, N).
below(N) -> rand:uniform(N) - 1.
one_of(List) -> lists:nth(rand:uniform(length(List)), List).

%% Tables of every type: objects, counters, traversals, match specifications, errors.
%% What comes in no order that could be told is sorted here.
-module(lang_tables).
-export([sets/0, ordered_sets/0, bags/0, duplicate_bags/0, many_objects/0, key_positions/0,
         names/0, new_only/0, lists_at_once/0, counters/0, counter_bounds/0, big_counters/0,
         counter_defaults/0, counter_errors/0, elements/0, element_errors/0, taking/0,
         removing_objects/0, going_on/0, going_on_in_order/0, fixed/0, selecting/0,
         selecting_ranges/0, selecting_keys/0, select_bodies/0, counting_and_deleting/0,
         replacing/0, matching/0, missing_tables/0, bad_options/0, bad_objects/0,
         bad_specifications/0, informing/0, mixed_keys/0, growing_and_shrinking/0, big_objects/0,
         giving_way/1, half_made/1, long_walks/0, broken_walks/0]).

sort([]) -> [];
sort([X]) -> [X];
sort(List) ->
    {A, B} = halves(List, [], []),
    merge(sort(A), sort(B)).

halves([X | Rest], A, B) -> halves(Rest, [X | B], A);
halves([], A, B) -> {A, B}.

merge([X | A], [Y | B]) when X =< Y -> [X | merge(A, [Y | B])];
merge([X | A], [Y | B]) -> [Y | merge([X | A], B)];
merge([], B) -> B;
merge(A, []) -> A.

fill(_, N, N) -> ok;
fill(T, I, N) -> ets:insert(T, {I, I * I}), fill(T, I + 1, N).

sum([{K, V} | Rest], Sum) -> sum(Rest, (Sum * 31 + K * 7 + V) rem 1000000007);
sum([], Sum) -> Sum.

sets() ->
    T = ets:new(t, []),
    A = ets:insert(T, {a, 1}),
    B = ets:insert(T, {a, 2, extra}),
    C = ets:insert(T, {"key", <<"value">>}),
    {A, B, C, ets:lookup(T, a), ets:lookup(T, "key"), ets:lookup(T, b), ets:member(T, a),
     ets:member(T, b), ets:delete(T, a), ets:delete(T, a), ets:lookup(T, a),
     ets:lookup_element(T, "key", 2), sort(ets:tab2list(T)), ets:delete(T)}.

ordered_sets() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {K, x}) || K <- [3, 1.0, a, "b", {1, 2}, <<"c">>, 2, 10, -5, 1 bsl 70, #{}, [], 2.5]],
    ets:insert(T, {1, replaced}),
    {ets:tab2list(T), ets:lookup(T, 1.0), ets:lookup(T, 1), ets:first(T), ets:last(T),
     ets:next(T, 3), ets:next(T, 3.5), ets:prev(T, 3), ets:prev(T, -5), ets:next(T, <<"d">>)}.

bags() ->
    T = ets:new(t, [bag]),
    [ets:insert(T, O) || O <- [{k, 1}, {k, 2}, {k, 1}, {j, 1}, {k, 1.0}, {k, [x]}, {k, [x]}]],
    {ets:lookup(T, k), ets:lookup_element(T, k, 2), ets:member(T, k), ets:info(T, size),
     ets:delete_object(T, {k, 2}), ets:lookup(T, k), ets:delete(T, k), ets:info(T, size)}.

duplicate_bags() ->
    T = ets:new(t, [duplicate_bag]),
    [ets:insert(T, O) || O <- [{k, 1}, {k, 2}, {k, 1}, {j, 1}, {k, 1}]],
    {ets:lookup(T, k), ets:lookup_element(T, k, 2), ets:info(T, size),
     ets:delete_object(T, {k, 1}), ets:lookup(T, k), ets:take(T, k), sort(ets:tab2list(T))}.

many_objects() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 3000),
         {ets:info(T, size), sum(sort(ets:tab2list(T)), 0), ets:lookup(T, 1234)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

key_positions() ->
    T = ets:new(t, [{keypos, 2}]),
    ets:insert(T, {a, b, c}),
    {ets:lookup(T, b), ets:lookup(T, a), reason(catch ets:insert(T, {a})), ets:info(T, keypos),
     ets:lookup_element(T, b, 1), ets:update_element(T, b, {1, z}), ets:lookup(T, b)}.

names() ->
    T = ets:new(my_name, [named_table]),
    ets:insert(my_name, {1, 2}),
    Taken = (catch ets:new(my_name, [named_table])),
    Found = is_reference(ets:whereis(my_name)),
    New = ets:rename(my_name, other_name),
    {T, ets:info(New, name), ets:whereis(my_name), Found, reason(Taken), ets:lookup(other_name, 1),
     ets:delete(other_name), ets:whereis(other_name)}.

reason({'EXIT', {Reason, _}}) -> Reason;
reason(Other) -> Other.

new_only() ->
    T = ets:new(t, []),
    {ets:insert_new(T, {a, 1}), ets:insert_new(T, {a, 2}), ets:insert_new(T, [{b, 1}, {a, 3}]),
     ets:insert_new(T, [{c, 1}, {d, 3}]), ets:insert_new(T, []), sort(ets:tab2list(T))}.

lists_at_once() ->
    T = ets:new(t, []),
    B = ets:new(t, [bag]),
    L = [{I rem 7, I} || I <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    {ets:insert(T, L), ets:insert(B, L), sort(ets:tab2list(T)), ets:lookup(B, 1), ets:lookup(B, 3)}.

counters() ->
    T = ets:new(t, []),
    ets:insert(T, {c, 1, 10, 100}),
    {ets:update_counter(T, c, 5), ets:update_counter(T, c, {3, -3}),
     ets:update_counter(T, c, [{2, 1}, {3, 1}, {2, 1}]), ets:update_counter(T, c, []),
     ets:lookup(T, c)}.

counter_bounds() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, {c, 5}),
    {ets:update_counter(T, c, {2, 3, 7, 0}), ets:update_counter(T, c, {2, 3, 7, 0}),
     ets:update_counter(T, c, {2, -1, 0, 9}), ets:update_counter(T, c, {2, -1, 5, 9}),
     ets:update_counter(T, c, [{2, 0, -10, 4}, {2, 100, 1000, 1}]), ets:lookup(T, c)}.

big_counters() ->
    T = ets:new(t, []),
    ets:insert(T, {c, (1 bsl 59) - 1}),
    {ets:update_counter(T, c, 1), ets:update_counter(T, c, 1 bsl 100),
     ets:update_counter(T, c, -(1 bsl 100)), ets:update_counter(T, c, -1),
     ets:update_counter(T, c, {2, 1, 5, 1 bsl 80}), ets:lookup(T, c)}.

counter_defaults() ->
    T = ets:new(t, []),
    {ets:update_counter(T, a, 2, {x, 40}), ets:update_counter(T, a, 2, {x, 1000}),
     ets:update_counter(T, b, [{2, 1}, {3, 2}], {x, 10, 20, z}), sort(ets:tab2list(T))}.

counter_errors() ->
    T = ets:new(t, []),
    B = ets:new(t, [bag]),
    ets:insert(T, {c, 1, x}),
    ets:insert(B, {c, 1}),
    {[reason(catch F()) || F <- [
        fun() -> ets:update_counter(T, d, 1) end,
        fun() -> ets:update_counter(T, c, {1, 1}) end,
        fun() -> ets:update_counter(T, c, {4, 1}) end,
        fun() -> ets:update_counter(T, c, {3, 1}) end,
        fun() -> ets:update_counter(T, c, [{2, 1}, {3, 1}]) end,
        fun() -> ets:update_counter(T, c, {2, x}) end,
        fun() -> ets:update_counter(B, c, 1) end,
        fun() -> ets:update_counter(T, c, [1]) end,
        fun() -> ets:update_counter(T, d, 1, {x}) end]],
     ets:lookup(T, c)}.

elements() ->
    T = ets:new(t, []),
    ets:insert(T, {k, 1, 2, 3}),
    {ets:update_element(T, k, {2, "new"}), ets:update_element(T, k, [{3, a}, {4, {b, c}}, {3, d}]),
     ets:update_element(T, none, {2, x}), ets:lookup(T, k), ets:lookup_element(T, k, 4)}.

element_errors() ->
    T = ets:new(t, []),
    ets:insert(T, {k, 1}),
    {[reason(catch F()) || F <- [
        fun() -> ets:update_element(T, k, {1, x}) end,
        fun() -> ets:update_element(T, k, {3, x}) end,
        fun() -> ets:update_element(T, k, [{2, x}, {0, y}]) end,
        fun() -> ets:lookup_element(T, none, 1) end,
        fun() -> ets:lookup_element(T, k, 3) end]],
     ets:lookup(T, k)}.

taking() ->
    T = ets:new(t, [ordered_set]),
    fill(T, 0, 10),
    {ets:take(T, 3), ets:take(T, 3), ets:take(T, 4.0), ets:info(T, size), ets:tab2list(T)}.

removing_objects() ->
    T = ets:new(t, []),
    ets:insert(T, [{a, 1}, {b, 2}]),
    {ets:delete_object(T, {a, 2}), ets:delete_object(T, {a, 1}), ets:delete_object(T, {c}),
     ets:tab2list(T), ets:delete_all_objects(T), ets:tab2list(T)}.

going_on() ->
    T = ets:new(t, []),
    fill(T, 0, 200),
    {sort(keys(T, ets:first(T))), reason(catch ets:next(T, none)), ets:first(ets:new(e, []))}.

keys(_, '$end_of_table') -> [];
keys(T, Key) -> [Key | keys(T, ets:next(T, Key))].

keys_back(_, '$end_of_table') -> [];
keys_back(T, Key) -> [Key | keys_back(T, ets:prev(T, Key))].

going_on_in_order() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {(I * 7919) rem 1009}) || I <- keys_up(0, 300)],
    {keys(T, ets:first(T)), keys_back(T, ets:last(T))}.

keys_up(N, N) -> [];
keys_up(I, N) -> [I | keys_up(I + 1, N)].

fixed() ->
    T = ets:new(t, []),
    fill(T, 0, 100),
    ets:safe_fixtable(T, true),
    Fixed = ets:info(T, fixed),
    Met = delete_all(T, ets:first(T)),
    ets:safe_fixtable(T, false),
    {Fixed, sort(Met), ets:info(T, size), ets:info(T, fixed), ets:first(T)}.

delete_all(_, '$end_of_table') -> [];
delete_all(T, Key) ->
    ets:delete(T, Key),
    [Key | delete_all(T, ets:next(T, Key))].

selecting() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 100),
         {sort(ets:select(T, [{{'$1', '$2'}, [{'<', '$2', 50}], ['$1']}])),
          sort(ets:select(T, [{{'$1', '_'}, [{'==', {'rem', '$1', 9}, 0}], [{{'$1', a}}]}])),
          sort(ets:select(T, [{{3, '$1'}, [], ['$1']}, {{'$1', 16}, [], [{{x, '$1'}}]}])),
          length(ets:select(T, [{'_', [], ['$_']}]))}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

selecting_ranges() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {{A, B}, A * B}) || A <- [1, 2, 3, a], B <- [1, 2, 3], is_integer(A)],
    {ets:select(T, [{{{2, '$1'}, '$2'}, [], [{{'$1', '$2'}}]}]),
     ets:select(T, [{{{2, '_'}, '_'}, [], ['$_']}]),
     ets:select_reverse(T, [{{{'_', 2}, '$1'}, [], ['$1']}]),
     ets:select(T, [{{{4, '_'}, '_'}, [], ['$_']}]),
     ets:select_reverse(T, [{{{2, '$1'}, '_'}, [], ['$1']}])}.

selecting_keys() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 50),
         {ets:select(T, [{{7, '$1'}, [], ['$1']}]), ets:select(T, [{{7.0, '$1'}, [], ['$1']}]),
          sort(ets:select(T, [{{7, '_'}, [], ['$_']}, {{8, '_'}, [], ['$_']}])),
          ets:select(T, [{{none, '_'}, [], ['$_']}])}
     end || Type <- [set, ordered_set, bag]].

select_bodies() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{1, [a, b], #{x => 1}}, {2, <<"bin">>, {t, 1.5}}]),
    {ets:select(T, [{{'$1', '$2', '$3'}, [], ['$$']}]), ets:select(T, [{'$1', [], ['$1']}]),
     ets:select(T, [{{'$1', '$2', '_'}, [{is_list, '$2'}], [{{{hd, '$2'}, {length, '$2'}}}]}]),
     ets:select(T, [{{'_', '_', '$1'}, [], [{map_get, x, '$1'}]}]),
     ets:select(T, [{{'$1', '_', '_'}, [], [{const, {'$1', x}}]}]),
     ets:select(T, [{{'$1', '_', '_'}, [], [{'/', '$1', 2}]}])}.

counting_and_deleting() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 100),
         {ets:select_count(T, [{{'$1', '_'}, [{'>', '$1', 89}], [true]}]),
          ets:select_count(T, [{{'$1', '_'}, [{'>', '$1', 89}], [yes]}]),
          ets:select_delete(T, [{{'$1', '_'}, [{'=<', '$1', 89}], [true]}]),
          sort(ets:tab2list(T)), ets:match_delete(T, {95, '_'}), ets:info(T, size)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

replacing() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 20),
         {ets:select_replace(T, [{{'$1', '$2'}, [{'<', '$1', 5}], [{{'$1', {'+', '$2', 1000}}}]}]),
          reason(catch ets:select_replace(T, [{{'$1', '$2'}, [], [{{'$2', '$1'}}]}])),
          sort(ets:tab2list(T))}
     end || Type <- [set, ordered_set, duplicate_bag]].

matching() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{1, {a, x}}, {2, {b, x}}, {3, {a, y}}, {4, other}]),
    {ets:match(T, {'$1', {a, '$2'}}), ets:match(T, {'$2', {'_', '$1'}}), ets:match(T, {1, '_'}),
     ets:match_object(T, {'_', {'_', x}}), ets:match_object(T, {'$1', '$1'}), ets:match(T, '$1'),
     ets:match_delete(T, {'_', {a, '_'}}), ets:tab2list(T)}.

missing_tables() ->
    T = ets:new(t, []),
    ets:delete(T),
    [reason(catch F()) || F <- [
        fun() -> ets:lookup(T, 1) end, fun() -> ets:insert(T, {1}) end,
        fun() -> ets:delete(T) end, fun() -> ets:lookup(no_such_table, 1) end,
        fun() -> ets:first(17) end, fun() -> ets:select(T, [{'_', [], ['$_']}]) end,
        fun() -> ets:tab2list(T) end]].

bad_options() ->
    [reason(catch ets:new(N, O)) || {N, O} <- [
        {"name", []}, {t, [no_option]}, {t, [{keypos, 0}]}, {t, [{keypos, x}]}, {t, set},
        {t, [set | bag]}, {t, [{heir, x, y}]}, {t, [{write_concurrency, x}]}, {1, []}]].

bad_objects() ->
    T = ets:new(t, [{keypos, 2}]),
    {[reason(catch ets:insert(T, O)) || O <- [x, {a}, {}, [x], [{a, b}, {c}], [{a, b} | c]]],
     ets:tab2list(T)}.

bad_specifications() ->
    T = ets:new(t, []),
    ets:insert(T, {1, 2}),
    [reason(catch ets:select(T, S)) || S <- [
        x, [], [x], [{'_', [], []}], [{'_', [x | y], ['$_']}], [{{'$1'}, [], ['$2']}],
        [{'_', [{no_such, 1}], ['$_']}], [{'_', [], [{a, b}]}], [{'_', [], ['$_']} | x]]].

informing() ->
    T = ets:new(some_name, [bag, public, {keypos, 3}, {read_concurrency, true}, named_table]),
    [ets:info(T, I) || I <- [size, type, protection, keypos, named_table, name, compressed, fixed,
                             read_concurrency, write_concurrency, heir]].

mixed_keys() ->
    T = ets:new(t, []),
    Keys = [1, 1.0, a, 'A', "a", <<"a">>, {}, {a}, {1}, {1.0}, [], [1], [1 | 2], #{}, #{a => 1},
            1 bsl 64, -(1 bsl 64), <<1:7>>, fun erlang:self/0, 0.1, [[]], {{}}],
    [ets:insert(T, {K, number(K, Keys, 1)}) || K <- Keys],
    {ets:info(T, size), [ets:lookup_element(T, K, 2) || K <- Keys]}.

number(K, [L | _], N) when K =:= L -> N;
number(K, [_ | Rest], N) -> number(K, Rest, N + 1).

growing_and_shrinking() ->
    [begin
         T = ets:new(t, [Type]),
         fill(T, 0, 2000),
         [ets:delete(T, K) || K <- keys_up(10, 1990)],
         Few = sort(ets:tab2list(T)),
         fill(T, 500, 700),
         {Few, ets:info(T, size), sum(sort(ets:tab2list(T)), 0)}
     end || Type <- [set, ordered_set, bag]].

big_objects() ->
    T = ets:new(t, []),
    Deep = nest(300, []),
    ets:insert(T, {deep, Deep}),
    ets:insert(T, {wide, keys_up(0, 2000), list_to_tuple(keys_up(0, 500))}),
    [{wide, L, W}] = ets:lookup(T, wide),
    {ets:lookup_element(T, deep, 2) =:= Deep, length(L), tuple_size(W), hd(L), element(500, W),
     ets:select(T, [{{wide, '$1', '_'}, [], [{length, '$1'}]}])}.

nest(0, Term) -> Term;
nest(N, Term) -> nest(N - 1, {N, [Term]}).

%% Whether another process runs during each call, and not only before and behind it.
giving_way(Size) ->
    Ticks = ets:new(t, [public]),
    ets:insert(Ticks, {n, 0}),
    Ticker = spawn(fun() -> ticker(Ticks) end),
    Answers =
        [begin
             T = ets:new(t, [Type, public]),
             ets:insert(T, [{I, 0} || I <- keys_up(0, Size)]),
             Compiled = ets:match_spec_compile([{{'$1', 7}, [], ['$1']}]),
             Objects = ets:tab2list(T),
             [begin
                  [{n, Before}] = ets:lookup(Ticks, n),
                  F(),
                  [{n, After}] = ets:lookup(Ticks, n),
                  After > Before + 3
              end || F <- [
                fun() -> ets:select(T, [{{'$1', 7}, [], ['$1']}]) end,
                fun() -> ets:select(T, [{{'$1', 7}, [], ['$1']}], 10) end,
                fun() -> ets:select_reverse(T, [{{'$1', 7}, [], ['$1']}]) end,
                fun() -> ets:match(T, {'$1', 7}) end,
                fun() -> ets:match_object(T, {'$1', '_'}) end,
                fun() -> ets:match_object(T, {'$1', 7}, 3) end,
                fun() -> ets:select_count(T, [{{'$1', 0}, [], [true]}]) end,
                fun() -> ets:match_spec_run_r(Objects, Compiled, []) end,
                fun() -> ets:select_replace(T, [{{'$1', 0}, [], [{{'$1', 1}}]}]) end,
                fun() -> ets:tab2list(T) end,
                fun() -> apply(ets, select_delete, [T, [{{'$1', 7}, [], [true]}]]) end,
                fun() -> ets:match_delete(T, {'$1', 1}) end]]
         end || Type <- [set, ordered_set]],
    exit(Ticker, kill),
    Answers.

%% A table whose heir is to be told much: where there is no memory for that, there is no table.
half_made(Size) ->
    Much = keys_up(0, Size),
    case catch ets:new(half, [named_table, {heir, self(), Much}]) of
        half -> made;
        {'EXIT', {system_limit, _}} ->
            case ets:whereis(half) of
                undefined -> refused;
                _ -> stays
            end
    end.

ticker(Ticks) ->
    ets:update_counter(Ticks, n, 1),
    erlang:yield(),
    ticker(Ticks).

%% Walks that take several turns give the same as short ones, and leave the table unfixed.
long_walks() ->
    [begin
         T = ets:new(t, [Type]),
         N = 20000,
         ets:insert(T, [{I, I rem 7} || I <- keys_up(0, N)]),
         Third = [{{'$1', 3}, [], ['$1']}],
         Selected = ets:select(T, Third),
         Reversed = ets:select_reverse(T, Third),
         Slices = slices(ets:select(T, Third, 1000)),
         All = ets:tab2list(T),
         InOrder = case Type of
                       ordered_set -> {hd(Selected), hd(Reversed), hd(All), length(hd(Slices))};
                       _ -> length(hd(Slices))
                   end,
         {InOrder, sum([{K, 1} || K <- sort(Selected)], 0), sum([{K, 1} || K <- sort(Reversed)], 0),
          sum([{K, 1} || K <- sort(joined(Slices))], 0), sum(sort(All), 0),
          length(ets:match(T, {'$1', 5})), ets:select_count(T, [{{'_', 2}, [], [true]}]),
          ets:select_replace(T, [{{'$1', 2}, [], [{{'$1', 20}}]}]), ets:match_delete(T, {'_', 1}),
          ets:select_delete(T, [{{'$1', '_'}, [{'<', '$1', 15000}], [true]}]), ets:info(T, size),
          sum(sort(ets:tab2list(T)), 0), ets:info(T, fixed)}
     end || Type <- [set, ordered_set]].

slices({Results, '$end_of_table'}) -> [Results];
slices({Results, Continuation}) -> [Results | slices(ets:select(Continuation))];
slices('$end_of_table') -> [].

joined([]) -> [];
joined([L | Rest]) -> L ++ joined(Rest).

%% A table that ends in the middle of a walk, and a process that does.
broken_walks() ->
    Self = self(),
    [begin
         Owner = spawn(fun() ->
             T = ets:new(t, [Type, public]),
             ets:insert(T, [{I, 0} || I <- keys_up(0, 60000)]),
             Self ! {table, T},
             receive stop -> ok end
         end),
         T = receive {table, Table} -> Table end,
         {Walker, Monitor} = spawn_monitor(fun() ->
             Self ! walking,
             exit({done, (catch element(1, element(2, walks(T))))})
         end),
         receive walking -> ok end,
         exit(Owner, kill),
         Reason = receive {'DOWN', Monitor, process, Walker, R} -> R end,
         Reason
     end || Type <- [set, ordered_set]] ++
    [begin
         T = ets:new(t, [Type, public]),
         ets:insert(T, [{I, 0} || I <- keys_up(0, 60000)]),
         {Walker, Monitor} = spawn_monitor(fun() -> Self ! walking, walks(T) end),
         receive walking -> ok end,
         exit(Walker, kill),
         receive {'DOWN', Monitor, process, Walker, R} -> ok end,
         {R, ets:info(T, fixed), ets:info(T, size)}
     end || Type <- [set, ordered_set]].

walks(T) ->
    case catch ets:select_count(T, [{{'$1', 7}, [], [true]}]) of
        N when is_integer(N) -> walks(T);
        Other -> Other
    end.

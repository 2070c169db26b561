%% Tables in slices: limits and continuations, compiled specifications, slots, what tables tell.
%% What comes in no order that could be told is sorted here.
-module(lang_slices).
-export([limits/0, all_of_it/0, bags_in_slices/0, bound_keys/0, ranges/0, reversed/0,
         used_twice/0, going_on_while_deleting/0, matches/0, ends/0, bad_continuations/0,
         compiled/0, slots/0, bad_slots/0, reports/0, heirs/0, fixations/0, deleting_by_key/0,
         deleting_ranges/0, replacing_by_key/0, deleting_much/0]).

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

reason({'EXIT', {Reason, _}}) -> Reason;
reason(Other) -> {returned, Other}.

types() -> [set, ordered_set, bag, duplicate_bag].

fill(_, N, N) -> ok;
fill(T, I, N) -> ets:insert(T, {I, I * I}), fill(T, I + 1, N).

table(Type, N) -> T = ets:new(t, [Type]), fill(T, 0, N), T.

everything() -> [{'_', [], ['$_']}].

%% The number of results and what follows, for each limit.
shape('$end_of_table') -> ends;
shape({Results, '$end_of_table'}) -> {length(Results), ends};
shape({Results, _}) -> {length(Results), goes_on}.

limits() ->
    [[shape(ets:select(table(Type, 4), everything(), Limit)) || Limit <- [1, 3, 4, 5, 100]]
     || Type <- types()].

%% All results and the sizes of the slices.
slices('$end_of_table', All, Sizes) -> {sort(All), Sizes};
slices({Results, Next}, All, Sizes) ->
    slices(ets:select(Next), Results ++ All, [length(Results) | Sizes]).

all_of_it() ->
    [slices(ets:select(table(Type, 100), [{{'$1', '_'}, [{'>', '$1', 9}], ['$1']}], 7), [], [])
     || Type <- types()].

bags_in_slices() ->
    [begin
         T = ets:new(t, [Type]),
         [ets:insert(T, {K, V}) || K <- [a, b, c], V <- [1, 2, 3, 4, 5, 6, 7]],
         ets:insert(T, {d, 1}),
         {All, Sizes} = slices(ets:select(T, everything(), 3), [], []),
         {Few, FewSizes} = slices(ets:select(T, [{{b, '$1'}, [], ['$1']}], 2), [], []),
         {All, Sizes, Few, FewSizes}
     end || Type <- [bag, duplicate_bag]].

bound_keys() ->
    [begin
         T = table(Type, 20),
         {shape(ets:select(T, [{{7, '$1'}, [], ['$1']}], 1)),
          shape(ets:select(T, [{{77, '$1'}, [], ['$1']}], 1)),
          slices(ets:select(T, [{{7, '_'}, [], ['$_']}], 3), [], [])}
     end || Type <- types()].

ranges() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {{A, B}, x}) || A <- [1, 2, 3], B <- [1, 2, 3, 4, 5]],
    Pattern = [{{{2, '$1'}, '_'}, [], ['$1']}],
    {A, N} = ets:select(T, Pattern, 2),
    {B, M} = ets:select(N),
    {C, K} = ets:select(M),
    {A, B, C, case K of '$end_of_table' -> K; _ -> ets:select(K) end}.

reversed() ->
    T = table(ordered_set, 10),
    {A, N} = ets:select_reverse(T, everything(), 4),
    {B, M} = ets:select_reverse(N),
    {C, K} = ets:select_reverse(M),
    {A, B, C, case K of '$end_of_table' -> K; _ -> ets:select_reverse(K) end,
     slices(ets:select_reverse(table(set, 10), everything(), 4), [], [])}.

used_twice() ->
    T = table(ordered_set, 10),
    {_, Next} = ets:select(T, everything(), 4),
    {First, _} = ets:select(Next),
    {Second, _} = ets:select(Next),
    {First =:= Second, First}.

%% Every object that stays is met once, whatever is deleted between the slices.
going_on_while_deleting() ->
    [begin
         T = table(Type, 200),
         ets:safe_fixtable(T, true),
         Met = deleting(T, ets:select(T, [{{'$1', '_'}, [], ['$1']}], 5), []),
         ets:safe_fixtable(T, false),
         {length(Met), odd(sort(Met)), ets:info(T, size)}
     end || Type <- types()].

deleting(_, '$end_of_table', Met) -> Met;
deleting(T, {Keys, Next}, Met) ->
    [ets:delete(T, K) || K <- Keys, K rem 2 =:= 0],
    deleting(T, ets:select(Next), Keys ++ Met).

odd([K | Rest]) when K rem 2 =:= 1 -> [K | odd(Rest)];
odd([_ | Rest]) -> odd(Rest);
odd([]) -> [].

matches() ->
    T = table(ordered_set, 5),
    {A, N} = ets:match(T, {'$1', '$2'}, 2),
    {B, _} = ets:match(N),
    {C, M} = ets:match_object(T, {'_', '$1'}, 3),
    {D, _} = ets:match_object(M),
    {A, B, C, D}.

ends() ->
    T = ets:new(t, []),
    {ets:select(T, everything(), 5), ets:match(T, '$1', 5), ets:match_object(T, '_', 5),
     ets:select('$end_of_table'), ets:match('$end_of_table'), ets:match_object('$end_of_table'),
     ets:select_reverse('$end_of_table')}.

bad_continuations() ->
    T = table(set, 10),
    {_, Next} = ets:select(T, everything(), 3),
    ets:delete(T),
    U = table(set, 10),
    [reason(catch F()) || F <- [
        fun() -> ets:select(Next) end, fun() -> ets:select(x) end, fun() -> ets:select({U, 1}) end,
        fun() -> ets:match({U, 1, 2, 3}) end, fun() -> ets:select(U, everything(), 0) end,
        fun() -> ets:select(U, everything(), -1) end, fun() -> ets:select(U, everything(), x) end,
        fun() -> ets:match(U, '$1', 0) end, fun() -> ets:select(U, [x], 1) end]].

compiled() ->
    Spec = ets:match_spec_compile([{{'$1', '$2'}, [{'>', '$1', 1}], ['$2']}]),
    {ets:is_compiled_ms(Spec), ets:is_compiled_ms(x), ets:is_compiled_ms([]),
     ets:match_spec_run_r([{1, a}, {2, b}, x, {3, "c"}], Spec, [before]),
     reason(catch ets:match_spec_run_r([{2, b} | x], Spec, [])),
     reason(catch ets:match_spec_run_r([{2, b}], x, [])),
     reason(catch ets:match_spec_compile([x]))}.

slots() ->
    [begin
         T = table(Type, 50),
         Objects = all_slots(T, ets:slot(T, 0), 1, []),
         {length(Objects), sort(Objects) =:= sort(ets:tab2list(T))}
     end || Type <- types()]
        ++ [ets:slot(table(ordered_set, 3), N) || N <- [0, 1, 2, 3]].

all_slots(_, '$end_of_table', _, All) -> All;
all_slots(T, Objects, N, All) -> all_slots(T, ets:slot(T, N), N + 1, Objects ++ All).

bad_slots() ->
    T = table(ordered_set, 3),
    [reason(catch ets:slot(T, N)) || N <- [-1, 4, x]].

reports() ->
    [begin
         T = ets:new(some_name, Options),
         [{Key, Value} || {Key, Value} <- ets:info(T), Key =/= id, Key =/= memory, Key =/= owner]
     end || Options <- [[], [ordered_set, public, {write_concurrency, true}], [bag, private],
                        [public, {write_concurrency, auto}, {keypos, 2}],
                        [public, {write_concurrency, true}, {decentralized_counters, true}]]]
        ++ [ets:info(no_such_table), ets:info(no_such_table, size),
            reason(catch ets:info(1, size)), reason(catch ets:info(x, 1))].

heirs() ->
    T = ets:new(t, []),
    {ets:info(T, heir), ets:setopts(T, {heir, self(), data}), ets:info(T, heir) =:= self(),
     ets:setopts(T, [{heir, none}]), ets:info(T, heir), reason(catch ets:setopts(T, {heir, x, y})),
     reason(catch ets:setopts(T, [{keypos, 2}])), reason(catch ets:setopts(T, x))}.

fixations() ->
    T = ets:new(t, []),
    None = {ets:info(T, fixed), ets:info(T, safe_fixed), ets:info(T, safe_fixed_monotonic_time)},
    ets:safe_fixtable(T, true),
    ets:safe_fixtable(T, true),
    {{_, _, _}, [{Pid, Count}]} = ets:info(T, safe_fixed),
    {Time, [{Pid, Count}]} = ets:info(T, safe_fixed_monotonic_time),
    {None, Pid =:= self(), Count, is_integer(Time), ets:info(T, fixed), ets:info(T, binary)}.

deleting_by_key() ->
    [begin
         T = ets:new(t, [Type]),
         [ets:insert(T, {K, V}) || K <- [1, 2, 3], V <- [a, b, c]],
         {ets:select_delete(T, [{{2, '_'}, [], [true]}]), ets:match_delete(T, {3, b}),
          ets:select_delete(T, [{{9, '_'}, [], [true]}]), sort(ets:tab2list(T)),
          ets:select_delete(T, [{{1, a}, [], [true]}, {{3, c}, [], [true]}]), sort(ets:tab2list(T))}
     end || Type <- types()].

deleting_ranges() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {{A, B}, A + B}) || A <- [1, 2, 3], B <- [1, 2, 3]],
    {ets:select_delete(T, [{{{2, '_'}, '$1'}, [{'>', '$1', 3}], [true]}]), ets:tab2list(T),
     ets:select_delete(T, [{{{3, '_'}, '_'}, [], [true]}]), ets:tab2list(T),
     ets:select_delete(T, [{'_', [], [true]}]), ets:tab2list(T)}.

replacing_by_key() ->
    [begin
         T = table(Type, 5),
         {ets:select_replace(T, [{{3, '$1'}, [], [{{3, {'-', '$1'}}}]}]),
          ets:select_replace(T, [{{8, '$1'}, [], [{{8, x}}]}]), sort(ets:tab2list(T))}
     end || Type <- [set, ordered_set, duplicate_bag]].

%% More than one slice of work, with keys that are no small integers.
deleting_much() ->
    [begin
         T = ets:new(t, [Type]),
         [ets:insert(T, {{key, I}, I}) || I <- up(0, 2500)],
         {ets:select_replace(T, [{{'$1', '$2'}, [{'<', '$2', 2000}], [{{'$1', {'+', '$2', 1}}}]}]),
          ets:select_delete(T, [{{'_', '$1'}, [{'==', {'rem', '$1', 3}, 0}], [true]}]),
          ets:info(T, size), ets:select_count(T, [{{'_', '$1'}, [{'<', '$1', 100}], [true]}])}
     end || Type <- [set, ordered_set, duplicate_bag]].

up(N, N) -> [];
up(I, N) -> [I | up(I + 1, N)].

%% Maps of every size, on both sides of 32 keys. Answers are lists and sums: short to print.
-module(lang_maps).
-export([small_sizes/0, large_sizes/0, keys_in_order/0, values_in_order/0, literals/0, merges/0,
         shrinking/0, updates/0, several_at_once/0, iterating/0, missing_keys/0,
         mixed_keys/0, taking/0, guards/0, zeros/0]).

seq(N, N) -> [N];
seq(I, N) when I < N -> [I | seq(I + 1, N)];
seq(_, _) -> [].

sum([X | Rest], Sum) -> sum(Rest, (Sum * 31 + X) rem 1000000007);
sum([], Sum) -> Sum.

pairs([K | Rest]) -> [{K, K * 7} | pairs(Rest)];
pairs([]) -> [].

%% Built key by key, all at once, and with one instruction a key; then looked at.
check(N) ->
    Keys = seq(1, N),
    One = put_all(Keys, #{}),
    Two = maps:from_list(pairs(Keys)),
    Three = update_all(Keys, maps:from_keys(Keys, none)),
    {map_size(One), sum(maps:keys(One), 0), sum(maps:keys(Two), 0), sum(maps:values(Three), 0),
     sum(get_all(Keys, One), 0), sum(match_all(Keys, Two), 0), maps:is_key(0, Three),
     maps:find(N, Two), maps:find(N + 1, Two)}.

put_all([K | Rest], Map) -> put_all(Rest, maps:put(K, K * 7, Map));
put_all([], Map) -> Map.

update_all([K | Rest], Map) -> update_all(Rest, Map#{K := K * 7});
update_all([], Map) -> Map.

get_all([K | Rest], Map) -> [maps:get(K, Map) | get_all(Rest, Map)];
get_all([], _) -> [].

match_all([K | Rest], Map) ->
    #{K := V} = Map,
    [V | match_all(Rest, Map)];
match_all([], _) -> [].

check_all([N | Rest]) -> [check(N) | check_all(Rest)];
check_all([]) -> [].

small_sizes() -> check_all([1, 2, 3, 8, 31, 32, 33, 34, 40]).

large_sizes() -> check_all([100, 257, 1000, 5000]).

keys_in_order() -> {maps:keys(map(32)), maps:keys(map(33)), maps:keys(map(70))}.

values_in_order() -> {maps:values(map(32)), maps:values(map(33)), maps:values(map(70))}.

map(N) -> maps:from_list(pairs(seq(1, N))).

literals() ->
    M = #{1 => a, 2 => b, 3 => c, 4 => d, 5 => e, 6 => f, 7 => g, 8 => h, 9 => i, 10 => j,
          11 => k, 12 => l, 13 => m, 14 => n, 15 => o, 16 => p, 17 => q, 18 => r, 19 => s, 20 => t,
          21 => u, 22 => v, 23 => w, 24 => x, 25 => y, 26 => z, 27 => aa, 28 => bb, 29 => cc,
          30 => dd, 31 => ee, 32 => identity(ff), 33 => gg, 34 => hh},
    {map_size(M), maps:keys(M), maps:values(M)}.

identity(X) -> X.

merges() ->
    [merge(A, B) || A <- [0, 1, 20, 32, 33, 60], B <- [0, 1, 20, 32, 33, 60]].

merge(A, B) ->
    Left = map(A),
    Right = maps:from_keys(seq(10, 10 + B), B),
    M = maps:merge(Left, Right),
    {map_size(M), sum(maps:keys(M), 0), sum(maps:values(M), 0)}.

shrinking() -> shrink(map(50), seq(1, 50)).

shrink(Map, [K | Rest]) ->
    Less = maps:remove(K, maps:remove(100, Map)),
    [{map_size(Less), sum(maps:keys(Less), 0)} | shrink(Less, Rest)];
shrink(_, []) -> [].

updates() ->
    M = map(50),
    U = maps:update(7, seven, M),
    {maps:get(7, M), maps:get(7, U), map_size(U), map_get(50, U#{50 := x, 51 => y}),
     map_size(U#{50 := x, 51 => y})}.

several_at_once() ->
    M = map(40),
    N = M#{1 => a, 41 => b, 42 => c, 2 => d, 43 => e},
    F = map(30),
    G = F#{1 => a, 31 => b, 32 => c, 33 => d, 34 => e},
    {map_size(N), maps:keys(N), map_size(G), maps:keys(G), maps:get(1, N), maps:get(1, G),
     maps:keys((map(31))#{31 => x, 32 => y}), maps:values((map(31))#{3 := x, 2 := y})}.

iterating() ->
    {walk(erts_internal:map_next(0, map(5), iterator)),
     erts_internal:map_next(0, map(5), [])}.

walk({K, V, Next}) -> [{K, V} | walk(Next)];
walk(none) -> [].

missing_keys() ->
    M = map(100),
    {fails(fun() -> maps:get(0, M) end), fails(fun() -> maps:update(0, x, M) end),
     fails(fun() -> M#{0 := x} end), fails(fun() -> M#{1 := x, 0 := y} end),
     maps:find(0, M), maps:is_key(a, M), maps:is_key({1}, M), maps:is_key(1.0, M)}.

fails(Fun) -> try Fun() catch error:Reason -> Reason end.

mixed_keys() ->
    M = mixed(seq(1, 60), #{}),
    {map_size(M), look(seq(1, 60), M)}.

mixed([I | Rest], Map) -> mixed(Rest, Map#{key(I) => I});
mixed([], Map) -> Map.

look([I | Rest], Map) -> [maps:find(key(I), Map) | look(Rest, Map)];
look([], _) -> [].

key(I) when I rem 6 =:= 0 -> I;
key(I) when I rem 6 =:= 1 -> I * 1.0;
key(I) when I rem 6 =:= 2 -> {I, [I]};
key(I) when I rem 6 =:= 3 -> [I, $a, {I}];
key(I) when I rem 6 =:= 4 -> I bsl 80;
key(I) -> integer_to_list(I).

taking() ->
    {V, M} = maps:take(33, map(33)),
    {W, N} = maps:take(5, map(60)),
    {V, map_size(M), maps:keys(M), W, map_size(N), maps:take(0, N)}.

guards() -> {guard(map(33), 33), guard(map(33), 34), guard(map(3), 3)}.

guard(Map, Key) when is_map_key(Key, Map), map_size(Map) > 32 -> {large, map_get(Key, Map)};
guard(Map, Key) when map_get(Key, Map) > 1 -> small;
guard(_, _) -> none.

%% 0.0 and -0.0 are one key; which of them stays differs.
zeros() ->
    Flat = #{0.0 => a, x => b},
    Large = maps:put(0.0, a, map(40)),
    {zero(maps:keys(maps:put(-0.0, c, Flat))), zero(maps:keys(maps:put(-0.0, c, Large))),
     zero(maps:keys(Flat#{-0.0 => c, y => d})), zero(maps:keys(Large#{-0.0 := c})),
     zero(maps:keys(maps:merge(Flat, #{-0.0 => c}))), zero(maps:keys(maps:merge(#{-0.0 => c}, Flat))),
     zero(maps:keys(maps:merge(Large, #{-0.0 => c}))),
     zero(maps:keys(maps:merge(#{-0.0 => c}, Large)))}.

zero([Z | _]) when Z == 0 -> Z;
zero([_ | Rest]) -> zero(Rest);
zero([]) -> none.

%% Terms and the instructions that take them apart, choose by them and build them. Each function
%% without arguments is a test; its answer is what real Erlang returns.
-module(lang_data).
-export([dense/0, sparse/0, few/0, atoms/0, mixed/0, float_choice/0, large_choice/0, arities/0,
         tuples/0, records/0, set_elements/0, lists/0, comprehensions/0, strings/0, comparisons/0,
         exact_comparisons/0, type_tests/0, guards/0, boolean_guards/0, integers/0, small_edges/0,
         divisions/0, bits/0, floats/0, float_registers/0, conversions/0, maps/0, map_updates/0,
         map_matches/0, map_errors/0, map_of_32/0, map_comparisons/0, min_max/0, literals/0,
         nested_data/0, improper_lists/0, swaps/0, dictionary/0]).

-record(point, {x = 0, y, z = [1, 2]}).
-record(wide, {a, b, c, d, e, f, g, h, i, j}).

id(X) -> X.

outcome(F) -> try F() catch Class:Reason -> {Class, Reason} end.

dense() -> [dense(id(N)) || N <- [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, a, 3.0, [], 1 bsl 70]].

dense(0) -> zero; dense(1) -> one; dense(2) -> two; dense(3) -> three; dense(5) -> five;
dense(6) -> six; dense(7) -> seven; dense(9) -> nine; dense(_) -> other.

sparse() ->
    [sparse(id(N)) || N <- [-100000, -1, 0, 17, 1000, 99999, 1 bsl 40, (1 bsl 59) - 1, -(1 bsl 59),
                            5, 18, {}, 1 bsl 59]].

sparse(-100000) -> a; sparse(-1) -> b; sparse(0) -> c; sparse(17) -> d; sparse(1000) -> e;
sparse(99999) -> f; sparse(1099511627776) -> g; sparse(576460752303423487) -> h;
sparse(-576460752303423488) -> i; sparse(_) -> other.

few() -> [few(id(N)) || N <- [10, 2000, -3, 11, few]].

few(10) -> ten; few(2000) -> many; few(-3) -> minus; few(_) -> other.

atoms() -> [atom(id(A)) || A <- [a, b, c, d, e, f, g, h, i, [], 1, true]].

atom(a) -> 1; atom(b) -> 2; atom(c) -> 3; atom(d) -> 4; atom(e) -> 5; atom(f) -> 6; atom(g) -> 7;
atom(h) -> 8; atom([]) -> 9; atom(true) -> 10; atom(_) -> none.

mixed() -> [mixed(id(T)) || T <- [a, 1, [], {}, {x}, [1], 1.0, "x", 100000000000000000000, b, 2]].

mixed(a) -> atom; mixed(1) -> small; mixed([]) -> nil; mixed({}) -> empty; mixed({x}) -> tuple;
mixed([1]) -> list; mixed(1.0) -> float; mixed(100000000000000000000) -> large; mixed(b) -> b;
mixed(_) -> other.

float_choice() -> [float_choice(id(F)) || F <- [1.0, 2.5, -0.0, 0.0, 3.0e100, 1, 2.4]].

float_choice(1.0) -> one; float_choice(2.5) -> two_and_half; float_choice(3.0e100) -> huge;
float_choice(0.0) -> zero; float_choice(_) -> other.

large_choice() ->
    [large(id(N)) || N <- [1 bsl 64, -(1 bsl 64), 1 bsl 59, 12345678901234567890123, 7, 8]].

large(18446744073709551616) -> a; large(-18446744073709551616) -> b;
large(576460752303423488) -> c; large(12345678901234567890123) -> d; large(7) -> e;
large(_) -> other.

arities() -> [arity(id(T)) || T <- [{}, {1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}, a, [], {1, 2, 3, 4, 5}]].

arity({}) -> 0; arity({A}) -> A; arity({_, B}) -> {two, B}; arity({A, _, C}) -> {A, C};
arity({_, _, _, D}) -> D; arity(_) -> other.

tuples() ->
    A = id(1), B = id([2]), C = id({3}),
    {{}, {A}, {A, B}, {A, B, C, {A, {B, {C}}}}, {A, x, B, 1.5, C, [], {}, A, B, C, A, B, C, A, B, C, 17},
     element(id(2), {A, B}), tuple_size(id({A, B, C}))}.

records() ->
    P = #point{y = id(2)},
    Q = P#point{x = id(7), z = none},
    R = Q#point{x = id(8)},
    #point{x = X, z = Z} = R,
    W = #wide{a = id(1), j = id(10)},
    V = W#wide{b = 2, c = id(3), d = 4, e = id(5), f = 6, g = id(7), h = 8, i = 9},
    {P, Q, R, X, Z, is_record(id(P), point), is_record(id({point}), point), is_point(P),
     is_point(W), W, V, V#wide.e, #point.y}.

is_point(#point{}) -> true;
is_point(_) -> false.

%% Chains of setelement become one copy and writes into it.
set_elements() ->
    T = id({a, b, c, d, e}),
    X = id([x]),
    U = setelement(1, setelement(3, setelement(5, T, X), {X}), 7),
    V = setelement(id(2), U, U),
    {T, U, V, outcome(fun() -> setelement(id(6), T, a) end),
     outcome(fun() -> setelement(1, id(a), a) end)}.

lists() ->
    [H | T] = id([1, 2, 3]),
    [A, B | C] = T,
    [_ | D] = id([x | y]),
    {H, T, A, B, C, D, [H | T], [A, B | D], hd(T), tl(T), length(T), last(id([1, 2, 3])),
     append(id([1, 2]), [3]), rev(id("hello"), [])}.

last([X]) -> X;
last([_ | T]) -> last(T).

append([H | T], L) -> [H | append(T, L)];
append([], L) -> L.

rev([H | T], A) -> rev(T, [H | A]);
rev([], A) -> A.

comprehensions() ->
    L = id([1, 2, 3, 4, 5]),
    {[X * X || X <- L], [X || X <- L, X rem 2 =:= 0], [{X, Y} || X <- L, Y <- [a, b], X > 3],
     [X || {X, 1} <- id([{a, 1}, b, {c, 2}, {d, 1}])],
     [[Y || Y <- X] || X <- id([[1], [], [2, 3]])],
     outcome(fun() -> [X || X <- id([1 | 2])] end), outcome(fun() -> [X || X <- id(a)] end),
     [X || _ <- L, (X = id(1)) =:= 1]}.

strings() ->
    S = id("abc"),
    {S, [$x | S], S =:= "abc", case S of "ab" ++ Rest -> Rest end, [C - 32 || C <- S], "", "\x{3b1}"}.

values() ->
    [1, 1.0, -1, 0, 0.0, a, b, [], {}, {a}, {1, 2}, {1, 2.0}, [1], [1, 2], [a | b], "abc", 1 bsl 64,
     -(1 bsl 64), 1.0e30, 18446744073709551616.0, #{}, #{a => 1}, #{a => 1.0}, fun id/1,
     fun lists:map/2, {b}, [[1]], 1.5, 2, self()].

comparisons() ->
    [[if X < Y -> l; X > Y -> g; X == Y -> e end || Y <- values(), is_sortable(X, Y)]
     || X <- values()].

%% How one fun compares with another of its module depends on where they are in memory.
is_sortable(X, Y) -> not (is_function(X) andalso is_function(Y)).

exact_comparisons() ->
    [[{X =:= Y, X =/= Y, X == Y, X /= Y, X >= Y, X =< Y} || Y <- id([1, 1.0, a, [1], [1.0], {1}, {1.0}, 1 bsl 64, #{k => 1}, #{k => 1.0}])]
     || X <- id([1, 1.0, [1], {1.0}, 1 bsl 64, a, #{k => 1}])].

type_tests() ->
    [[is_atom(V), is_integer(V), is_float(V), is_number(V), is_list(V), is_tuple(V), is_map(V),
      is_function(V), is_function(V, 1), is_function(V, 2), is_pid(V), is_port(V), is_reference(V),
      is_boolean(V), is_binary(V), is_bitstring(V), kind(V)] || V <- [true | values()]].

kind(X) when is_boolean(X) -> boolean;
kind(X) when is_atom(X) -> atom;
kind(X) when is_integer(X) -> integer;
kind(X) when is_float(X) -> float;
kind([]) -> nil;
kind(X) when is_list(X) -> list;
kind(X) when is_tuple(X) -> tuple;
kind(X) when is_map(X) -> map;
kind(X) when is_function(X, 1) -> fun1;
kind(X) when is_function(X) -> function;
kind(X) when is_pid(X) -> pid;
kind(X) when is_number(X) -> number;
kind(_) -> other.

guards() ->
    [guard(id(A), id(B)) || A <- [1, -5, 2.5, a, {x, y}, [1, 2], #{k => 3}, 1 bsl 65],
                            B <- [1, 0, 2.5, 3, b, k]].

guard(A, B) when A + B > 5 -> sum;
guard(A, B) when A div B =:= 1 -> division;
guard(A, B) when is_tuple(A), element(B, A) =:= y -> element;
guard(A, B) when is_map(A), map_get(B, A) =:= 3 -> map;
guard(A, B) when is_map_key(B, A) -> key;
guard([H | T], B) when H =:= B, length(T) =:= B -> list;
guard(A, B) when A band 1 =:= 1, B bsl 2 =:= 0 -> bits;
guard(A, B) when A rem 3 =:= B rem 3 -> remainder;
guard(A, B) when -A > B; abs(A) > B * 100 -> sizes;
guard(A, B) when round(A) =:= 3, trunc(B) =:= 2; float(A) == B -> rounds;
guard(A, B) when A bxor B =:= 0; bnot A =:= B -> flips;
guard(A, B) when A =/= B, A >= B -> greater;
guard(_, _) -> none.

boolean_guards() ->
    [{boolean(A, B), (A and B) or (A xor B), not A, A andalso B, A orelse B}
     || A <- id([true, false]), B <- id([true, false])].

boolean(A, B) when A, B -> both;
boolean(A, B) when A and not B -> first;
boolean(A, B) when A xor B -> one;
boolean(A, B) when not (A or B) -> neither.

integers() ->
    A = id(123456789), B = id(-987654321), C = id(1 bsl 59), D = id(-(1 bsl 70)),
    [A + B, A - B, A * B, A * A * A, C + C, C - 1, C * C, D + C, D * D, D div A, D rem A, -D, -A,
     abs(D), abs(B), C div -1, D - D, (D * D) div D, A + 1, A - 1, C + 1, D - 1, +A].

small_edges() ->
    Most = id(576460752303423487), Least = id(-576460752303423488),
    [Most + 1, Most - 1, Least - 1, Least + 1, Most + Most, Least + Least, Least - Most, Most * 2,
     Least * Least, -Least, -Most, Least div -1, abs(Least), Most + 1 - 1, Least - 1 + 1, bnot Most,
     bnot Least, Most - Least, Least bsr 1, Most bsl 1, Least bsl 3, (Most + 1) bsr 1,
     Least - 1 - Least, Least * -1, 1 - Least, 0 - Least].

divisions() ->
    [{A div B, A rem B, A / B} || A <- id([7, -7, 0, 1 bsl 62]), B <- id([2, -2, 3, -7])].

bits() ->
    A = id(16#F0F0), B = id(-256), C = id(1 bsl 66 + 5),
    [A band B, A bor B, A bxor B, bnot A, A bsl 4, A bsr 4, A bsl 60, B bsr 4, B bsr 100, A bsr 70,
     C band A, C bor B, C bxor C, C bsr 60, A bsl -4, A bsr -4, B bsl 70, bnot C, C band -1].

floats() ->
    A = id(1.5), B = id(-2.25), C = id(3),
    [A + B, A - B, A * B, A / B, A + C, C - B, C / 2, -A, abs(B), A * A + B * B - C / A, 1.0e-310 * A,
     0.1 + id(0.2), 1 / id(3), id(1.0e22), id(123456789.125), id(-0.0), float(C), 2 * B].

%% Long enough to use several float registers at once.
float_registers() ->
    norm(id(1.0), id(2.0), id(3.0), id(4)).

norm(A, B, C, D) when is_float(A), is_float(B), is_float(C) ->
    X = (A * B + C) * (A - B * C) / (A + B + C) - (A * A + B * B) * (C * C - A),
    Y = X * D + A - D / B,
    -X + Y * (X - Y).

conversions() ->
    [[round(F), trunc(F), floor(F), ceil(F)]
     || F <- id([1.5, -1.5, 2.5, -0.4, 0.5, 1.0e20, -1.0e20, 7, 1 bsl 65, 4503599627370497.5])]
    ++ [float(id(7)), float(id(1 bsl 70)), trunc(id(1.0e300)) rem 1000007].

maps() ->
    E = #{}, A = #{id(a) => 1, b => id(2)}, B = #{1 => a, 1.0 => b, "k" => [v], {t} => #{}},
    {E, A, B, map_size(A), map_get(a, A), is_map_key(id(zz), A), A =:= #{b => 2, a => 1},
     #{id(x) => 1, id(x) => 2}, #{id([]) => id({}), id(1 bsl 64) => big}}.

map_updates() ->
    A = id(#{a => 1, b => 2, c => 3}),
    {A#{a => 9}, A#{a := 8}, A#{d => 4}, A#{a := 1, d => 4, b := x}, A#{id(c) := id(z), id(e) => 5},
     A#{a => 1} =:= A, A#{id(a) => 1, id(a) => 2}, A, (id(#{}))#{q => r}}.

map_matches() ->
    A = id(#{a => 1, b => [2], {c} => 3, 4 => four, 5.0 => five}),
    #{a := One, b := [Two]} = A,
    K = id({c}),
    #{K := Three, 4 := Four} = A,
    {One, Two, Three, Four, [map_match(id(M)) || M <- [A, #{}, #{a => 2}, #{b => 1, a => 1}, x]]}.

map_match(#{a := 1, b := B}) -> {both, B};
map_match(#{a := A}) -> {only, A};
map_match(#{}) -> map;
map_match(_) -> other.

map_errors() ->
    A = id(#{a => 1}),
    [outcome(F) || F <- [
        fun() -> A#{b := 1} end, fun() -> A#{a := 1, zz := 2} end, fun() -> (id(x))#{a => 1} end,
        fun() -> (id([]))#{a := 1} end, fun() -> #{b := B} = A, B end, fun() -> #{a := 2} = A end]].

map_of_32() -> grow(1, id(#{})).

grow(33, Map) ->
    {Map, map_size(Map), [map_get(K, Map) || K <- [1, 16, 32]], Map#{16 := changed, 1 := 1.5}};
grow(N, Map) -> grow(N + 1, Map#{(N * 7) rem 33 => N}).

map_comparisons() ->
    Ms = id([#{}, #{a => 1}, #{a => 2}, #{b => 1}, #{a => 1, b => 2}, #{1 => a}, #{1.0 => a}]),
    [[{A < B, A == B, A =:= B} || B <- Ms] || A <- Ms].

min_max() ->
    [{min(A, B), max(A, B)} || A <- id([1, 1.0, a, [x], {1}]), B <- id([1, 2.0, b, [], {0}])].

literals() ->
    {[1, {two, "three"}, #{four => 5.0}], -1234567890123456789012345678901234567890, {}, [], 'odd atom',
     [a | b], 1.0e-5, $a, {nested, {deep, [{er, []}]}}, 16#FFFFFFFFFFFFFFFF}.

nested_data() -> build(id(6)).

build(0) -> leaf;
build(N) -> X = build(N - 1), {N, [X, N | X], #{N => X}}.

depth({T}, D) -> depth(T, D + 1);
depth([_ | T], D) -> depth(T, D + 1);
depth({_, T, _}, D) -> depth(T, D + 1);
depth(_, D) -> D.

%% Cells whose tail is a tuple, with every kind of head: a collection moves heads and tails apart.
improper_lists() ->
    L = improper(id(8), {last, [x]}),
    M = [[id({[N], {N}}) | id({N, [N | {N}]})] || N <- id([1, 2, 3])],
    F = fun() -> L end,
    Long = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, {[id(13)]} | {id(14), [id(15)]}],
    Longer = [{a}, b, {[id(c)]}, 1.5, "d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, F | {id(e), [id(f)]}],
    {Long, Longer, id(Long) =:= Longer, L, M, [F | {M}], depth(improper(id(60), {}), 0), L =:= improper(id(8), {last, [x]})}.

improper(0, T) -> T;
improper(N, T) ->
    improper(N - 1, case N rem 4 of
        0 -> {[{[N], N} | T]};
        1 -> [{N, {N}}, [N | T] | {T}];
        2 -> [N * 1.5 | {[T]}];
        3 -> [[{N}] | {N, T, [[N | {N}] | {N}]}]
    end).

swaps() -> swap(id(a), id(b), id(c), 5).

swap(A, B, C, 0) -> {A, B, C};
swap(A, B, C, N) when N rem 2 =:= 0 -> swap(B, A, C, N - 1);
swap(A, B, C, N) -> swap(C, A, B, N - 1).

dictionary() ->
    A = put(key, [1]),
    B = put(key, {2}),
    C = put({boxed, "key"}, 3),
    D = put(1.0, float),
    [put({many, N}, N) || N <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    {A, B, C, D, get(key), get({boxed, "key"}), get(1), get(1.0), erase(key), get(key), get({many, 7}),
     erase({many, 7}), get({many, 7}), get({many, 12}), get(none)}.

%% Calls of every kind, funs and frames. Each function without arguments is a test; its answer is
%% what real Erlang returns.
-module(lang_calls).
-export([closures/0, captured/0, named_funs/0, fun_texts/0, external_funs/0, higher_order/0,
         applies/0, mutual/0, deep/0, tail/0, many_arguments/0, fun_equality/0, frames/0,
         exported/2, receives/0, binaries/0, missing_native/0, local_fun_of_ten/0]).

id(X) -> X.

outcome(F) -> try F() catch Class:Reason -> {Class, Reason} end.

closures() ->
    A = id(1), B = id([2]),
    F = fun(X) -> {A, X, B} end,
    G = fun(X) -> H = fun(Y) -> {A, X, Y, F(Y)} end, [H(B), H] end,
    [V, H] = G(g),
    {F(x), V, H(z), (fun() -> A end)(), (fun id/1)(w)}.

captured() ->
    Fs = [fun(Y) -> X * 10 + Y end || X <- id([1, 2, 3])],
    [F(5) || F <- Fs] ++ [(adder(3))(4), (adder(id({})))(id(1) bsl 70)].

adder(N) when is_integer(N) -> fun(M) -> N + M end;
adder(T) -> fun(M) -> {T, M, T} end.

named_funs() ->
    Fac = fun Self(0) -> 1; Self(N) -> N * Self(N - 1) end,
    Even = fun E(0) -> true; E(N) -> O = fun(0) -> false; (M) -> E(M - 1) end, O(N - 1) end,
    {Fac(5), Even(10), Even(7)}.

fun_texts() ->
    F = fun(X) -> X end, Y = id(y), G = fun() -> Y end,
    [F, G, fun id/1, fun ?MODULE:exported/2, fun lists:map/2].

external_funs() ->
    F = fun ?MODULE:exported/2, M = id(?MODULE), N = id(exported),
    G = fun M:N/2,
    {F(1, 2), G(3, 4), F =:= G, is_function(F, 2), is_function(F, 1), map2(F, [1, 2], [3, 4])}.

exported(A, B) -> {exported, A, B}.

map2(F, [A | As], [B | Bs]) -> [F(A, B) | map2(F, As, Bs)];
map2(_, [], []) -> [].

higher_order() ->
    Compose = fun(F, G) -> fun(X) -> F(G(X)) end end,
    Inc = fun(X) -> X + 1 end,
    Fold = fun Fold(_, A, []) -> A; Fold(F, A, [H | T]) -> Fold(F, F(H, A), T) end,
    {(Compose(Inc, Compose(Inc, Inc)))(0), Fold(fun(X, A) -> [X | A] end, [], [1, 2, 3]),
     Fold(Compose, Inc, [Inc, Inc]), twice(fun(F) -> fun(X) -> F(F(X)) end end, Inc)}.

twice(T, F) -> ((T(T))(F))(0).

applies() ->
    M = id(?MODULE), F = id(exported),
    {M:exported(1, 2), M:F(3, 4), apply(M, F, [5, 6]), apply(M, F, id([7, 8])),
     apply(fun exported/2, id([9, 10])), apply_tail(M, F), apply_list(id([a, b])),
     outcome(fun() -> apply(M, F, id([1])) end), outcome(fun() -> apply(M, F, id([1 | 2])) end),
     outcome(fun() -> apply(id(fun exported/2), id([1])) end)}.

apply_tail(M, F) -> X = id(11), M:F(X, M).

apply_list(L) -> apply(?MODULE, exported, L).

mutual() -> {even(id(101)), odd(id(101)), even(id(1000)), ping(id(6), [])}.

even(0) -> true; even(N) -> odd(N - 1).
odd(0) -> false; odd(N) -> even(N - 1).

ping(0, L) -> L;
ping(N, L) -> X = pong(N - 1, [ping | L]), [N | X].
pong(0, L) -> [end_of | L];
pong(N, L) -> X = ping(N - 1, [pong | L]), {N, X}.

deep() ->
    L = down(id(30000)),
    {sum(L), tl_sum(L, 0), depth(nest(id(10000)))}.

down(0) -> [];
down(N) -> [N | down(N - 1)].

sum([]) -> 0;
sum([H | T]) -> H + sum(T).

tl_sum([], S) -> S;
tl_sum([H | T], S) -> tl_sum(T, S + H).

nest(0) -> {};
nest(N) -> {nest(N - 1), N}.

depth({}) -> 0;
depth({T, _}) -> 1 + depth(T).

tail() -> loop(id(50000), []).

loop(0, Acc) -> Acc;
loop(N, Acc) -> loop(N - 1, [N | case Acc of [A, B, C | _] -> [A, B, C]; _ -> Acc end]).

many_arguments() ->
    many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, id(20)).

many(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T) when T > 10 ->
    X = id([A | B]),
    many(T, S, R, Q, P, O, N, M, L, K, J, I, H, G, F, E, D, C, B, A) ++ [X];
many(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T) ->
    [{A, B, C, D, E, F}, {G, H, I, J, K, L}, [M, N, O, P, Q, R, S, T]].

local_fun_of_ten() ->
    F = fun(A, B, C, D, E, F, G, H, I, J) -> [J, I, H, G, F, E, D, C, B, A] end,
    F(1, 2, 3, 4, 5, 6, 7, 8, 9, id(10)).

fun_equality() ->
    F = fun(X) -> fun() -> X end end,
    {F(1) =:= F(1), F(1) =:= F(2), F(1) == F(1.0), F(1.0) =:= F(1), F =:= F, fun id/1 =:= fun id/1}.

frames() -> frame(id(a), id(b), id(3)).

frame(A, B, 0) -> {A, B};
frame(A, B, N) ->
    C = id({A, N}), D = id([B | C]), E = id(fun() -> {C, D} end),
    {F, G} = frame(C, D, N - 1),
    H = case N rem 2 of 0 -> id(E()); _ -> id(none) end,
    {{F, H}, [G, A, B]}.

%% What is not there yet is told, and breaks nothing.
receives() ->
    [outcome(fun() -> self() ! id(message), receive X -> X end end),
     outcome(fun() -> receive X -> X after 0 -> none end end)].

binaries() ->
    [outcome(fun() -> <<(id(1)):8, (id(2)):16>> end),
     outcome(fun() -> <<X:8, _/binary>> = id(<<"abc">>), X end),
     outcome(fun() -> case id(<<"abc">>) of <<"ab", R/binary>> -> R; _ -> none end end)].

missing_native() -> outcome(fun() -> erlang:no_such_native(id(1)) end).

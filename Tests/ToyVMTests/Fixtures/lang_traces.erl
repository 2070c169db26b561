%% What a stack trace begins with, for everything that raises: without lines, and without what called
%% the test. Each function without arguments is a test; its answer is what real Erlang returns.
-module(lang_traces).
-export([natives/0, natives_in_tails/0, guard_natives/0, map_natives/0, arithmetic/0, comparison/0,
         undefined/0, no_clause/0, bad_funs/0, bad_applications/0, raising/0, raising_in_tails/0,
         raising_with_arguments/0, raising_by_apply/0, matching/0, raised_again/0, called_natives/0,
         depth/0, repeated/0, loop_of_funs/0, caught/0, uncaught/0, uncaught_undefined/0]).
-export([tail/1, fails/2, keeps/1]).

id(X) -> X.

%% The class, the reason and the trace of what a fun raises, up to this function.
traced(F) ->
    try F() of
        Value -> {returned, Value}
    catch
        Class:Reason:Stack -> {Class, without_funs(Reason), reduced(Stack)}
    end.

%% The text of a local fun has a number that depends on who compiled it.
without_funs({badarity, {F, Arguments}}) -> {badarity, Arguments, is_function(F)};
without_funs(Reason) -> Reason.

reduced([{?MODULE, traced, 1, _} | _]) -> [];
reduced([{erlang, apply, [F, A], _} | Rest]) when is_function(F) ->
    [{erlang, apply, [is_function(F), A]} | reduced(Rest)];
reduced([{M, F, A, _} | Rest]) -> [{M, F, A} | reduced(Rest)];
reduced([]) -> [].

traces(Funs) -> [traced(F) || F <- Funs].

%% Natives that are called, each with something to do after it.
natives() ->
    traces([
        fun() -> {atom_to_list(id(1))} end,
        fun() -> {list_to_atom(id([a | b])), x} end,
        fun() -> {setelement(id(3), id({a}), x)} end,
        fun() -> {list_to_tuple(id({}))} end,
        fun() -> {tuple_to_list(id([]))} end,
        fun() -> {integer_to_list(id(a))} end,
        fun() -> {list_to_integer(id("x"))} end,
        fun() -> {id([a | b]) ++ id([c])} end,
        fun() -> {id(a) -- id([c])} end,
        fun() -> {lists:reverse(id([a | b]), id([]))} end,
        fun() -> {lists:keyfind(id(a), id(0), [])} end,
        fun() -> {lists:member(id(a), id(b))} end,
        fun() -> {math:sqrt(id(-1))} end,
        fun() -> {math:sqrt(id(a))} end,
        fun() -> {make_tuple(id(a), [])} end,
        fun() -> {get(id(a)), put(id(a), erase(a)), list_to_float(id("1"))} end]).

make_tuple(N, X) -> erlang:make_tuple(N, X).

natives_in_tails() ->
    traces([
        fun() -> atom_to_list(id(1)) end,
        fun() -> tail(1) end,
        fun() -> {tail(1)} end,
        fun() -> lists:reverse(id([a | b]), []) end,
        fun() -> {framed_tail([a | b])} end]).

tail(X) -> atom_to_list(X).

framed_tail(X) ->
    Y = id(X),
    lists:reverse(Y, id(X)).

guard_natives() ->
    traces([
        fun() -> hd(id([])) end,
        fun() -> {tl(id(a)), x} end,
        fun() -> element(0, id({})) end,
        fun() -> element(id(2), id({a})) end,
        fun() -> element(id(a), {a}) end,
        fun() -> length(id([a | b])) end,
        fun() -> tuple_size(id([])) end,
        fun() -> abs(id(a)) end,
        fun() -> round(id([])) end,
        fun() -> trunc(id({1})) end,
        fun() -> float(id(a)) end,
        fun() -> not id(1) end,
        fun() -> id(true) and id(1) end,
        fun() -> id(1) or id(true) end,
        fun() -> id(true) xor id([x]) end,
        fun() -> byte_size(id(a)) end,
        fun() -> in_body([]) end,
        fun() -> {in_body([])} end,
        fun() -> id(1) andalso true end]).

in_body(X) -> hd(X).

map_natives() ->
    Map = id(#{a => 1}),
    traces([
        fun() -> map_get(b, Map) end,
        fun() -> map_get(b, id([])) end,
        fun() -> map_size(id([])) end,
        fun() -> is_map_key(a, id(x)) end,
        fun() -> {maps:get(b, Map)} end,
        fun() -> {maps:get(b, id(x))} end,
        fun() -> maps:update(b, 1, Map) end,
        fun() -> maps:put(b, 1, id([])) end,
        fun() -> maps:keys(id(a)) end,
        fun() -> maps:merge(Map, id(a)) end,
        fun() -> maps:from_list(id([a])) end,
        fun() -> Map#{b := 1} end,
        fun() -> (id([]))#{b => 1} end,
        fun() -> #{b := X} = Map, X end]).

arithmetic() ->
    traces([
        fun() -> id(a) + 1 end,
        fun() -> 1 + id(a) end,
        fun() -> id(a) + id(2) end,
        fun() -> id(a) - 1 end,
        fun() -> 1 - id([]) end,
        fun() -> {id(3) * id(a)} end,
        fun() -> id(1) / id(0) end,
        fun() -> id(1.5) / id(0) end,
        fun() -> id(1) div id(0) end,
        fun() -> id(1.5) rem 2 end,
        fun() -> id(1) band 1.5 end,
        fun() -> id(1) bor a end,
        fun() -> id(1) bxor id({}) end,
        fun() -> id(1) bsl id(a) end,
        fun() -> id(1) bsr id(a) end,
        fun() -> bnot id(1.5) end,
        fun() -> -id(a) end,
        fun() -> +id(a) end,
        fun() -> id(1.0e308) * id(10.0) end,
        fun() -> id(1.0e308) + id(1.0e308) end,
        fun() -> id(1.0e308) + 2.0 * id(1.0e308) end,
        fun() -> 1.0 + 2.0 / id(0.0) end,
        fun() -> 1.0 + 2.0 * id(a) end,
        fun() -> {sum(id(1), id(a))} end,
        fun() -> {framed_sum(id(1), id(a))} end,
        fun() -> 1 + id(["abc"]) end,
        fun() -> id(a) + 576460752303423487 end,
        fun() -> id(a) - 576460752303423488 end]).

sum(X, Y) -> X + Y.

framed_sum(X, Y) -> id(X) + id(Y).

comparison() ->
    traces([fun() -> id(1) < id(a) end, fun() -> {max(id(1), id(a)), min(a, id(b))} end]).

undefined() ->
    NoModule = id(no_such_module),
    traces([
        fun() -> {no_such_module:f(id(1))} end,
        fun() -> no_such_module:f(id(1)) end,
        fun() -> no_such_module:f() end,
        fun() -> {calls_no_module(1)} end,
        fun() -> {?MODULE:no_such_function(id(1), [2])} end,
        fun() -> {NoModule:f(1)} end,
        fun() -> NoModule:f(1) end,
        fun() -> {apply(NoModule, f, id([1, 2]))} end,
        fun() -> apply(NoModule, f, id([1, 2])) end,
        fun() -> {(id(fun no_such_module:f/1))(a)} end,
        fun() -> (id(fun no_such_module:f/1))(a) end]).

calls_no_module(X) -> no_such_module:f(X).

no_clause() ->
    F = id(fun(a, _) -> b end),
    N = id(7),
    G = id(fun(a) -> N end),
    traces([
        fun() -> {fails(1, [x])} end,
        fun() -> fails(id(1), 2) end,
        fun() -> {?MODULE:fails(id(1), 2)} end,
        fun() -> {F(b, c)} end,
        fun() -> F(b, c) end,
        fun() -> {G({b})} end]).

fails(a, _) -> b.

bad_funs() ->
    F = id(fun(A, B) -> {A, B} end),
    A = id(a),
    traces([
        fun() -> {A()} end,
        fun() -> A(1) end,
        fun() -> {A(1, 2), x} end,
        fun() -> {F(1)} end,
        fun() -> F(1) end,
        fun() -> F(1, 2, 3) end,
        fun() -> {(id(fun lists:reverse/1))()} end,
        fun() -> {apply(A, id([1]))} end,
        fun() -> {apply(F, id([1]))} end,
        fun() -> apply(F, id([1])) end]).

bad_applications() ->
    M = id(?MODULE),
    One = id(1),
    traces([
        fun() -> {apply(M, keeps, id(a))} end,
        fun() -> apply(M, keeps, id([a | b])) end,
        fun() -> {apply(One, keeps, id([a]))} end,
        fun() -> {apply(M, One, id([a]))} end,
        fun() -> {One:keeps(x)} end,
        fun() -> One:keeps(x) end,
        fun() -> {M:One(x)} end,
        fun() -> {apply(M, id(a))} end,
        fun() -> {apply(id(fun id/1), id(a))} end]).

keeps(X) -> X.

raising() ->
    traces([
        fun() -> {error(id(badarg))} end,
        fun() -> {error(id({badkey, x}))} end,
        fun() -> {error(id(undef))} end,
        fun() -> {exit(id(badarg))} end,
        fun() -> {throw(id(badarg))} end,
        fun() -> {fails_by(error)} end,
        fun() -> {fails_by(exit)} end,
        fun() -> {fails_by(throw)} end,
        fun() -> {erlang:nif_error(id(none))} end,
        fun() -> {erlang:nif_error(id(none), [id(1)])} end]).

fails_by(error) -> {error(id(badarg))};
fails_by(exit) -> {exit(id(badarg))};
fails_by(throw) -> {throw(id(badarg))}.

raising_in_tails() ->
    traces([
        fun() -> error(id(badarg)) end,
        fun() -> exit(id(badarg)) end,
        fun() -> throw(id(badarg)) end,
        fun() -> {errs(badarg)} end,
        fun() -> {errs(badarg, [badarg])} end]).

errs(X) -> error(X).
errs(X, Y) -> error(X, Y).

raising_with_arguments() ->
    traces([
        fun() -> {error(id(x), [id(a), b])} end,
        fun() -> error(id(x), [id(a)]) end,
        fun() -> {error(id(x), id([]))} end,
        fun() -> {error(id(x), id(none))} end,
        fun() -> {error(id(x), id(other))} end,
        fun() -> {error(id(x), id([a | b]))} end,
        fun() -> {error(id(x), [id(a)], id([]))} end,
        fun() -> {error(id(x), none, id([]))} end,
        fun() -> {error(id(x), [id(a)], [{error_info, #{cause => id(y)}}])} end,
        fun() -> {error(id(x), id(none), id(a))} end,
        fun() -> {error(id(badarg), [id(a)])} end]).

raising_by_apply() ->
    Erlang = id(erlang),
    traces([
        fun() -> {Erlang:error(badarg)} end,
        fun() -> {Erlang:error(badarg, [a])} end,
        fun() -> {Erlang:exit(badarg)} end,
        fun() -> Erlang:error(badarg) end,
        fun() -> {apply(Erlang, throw, id([x]))} end,
        fun() -> {(id(fun erlang:error/1))(badarg)} end,
        fun() -> {(id(fun erlang:atom_to_list/1))(1)} end,
        fun() -> {Erlang:atom_to_list(1)} end,
        fun() -> Erlang:atom_to_list(1) end,
        fun() -> {apply(Erlang, atom_to_list, id([1]))} end]).

matching() ->
    traces([
        fun() -> {a, _} = id({b, c}), x end,
        fun() -> case id(1) of 2 -> x end end,
        fun() -> X = id(1), if X > 1 -> x end end,
        fun() -> try id(5) of 6 -> seven catch throw:x -> y end end]).

raised_again() ->
    traces([
        fun() -> try {tail(1)} catch throw:x -> y end end,
        fun() -> try {tail(1)} catch C:R:S -> erlang:raise(C, {again, R}, S) end end,
        fun() -> try {tail(1)} after id(x) end end,
        fun() -> try {tail(1)} catch error:R -> error({other, R}) end end,
        fun() -> {erlang:raise(id(error), x, [])} end,
        fun() -> {erlang:raise(id(error), x, [{a, b, [c]}, {?MODULE, traced, 1}])} end]).

%% Operators and guards' natives as functions.
called_natives() ->
    E = id(erlang),
    traces([
        fun() -> {E:'+'(1, a)} end,
        fun() -> {E:hd([])} end,
        fun() -> {E:element(0, {})} end,
        fun() -> {E:map_get(a, #{})} end,
        fun() -> {E:map_size(a)} end,
        fun() -> {E:'div'(1, 0)} end,
        fun() -> {E:'not'(1)} end,
        fun() -> {E:length([a | b])} end,
        fun() -> {(id(fun erlang:hd/1))([])} end]).

%% How many entries there are, with and without a native before them.
depth() ->
    [try deep(id(30), F) catch _:_:S -> {length(S), [E || {_, _, E, _} <- S]} end ||
        F <- [fun() -> error(id(x)) end, fun() -> {atom_to_list(id(1))} end,
              fun() -> hd(id([])) end, fun() -> no_such_module:f(id(1)) end,
              fun() -> fails(id(1), 2) end]].

deep(0, F) -> {F()};
deep(N, F) -> case N rem 2 of 0 -> {deep(N - 1, F)}; 1 -> [deep(N - 1, F)] end.

repeated() ->
    traces([fun() -> {deep(4, fun() -> error(id(x)) end)} end,
            fun() -> {same(4)} end]).

same(0) -> error(id(bottom));
same(N) -> {same(N - 1)}.

%% Calls of funs that end a function need no stack; and what begins a loop is still told.
loop_of_funs() ->
    F = fun(_, 0) -> error(id(x)); (G, N) -> G(G, N - 1) end,
    traces([fun() -> {F(F, id(100000))} end]).

caught() ->
    [begin {'EXIT', {R, [First, Second | _]}} = (catch F()), {R, reduced([First, Second])} end
     || F <- [fun() -> hd(id([])) end, fun() -> {tail(1)} end, fun() -> error(id(x), [1]) end]]
    ++ [catch throw(id(x)), catch exit(id(x))].

uncaught() -> {tail(id(1))}.
uncaught_undefined() -> {no_such_module:f(id(1))}.

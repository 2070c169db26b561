%% Exceptions of every kind, where they are caught, and what their stack traces tell. Each function
%% without arguments is a test; its answer is what real Erlang returns.
-module(lang_errors).
-compile([nowarn_deprecated_catch]).
-export([reasons/0, arithmetic_reasons/0, argument_reasons/0, record_reasons/0, call_reasons/0,
         old_catch/0, classes/0, nested/0, rethrown/0, after_clauses/0, of_clauses/0,
         raised/0, raised_badly/0, trace_lines/0, trace_arguments/0, trace_depth/0,
         trace_of_catch/0, trace_through_fun/0, trace_kept_by_raise/0, stack_restored/0,
         unmatched_class/0, handler_variables/0, guard_failures/0, undefined/0,
         uncaught_error/0, uncaught_throw/0, uncaught_exit/0, deep_unwinding/0, reraised_trace/0]).

-record(point, {x = 0, y}).

id(X) -> X.

%% The class and reason of what a fun raises, or what it returns.
outcome(F) ->
    try F() of
        Value -> {returned, Value}
    catch
        Class:Reason -> {Class, Reason}
    end.

%% The same with the part of the stack trace that is in this module.
traced(F) ->
    try F() of
        Value -> {returned, Value}
    catch
        Class:Reason:Stack -> {Class, Reason, own(Stack)}
    end.

own(Stack) -> [Entry || {?MODULE, _, _, _} = Entry <- Stack].

reasons() ->
    [outcome(F) || F <- [
        fun() -> {a, _} = id({b, c}) end,
        fun() -> 1 = id(2) end,
        fun() -> case id(x) of y -> z end end,
        fun() -> case id({1, 2}) of {_} -> z; [] -> w end end,
        fun() -> if_none(id(3)) end,
        fun() -> clause(id(4), id([])) end,
        fun() -> (fun(a) -> b end)(id(c)) end,
        fun() -> try id(5) of 6 -> seven catch throw:x -> y end end,
        fun() -> hd(id([])) end,
        fun() -> error(id(mine)) end,
        fun() -> error(id(mine), [1, 2]) end,
        fun() -> exit(id({going, out})) end,
        fun() -> throw(id({ball, 7})) end]].

if_none(X) -> if X > 10 -> large; X < 0 -> negative end.

clause(1, _) -> one;
clause(_, [_ | _]) -> list.

arithmetic_reasons() ->
    [outcome(F) || F <- [
        fun() -> id(1) + id(a) end,
        fun() -> id(a) - 1 end,
        fun() -> 1 - id(a) end,
        fun() -> id([]) * 2 end,
        fun() -> id(1) / id(0) end,
        fun() -> id(1.0) / id(0.0) end,
        fun() -> id(1) div id(0) end,
        fun() -> id(1) rem id(0) end,
        fun() -> id(1.5) div 2 end,
        fun() -> -id(a) end,
        fun() -> bnot id(1.5) end,
        fun() -> id(1) band id(1.0) end,
        fun() -> id(1) bsl id(a) end,
        fun() -> id(1.0e308) * id(10.0) end,
        fun() -> id(1.0e308) + id(1.0e308) end,
        fun() -> id({}) rem 3 end]].

argument_reasons() ->
    [outcome(F) || F <- [
        fun() -> element(id(3), id({a, b})) end,
        fun() -> element(id(0), id({a, b})) end,
        fun() -> element(id(a), id({a, b})) end,
        fun() -> element(1, id([])) end,
        fun() -> tl(id([])) end,
        fun() -> hd(id(a)) end,
        fun() -> length(id([1 | 2])) end,
        fun() -> length(id(a)) end,
        fun() -> tuple_size(id([])) end,
        fun() -> abs(id(a)) end,
        fun() -> not id(1) end,
        fun() -> id(true) and id(1) end,
        fun() -> id(1) or id(true) end,
        fun() -> id(1) andalso true end,
        fun() -> id(a) orelse true end,
        fun() -> round(id(a)) end,
        fun() -> float(id(a)) end,
        fun() -> map_size(id([])) end,
        fun() -> map_get(a, id([])) end,
        fun() -> map_get(a, id(#{b => 1})) end,
        fun() -> is_map_key(a, id(x)) end]].

record_reasons() ->
    P = id({point, 1}),
    Q = id(#point{x = 1, y = 2}),
    [outcome(F) || F <- [
        fun() -> P#point.x end,
        fun() -> P#point{x = 3} end,
        fun() -> Q#point.y end,
        fun() -> Q#point{x = 3, y = 4} end,
        fun() -> #point{x = X} = Q, X end,
        fun() -> #point{x = X} = P, X end,
        fun() -> (id(nothing))#point.y end]].

call_reasons() ->
    F = id(fun(A, B) -> {A, B} end),
    [outcome(G) || G <- [
        fun() -> F(1) end,
        fun() -> F(1, 2, 3) end,
        fun() -> F(1, 2) end,
        fun() -> (id(not_a_fun))(1) end,
        fun() -> (id({?MODULE, id}))(1) end,
        fun() -> apply(id(?MODULE), id(nowhere), []) end,
        fun() -> M = id(no_such_module), M:f(1, 2) end,
        fun() -> M = id(1), M:f() end,
        fun() -> apply(id(?MODULE), id("f"), []) end,
        fun() -> (id(fun no_such_module:f/1))(a) end,
        fun() -> (id(fun no_such_module:f/1))(a, b) end]].

old_catch() ->
    [catch throw(id(ball)),
     catch exit(id(gone)),
     catch id(fine),
     case catch error(id(bad)) of {'EXIT', {R, S}} when is_list(S) -> R end,
     case catch id(1) + id(a) of {'EXIT', {R1, [_ | _]}} -> R1 end,
     case catch element(5, id({})) of {'EXIT', {badarg, [_ | _]}} -> badarg end,
     (catch throw(id({nested, catch throw(id(inner))})))].

classes() ->
    [try F() catch
         throw:T -> {threw, T};
         exit:E -> {exited, E};
         error:badarg -> bad_argument;
         error:{badmatch, V} -> {no_match, V};
         error:E -> {failed, E}
     end || F <- [
        fun() -> throw(id(1)) end, fun() -> exit(id(2)) end, fun() -> error(id(3)) end,
        fun() -> hd(id(4)) end, fun() -> a = id(5) end, fun() -> 1 + id(z) end]].

nested() ->
    try
        try
            try throw(id(first))
            catch throw:first -> throw(id(second)) end
        catch error:_ -> wrong
        after put(nested, [inner | get_list(nested)]) end
    catch
        throw:second ->
            try error(id(third)) catch error:third -> {ended, erase(nested)} end
    after
        put(nested_after, yes)
    end.

get_list(Key) -> case get(Key) of undefined -> []; List -> List end.

rethrown() ->
    outcome(fun() ->
        try exit(id(a))
        catch exit:Reason -> error({was, Reason}) end
    end).

reraised_trace() ->
    traced(fun() ->
        try raise_deep(3)
        catch throw:_ -> never end
    end).

raise_deep(0) -> error(id(deep));
raise_deep(N) -> X = raise_deep(N - 1), id(X).

after_clauses() ->
    R1 = try id(1) after put(a1, done) end,
    R2 = outcome(fun() -> try throw(id(t)) after put(a2, done) end end),
    R3 = outcome(fun() -> try exit(id(e)) after error(id(from_after)) end end),
    R4 = try id(4) of V -> {of_clause, V} after put(a3, done) end,
    {R1, R2, R3, R4, erase(a1), erase(a2), erase(a3)}.

of_clauses() ->
    F = fun(X) ->
        try id(X) of
            {ok, V} when V > 10 -> {large, V};
            {ok, V} -> {small, V};
            [H | _] -> error({head, H})
        catch
            error:{head, H} -> {must_not_catch, H}
        end
    end,
    [outcome(fun() -> F(X) end) || X <- [{ok, 11}, {ok, 2}, [a], none]].

raised() ->
    Trace = [{m, f, 2, [{file, "m.erl"}, {line, 3}]}, {m, g, [a, b], []}],
    [try erlang:raise(Class, {why, Class}, Trace) catch C:R:S -> {C, R, S} end
     || Class <- [error, exit, throw]].

raised_badly() ->
    [outcome(fun() -> erlang:raise(id(nonsense), reason, []) end),
     outcome(fun() -> erlang:raise(id(error), reason, id(nonsense)) end),
     outcome(fun() -> erlang:raise(id(error), reason, id([{a}])) end)].

trace_lines() ->
    [traced(fun() -> first(id(1)) end),
     traced(fun() -> first(id(2)) end),
     traced(fun() -> first(id(3)) end)].

first(N) ->
    X = second(N),
    {first, X}.

second(1) ->
    X = third(id(a)),
    [X];
second(2) ->
    error(id(two));
second(N) ->
    [third(N),
     hd(id(N))].

third(X) ->
    Y = X + 1,
    {Y, Y}.

trace_arguments() ->
    [traced(fun() -> clause(id(4), id([])) end),
     traced(fun() -> (fun(a, _) -> b end)(id(c), [1, "x"]) end)].

%% A trace is cut: not all of 20 calls are in it.
trace_depth() ->
    {error, deep, Own} = traced(fun() -> raise_deep(20) end),
    {length(Own), lists_all_same(Own)}.

lists_all_same([{_, F, A, _} | Rest]) -> [{F, A}] ++ [x || {_, G, B, _} <- Rest, {G, B} =/= {F, A}].

trace_of_catch() ->
    {'EXIT', {badarith, Stack}} = (catch first(id(1))),
    own(Stack).

trace_through_fun() ->
    F = fun(X) -> Y = third(X), {Y} end,
    traced(fun() -> {id(F(id(b)))} end).

trace_kept_by_raise() ->
    traced(fun() ->
        try {first(id(2))}
        catch Class:Reason:Stack -> erlang:raise(Class, {again, Reason}, Stack) end
    end).

stack_restored() ->
    A = id(1), B = id([2]), C = id({3}),
    D = try {pushes(A, B, C), A} catch throw:T -> {T, B} end,
    E = (catch pushes(C, B, A)),
    {A, B, C, D, E}.

pushes(A, B, C) ->
    X = id(B), Y = id(C),
    throw(id({A, X, Y, keep(X, Y)})).

keep(X, Y) -> [X | id(Y)].

unmatched_class() ->
    outcome(fun() ->
        try
            try throw(id(up)) catch error:_ -> wrong; exit:_ -> wrong end
        catch
            exit:_ -> wrong
        end
    end).

handler_variables() ->
    X = id({a, [b]}),
    try
        {Y, [Z]} = X,
        id(Y), id(Z),
        throw({X, Y, Z})
    catch
        throw:{P, Q, R} when P =:= X, Q =:= a -> {R, P, X}
    end.

guard_failures() ->
    [failing(X) || X <- [1, a, {}, [], 1.5, {1, 2}, "abc", #{}]].

failing(X) when hd(X) > $a; tuple_size(X) =:= 2 -> first;
failing(X) when element(1, X) =:= 1; X + 1 > 2 -> second;
failing(X) when length(X) =:= 0 -> third;
failing(X) when map_size(X) =:= 0; abs(X) > 0 -> fourth;
failing(_) -> none.

undefined() -> [outcome(fun() -> no_such_module:nothing(id(1)) end),
                outcome(fun() -> ?MODULE:nothing() end)].

uncaught_error() -> third(id(nan)).
uncaught_throw() -> throw(id({a, ball})).
uncaught_exit() -> exit(id(normal)).

deep_unwinding() ->
    try sum_to(id(20000)) catch throw:bottom -> reached end.

sum_to(0) -> throw(id(bottom));
sum_to(N) -> N + sum_to(N - 1).

#!/usr/bin/env escript
%% Writes random match specifications, many of them none, with what Erlang makes of them:
%%   match.escript OUT SEED COUNT
%% match.etf beside it: escript match.escript match.etf 1 2600 (some references differ in each run)
%% One compressed term: {tenure_match, 1, Release, Seed, Self, Cases}
%%   Case:   {Specification, Objects, Answer, Keeps}
%%   Answer: `badarg` of ets:match_spec_compile/1, or of each object [] or [Result], as
%%           ets:match_spec_run/2 gives it
%%   Keeps:  whether ets:select_replace/2 takes it with the key at position 1, at 2
-mode(compile).

main([Out, SeedText, CountText]) ->
    Seed = list_to_integer(SeedText),
    rand:seed(exsss, {Seed, 25, 6}),
    Cases = [ask(C) || C <- written() ++ [make() || _ <- lists:seq(1, list_to_integer(CountText))]],
    File = {tenure_match, 1, erlang:system_info(otp_release), Seed, self(), Cases},
    ok = file:write_file(Out, term_to_binary(File, [{compressed, 9}])).

ask({Made, Shown}) ->
    %% As it is once it was written and read.
    {Spec, Objects} = binary_to_term(term_to_binary({Made, Shown})),
    try ets:match_spec_compile(Spec) of
        Compiled ->
            Answer = [ets:match_spec_run([O], Compiled) || O <- Objects],
            {Spec, Objects, Answer, {keeps(Spec, 1), keeps(Spec, 2)}}
    catch
        error:badarg -> {Spec, Objects, badarg, {false, false}}
    end.

keeps(Spec, Position) ->
    Table = ets:new(none, [{keypos, Position}]),
    try ets:select_replace(Table, Spec) of 0 -> true
    catch error:badarg -> false
    after ets:delete(Table)
    end.

make() ->
    Object = object(),
    Clauses = [clause(one_of([Object, Object, Object, object()])) || _ <- seq(one_of([1, 1, 1, 2, 4]))],
    Spec = case below(25) of
               0 -> damage(Clauses);
               1 -> hurt(Clauses);
               _ -> Clauses
           end,
    {Spec, [Object, twist(Object), object(), term(2)]}.

clause(Object) ->
    Head = head(Object),
    Variables = case variables(Head) of
                    [] -> ['$_'];
                    Found -> Found
                end,
    Body = case below(8) of
               0 -> ['$_'];
               1 -> ['$$'];
               2 -> [true];
               3 -> [expression(Variables, 1), expression(Variables, 3)];
               4 -> [own_key(Head, Variables)];
               _ -> [expression(Variables, 3)]
           end,
    {Head, [guard(Variables) || _ <- seq(below(3))], Body}.

%% A body that may keep the key.
own_key(Head, Variables) when is_tuple(Head), Head =/= {} ->
    Elements = [written_key(E, Variables) || E <- tuple_to_list(Head)],
    one_of([{list_to_tuple(Elements)}, {const, Head},
            {setelement(1, list_to_tuple(Elements), {element, 1, '$_'})}]);
own_key(_, Variables) -> expression(Variables, 2).

written_key(T, _) when is_tuple(T) -> one_of([{T}, {const, T}, T]);
written_key(T, Variables) -> one_of([T, T, T, expression(Variables, 1)]).

%% Heads: an object with variables in it.
head(Object) ->
    case below(12) of
        0 -> variable();
        1 -> '_';
        _ -> pattern(Object)
    end.

pattern(T) ->
    case below(7) of
        0 -> variable();
        1 -> variable();
        2 -> '_';
        _ -> inner(T)
    end.

inner(T) when is_tuple(T) -> list_to_tuple([pattern(E) || E <- tuple_to_list(T)]);
inner([H | T]) -> [pattern(H) | one_of([inner(T), pattern(T)])];
inner(M) when is_map(M) ->
    Pairs = [P || P <- maps:to_list(M), below(3) > 0],
    maps:from_list([{case below(30) of 0 -> pattern(K); _ -> K end, pattern(V)} || {K, V} <- Pairs]);
inner(T) -> case below(6) of 0 -> twist(T); _ -> T end.

variable() -> one_of(['$1', '$2', '$3', '$10', '$0', '$1']).

variables(T) when is_tuple(T) -> variables(tuple_to_list(T));
variables([H | T]) -> lists:usort(variables(H) ++ variables(T));
variables(M) when is_map(M) -> variables(maps:values(M));
variables(A) -> case lists:member(A, ['$1', '$2', '$3', '$10', '$0']) of true -> [A]; false -> [] end.

%% Guards: most of them say something of a variable.
guard(Vs) ->
    case below(12) of
        0 -> expression(Vs, 2);
        1 -> {one_of(['and', 'or', 'andalso', 'orelse', 'xor', andthen]), guard(Vs), guard(Vs)};
        2 -> {'not', guard(Vs)};
        3 -> list_to_tuple([one_of(['and', 'or', 'andalso', 'orelse']) | [guard(Vs) || _ <- seq(below(4))]]);
        4 -> true;
        N when N < 8 -> {one_of(tests()), one_of(Vs)};
        _ -> {one_of(comparisons()), one_of(Vs), expression(Vs, 1)}
    end.

expression(Vs, 0) ->
    case below(12) of
        N when N < 6 -> one_of(Vs);
        6 -> '$_';
        7 -> one_of(['$$', '$1', '$*', '_']);
        8 -> {const, term(1)};
        _ -> leaf()
    end;
expression(Vs, D) ->
    E = fun() -> expression(Vs, D - 1) end,
    case below(22) of
        0 -> {list_to_tuple([E() || _ <- seq(below(4))])};
        1 -> [E() || _ <- seq(below(4))];
        2 -> [E() | E()];
        3 -> one_of([#{E() => E()}, maps:from_list([{key(), E()} || _ <- seq(below(4))])]);
        4 -> {const, term(2)};
        5 -> term(1);
        6 -> list_to_tuple([one_of(names()) | [E() || _ <- seq(below(4))]]);
        7 -> {one_of(['andalso', 'orelse', 'and', 'or']), guard(Vs), E()};
        8 -> {is_record, E(), a, below(4)};
        9 -> {binary_part, one_of(Vs), one_of([{{0, 1}}, {{2, -1}}, {{1, 1}}, E()])};
        10 -> {binary_part, one_of(Vs), below(4), below(4) - 2};
        11 -> {element, below(4), E()};
        12 -> {one_of([map_get, is_map_key]), one_of([a, b, 1]), one_of(Vs)};
        13 -> one_of([{self}, {node}, {node, E()}, {node, {self}}]);
        N when N < 16 -> {one_of(arithmetic()), E(), E()};
        N when N < 18 -> {one_of(unary()), E()};
        18 -> {one_of(comparisons()), E(), E()};
        19 -> {one_of(tests()), E()};
        20 when D > 1 -> maps:from_list([{{{E()}}, E()} | [{I, E()} || I <- lists:seq(1, 34)]]);
        _ -> expression(Vs, 0)
    end.

tests() -> [is_atom, is_float, is_integer, is_list, is_number, is_pid, is_port, is_reference, is_tuple,
            is_map, is_binary, is_function].
comparisons() -> ['<', '=<', '>', '>=', '==', '/=', '=:=', '=/='].
arithmetic() -> ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', 'bsr'].
unary() -> ['+', '-', 'bnot', abs, float, round, trunc, hd, tl, length, size, byte_size, bit_size,
            map_size, 'not'].
names() -> tests() ++ comparisons() ++ arithmetic() ++ unary()
    ++ [element, map_get, is_map_key, binary_part, is_record, self, node, 'and', 'or', 'xor', 'andalso',
        'orelse', const, tuple_size, is_boolean, message, return_trace, display, caller,
        enable_trace, get_tcw, set_seq_token, exception_trace, silent, process_dump, no_such, '$1'].

%% Objects: tuples, seldom with a part that is large.
object() -> list_to_tuple([term(3) || _ <- seq(1 + below(4))]).

term(0) -> leaf();
term(D) ->
    case below(14) of
        0 -> list_to_tuple(terms(D - 1));
        1 -> terms(D - 1);
        2 -> [term(D - 1) | term(D - 1)];
        3 -> maps:from_list([{key(), term(D - 1)} || _ <- seq(below(4))]);
        4 when D > 2 -> maps:from_list([{I, term(0)} || I <- lists:seq(1, 34)]);
        5 -> {a, term(D - 1)};
        _ -> leaf()
    end.

%% Keys that are no variables: of others Erlang makes maps whose keys are in no order, or twice.
key() -> one_of([a, b, c, 1, 1.0, 2.5, 1 bsl 70, <<"k">>, [], "key", '']).

terms(D) -> [term(D) || _ <- seq(below(4))].

leaf() ->
    case below(26) of
        N when N < 7 -> below(8) - 3;
        7 -> one_of([0.0, binary_to_term(<<131, 70, 128, 0:56>>)]);
        8 -> one_of([1.0, 2.0, -1.0, 2.5, -0.5, 1.0e300, 1.0e-300, 1.0e22]);
        9 -> one_of([1 bsl 59, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 64, -(1 bsl 100), 1 bsl 2000]);
        N when N < 14 -> one_of([a, b, c, true, false]);
        14 -> one_of(['_', '$1', '$_', '$$', '$01', '$a', '$', '', const, list_to_atom([228])]);
        15 -> one_of([<<>>, <<1, 2, 3>>, <<"abc">>, binary:copy(<<7>>, 70)]);
        16 -> one_of([<<1:1>>, <<1, 2, 3:7>>, shifted()]);
        17 -> [];
        18 -> {};
        19 -> #{};
        20 -> one_of([self(), binary_to_term(<<131, 88, 119, 5, "a@far", 77:32, 3:32, 9:32>>)]);
        21 -> one_of([fun lists:map/2, fun erlang:'+'/2, fun(X) -> X end]);
        22 -> one_of([list_to_port("#Port<0.5>"), reference(<<"nonode@nohost">>, 0), reference(<<"b@far">>, 3)]);
        23 -> true;
        _ -> below(3)
    end.

shifted() ->
    <<_:3, Part:16/bitstring, _/bitstring>> = <<1, 2, 3, 4>>,
    Part.

reference(Node, Creation) ->
    binary_to_term(<<131, 90, 3:16, 119, (byte_size(Node)), Node/binary, Creation:32, 1:32, 2:32, 3:32>>).

%% Nearly the same.
twist(T) when is_tuple(T), T =/= {} ->
    N = 1 + below(tuple_size(T)),
    setelement(N, T, twist(element(N, T)));
twist([H | T]) -> one_of([[twist(H) | T], [H | twist(T)]]);
twist(M) when is_map(M), M =/= #{} ->
    {K, V} = one_of(maps:to_list(M)),
    one_of([M#{K := twist(V)}, maps:remove(K, M), M#{more => V}]);
twist(I) when is_integer(I), abs(I) < 1 bsl 53 -> one_of([float(I), I + 1]);
twist(F) when is_float(F), abs(F) < 1.0e20 -> one_of([trunc(F), -F]);
twist(_) -> leaf().

%% A specification that is most likely none.
damage(T) ->
    case below(4) of
        0 -> one_of([term(1), [], T ++ leaf(), {T}]);
        _ -> hurt(T)
    end.

hurt([H | T]) -> one_of([[hurt(H) | T], [H | hurt(T)], [hurt(H) | T]]);
hurt(T) when is_tuple(T), T =/= {} ->
    N = 1 + below(tuple_size(T)),
    one_of([setelement(N, T, hurt(element(N, T))), setelement(N, T, hurt(element(N, T))),
            erlang:append_element(T, a), erlang:delete_element(N, T)]);
hurt(_) -> term(1).

%% What chance seldom makes.
written() ->
    Deep = lists:foldl(fun(_, T) -> {T, '$1'} end, x, seq(30)),
    DeepObject = lists:foldl(fun(_, T) -> {T, 5} end, x, seq(30)),
    Long = lists:seq(1, 100),
    [{[{Deep, [], ['$1']}], [DeepObject, setelement(2, DeepObject, 6)]},
     {[{{Long, '$1'}, [{'=:=', Long, Long}], [[0 | Long]]}], [{Long, 1}, {tl(Long), 1}]},
     {[{{'$1', '$1'}, [], ['$1']}], [{0.0, binary_to_term(<<131, 70, 128, 0:56>>)}, {1, 1.0}, {[1], [1]}]},
     {[{{{'$1'}, '$1'}, [], ['$1']}], [{{0.0}, binary_to_term(<<131, 70, 128, 0:56>>)}]},
     {[{{#{{'$1'} => '$2'}}, [], ['$2']}], [{#{{'$1'} => 7}}, {#{{1} => 7}}]},
     {[{'$1', [], [{binary_part, {element, 1, '$1'}, 0, 1}]}], [{<<1, 2, 3:7>>}, {<<1:7>>}]},
     {[{'$1', [], [{binary_part, {element, 1, '$1'}, 0, 1 bsl 70}]}], [{<<1, 2, 3:7>>}]},
     {[{'$1', [], [{length, {element, 1, '$1'}}]}], [{Long}, {[a | b]}]},
     {[{'$1', [], [{'bsl', 1, 1 bsl 70}]}, {'_', [], [{'bsr', 1, 1 bsl 70}]}], [{1}]},
     {[{'$1', [{'bsl', 1, 1 bsl 70}], [1]}, {'_', [], [{'bsr', 1, 1 bsl 70}]}], [{1}]},
     {[{'$1', [], [{'andalso', foo}]}], [{1}]},
     {[{'$1', [], [{'orelse', foo}]}], [{1}]},
     {[{'$1', [], [{'and', foo}]}], [{1}]},
     {[{'$1', [], [{'or', foo}]}], [{1}]},
     {[{'$1', [{'andalso', foo}], [1]}], [{1}]},
     {[{'$1', [{'orelse', {'=:=', 1, 2}, {is_tuple, '$1'}}], [1]}], [{1}]},
     {[{'$1', [{is_record, '$1', a, 1 bsl 70}], [1]}], [{1}]},
     {[{'$1', [], [{is_record, '$1', a, 1 bsl 70}]}], [{1}]},
     {[{'$1', [], [{is_record, {hd, 1}, a, {hd, 1}}]}], [{1}]},
     {[{{'$1', '$2'}, [], ['$_', '$$']}], [{1, 2}]},
     {[{{'$1', '$2'}, [], [{{'$_', '$$'}}]}], [{1, 2}]},
     {[{{'$100', '$20', '$3'}, [], ['$$']}], [{1, 2, 3}]},
     {[{{'$1', '_'}, [], [{{{element, 1, '$_'}, 3}}]}], [{1, 2}]},
     {[{{#{a => 1}, '_'}, [], [{{#{a => 1}, 3}}]}], [{#{a => 1}, 2}]},
     {[], [{1}]},
     {[{foo, [], [1]}, {[a | '$1'], [], ['$1']}, {#{a => '$1'}, [], ['$1']}, {1.0, [], [float]}],
      [foo, [a, b], #{a => 3}, 1.0, 1]}].

seq(0) -> [];
seq(N) -> lists:seq(1, N).
below(N) -> rand:uniform(N) - 1.
one_of(List) -> lists:nth(rand:uniform(length(List)), List).

%% Uses each kind of operand and table of the file format.
-module(shapes).
-export([literals/0, integers/1, choose/1, closures/2, floats/2, bytes/1, maps/1,
         registers/9, guarded/1, 'größe'/0]).

literals() ->
    [#{a => 1, "b" => 2.5}, <<"binary">>, "list", [1 | tail], fun lists:map/2,
     {-1234567890123456789012345678901234567890}, [], {}].

integers(X) ->
    [X + 1, X + 15, X + 16, X + 2047, X + 2048, X - (-1), X + 65535, X - 65536,
     X bxor -129, X + 1152921504606846976, X + 9223372036854775808,
     X bxor -9223372036854775809, X + 340282366920938463463374607431768211455].

choose(1) -> one;
choose(2) -> two;
choose(30000) -> three;
choose(-1) -> minus;
choose({_}) -> {1};
choose({_, _}) -> [2].

closures(A, B) ->
    {fun() -> A end, fun(C) -> {A, B, C} end, fun choose/1}.

floats(X, Y) when is_float(X), is_float(Y) ->
    (X * 2.0 + Y) / 3.5.

bytes(<<"head", Size:8, Body:Size/binary, Rest/bits>>) ->
    <<"tail", Body/binary, Size:16/little, Rest/bits>>.

maps(#{key := Value} = Map) ->
    Map#{key => [Value], other => 1}.

registers(A, B, C, D, E, F, G, H, I) ->
    self() ! {A, B, C},
    receive
        {D, E} -> catch choose(F)
    after 100 ->
        [G, H, I, A, B, C, D, E, F]
    end.

-file("elsewhere.hrl", 1000).
guarded(X) ->
    try choose(X) of
        one -> X * 3;
        _ -> error({bad, X})
    catch
        error:Reason:Stack -> {Reason, Stack}
    after
        choose(1)
    end.

'größe'() -> 'größe'.

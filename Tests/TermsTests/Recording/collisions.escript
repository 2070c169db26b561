#!/usr/bin/env escript
%% Writes `collisions.etf`: the encoding of a map of keys of many kinds of which each has the same
%% 32 bits of internal hash as another, so that the levels from 8 on decide on their order.
%% Usage: escript collisions.escript
main(_) ->
    erts_debug:set_internal_state(available_internal_state, true),
    Count = 150000,
    Numbers = lists:seq(1, Count),
    Keys = lists:seq(1, 2 * Count) ++ [I / 7 || I <- Numbers] ++ [[I | I + 1] || I <- Numbers]
        ++ [{I, {I}} || I <- Numbers] ++ [<<I:40>> || I <- Numbers] ++ [I bsl 70 || I <- Numbers],
    Hashed = lists:sort([{erts_debug:get_internal_state({internal_hash, Key}), Key}
                         || Key <- Keys]),
    Colliding = lists:append(pairs(Hashed)),
    ok = file:write_file("collisions.etf",
                         term_to_binary(maps:from_list([{Key, 1} || Key <- Colliding]))).

pairs([{Hash, Key}, {Hash, Other} = Next | Rest]) -> [[Key, Other] | pairs([Next | Rest])];
pairs([_ | Rest]) -> pairs(Rest);
pairs([]) -> [].

#!/usr/bin/env escript
%% Files of tables for real Erlang and ours to read from each other.
%%
%%     files.escript write DIR SEED    writes tables to DIR/N.tab, and to DIR/N.txt what is in each
%%     files.escript read DIR          reads DIR/N.tab and writes DIR/N.out, in the same form
%%
%% The form: the type, the key's place and the protection, then the objects, sorted, one a line.
-mode(compile).

main(["write", Dir, Seed]) ->
    rand:seed(exsss, list_to_integer(Seed)),
    Types = [set, ordered_set, bag, duplicate_bag],
    Protections = [public, protected, private],
    [begin
         Type = lists:nth(1 + N rem 4, Types),
         Protection = lists:nth(1 + N rem 3, Protections),
         KeyPosition = 1 + N rem 2,
         T = ets:new(list_to_atom("t" ++ integer_to_list(N)), [Type, Protection, {keypos, KeyPosition}]),
         [ets:insert(T, list_to_tuple([term(3) || _ <- lists:seq(1, 2 + rand:uniform(3))]))
          || _ <- lists:seq(1, N * N)],
         N >= 6 andalso ets:insert(T, {large, key, binary:copy(<<"x">>, 65450 + 15 * N)}),
         Options = lists:nth(1 + N rem 5, [[], [{extended_info, [object_count]}], [{sync, true}],
             [{extended_info, [md5sum]}], [{extended_info, [md5sum, object_count]}]]),
         ok = ets:tab2file(T, name(Dir, N, ".tab"), Options),
         describe(T, name(Dir, N, ".txt"))
     end || N <- lists:seq(0, 11)];
main(["read", Dir]) ->
    [begin
         {ok, T} = ets:file2tab(File, [{verify, true}]),
         describe(T, filename:rootname(File) ++ ".out")
     end || File <- filelib:wildcard(filename:join(Dir, "*.tab"))].

name(Dir, N, Extension) -> filename:join(Dir, integer_to_list(N) ++ Extension).

describe(T, File) ->
    Head = io_lib:format("~w ~w ~w~n", [ets:info(T, type), ets:info(T, keypos), ets:info(T, protection)]),
    Lines = lists:sort([unicode:characters_to_binary(io_lib:format("~w~n", [O])) || O <- ets:tab2list(T)]),
    ok = file:write_file(File, [Head, Lines]).

term(0) -> leaf(rand:uniform(9));
term(Depth) ->
    case rand:uniform(12) of
        1 -> [term(Depth - 1) || _ <- lists:seq(1, rand:uniform(4))];
        2 -> list_to_tuple([term(Depth - 1) || _ <- lists:seq(1, rand:uniform(4))]);
        3 -> maps:from_list([{leaf(rand:uniform(9)), term(Depth - 1)} || _ <- lists:seq(1, 3)]);
        N -> leaf(N)
    end.

leaf(1) -> rand:uniform(1000) - 500;
leaf(2) -> (rand:uniform(1 bsl 70) - (1 bsl 69)) * 7;
leaf(3) -> rand:uniform() * 1000;
leaf(4) -> list_to_atom([$a + rand:uniform(25) || _ <- lists:seq(1, 4)]);
leaf(5) -> list_to_binary([rand:uniform(255) || _ <- lists:seq(1, rand:uniform(100))]);
leaf(6) -> "text";
leaf(7) -> <<5:3>>;
leaf(8) -> {};
leaf(_) -> [].

%% Writes terms of every kind with their hashes, and what shapes large maps have.
%% erlc hashes.erl && erl -noshell -run hashes fixture > ../HashRecording.swift
%% erl -noshell -run hashes main SEED COUNT: lines of a term in base 64 and its hash.
%% No two runs write the same: references and the order of maps depend on the run.
-module(hashes).
-export([fixture/0, main/1, shape/2]).

fixture() ->
    rand:seed(exsss, {1, 2, 3}),
    io:format("/// Terms in base 64 of the external format of OTP 25 and `erlang:phash2(Term, 1 bsl 32)`;~n"
              "/// `Recording/hashes.erl` made this file.~n"
              "let recordedHashes = \"\"\"~n"),
    [write("  ", T) || T <- fixed() ++ [term(4) || _ <- lists:seq(1, 420)]],
    io:format("  \"\"\"~n~n"
              "/// Maps of keys made by number: kind of key, size, `erts_debug:flat_size/1` without that of the~n"
              "/// keys, and the hash of `maps:keys/1`.~n"
              "let recordedShapes: [(kind: Int, size: Int, words: Int, keysHash: Int)] = [~n"),
    [begin
         {Words, Hash} = shape(Kind, Size),
         io:format("  (~w, ~w, ~w, ~w),~n", [Kind, Size, Words, Hash])
     end || Kind <- lists:seq(0, 9), Size <- sizes(Kind)],
    io:format("]~n"),
    halt().

main([Seed, Count]) ->
    rand:seed(exsss, {list_to_integer(Seed), 5, 6}),
    [write("", T) || T <- fixed() ++ [term(4) || _ <- lists:seq(1, list_to_integer(Count))]],
    halt().

write(Indent, T) ->
    io:format("~s~s ~w~n", [Indent, base64:encode(term_to_binary(T)), erlang:phash2(T, 1 bsl 32)]).

%% Of 20,000 maps as keys, two have the same hash.
sizes(8) -> [33, 34, 100, 1000, 10000];
sizes(_) -> [33, 34, 100, 1000, 20000].

shape(Kind, Size) ->
    Keys = [key(Kind, I) || I <- lists:seq(1, Size)],
    Map = maps:from_list([{K, 0} || K <- Keys]),
    KeyWords = lists:sum([erts_debug:flat_size(K) || K <- Keys]),
    {erts_debug:flat_size(Map) - KeyWords, erlang:phash2(maps:keys(Map), 1 bsl 32)}.

key(0, I) -> I;
key(1, I) -> I * 0.5;
key(2, I) -> <<I:32>>;
key(3, I) -> binary:copy(<<I:32>>, 5);
key(4, I) -> {I, I + 1.0, -I};
key(5, I) -> integer_to_list(I);
key(6, I) -> I bsl 70;
key(7, I) -> [I, {I}, [I] | I];
key(8, I) -> #{I => [], 0.5 => {[I]}};
key(9, I) -> -I bsl 40.

fixed() ->
    [[], {}, #{}, <<>>, 0, 1, -1, 0.0, binary_to_term(<<131, 70, 128, 0:56>>), 1.0, a, '', [a], [[]],
     [[[]]], {[]}, {[], a}, [a | b], "abc", "abcd", "abcde", "abcd" ++ [a], [256], [1, 2, 3 | 4],
     (1 bsl 27) - 1, 1 bsl 27, -(1 bsl 27), -(1 bsl 27) - 1, (1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59),
     -(1 bsl 59) - 1, (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), 1 bsl 200, -(1 bsl 200) - 1,
     list_to_atom([228]), list_to_atom([16#3b1, $a, 255]), list_to_atom(lists:duplicate(255, $x)),
     list_to_atom(lists:duplicate(255, 16#3b1)), fun lists:map/2, fun erlang:'+'/2, fun pair/2,
     fun(X) -> X end, capture(1), capture({a, "b"}), capture(a, [b]),
     <<1:1>>, <<5:3>>, <<1, 2, 3:7>>, <<0:1000>>, binary:copy(<<"0123456789ab">>, 20),
     shifted(1), shifted(11), shifted(12), shifted(13), shifted(100),
     maps:from_list([{I, I} || I <- lists:seq(1, 33)]),
     maps:from_list([{{I}, #{I => a}} || I <- lists:seq(1, 70)]),
     #{#{a => 1} => #{}, [] => #{#{} => []}},
     pid(5, 0), pid((1 bsl 15) - 3, 7), pid(77, 1 bsl 12),
     external(88, <<77:32, 3:32, 9:32>>), external(88, <<1000000:32, 3:32, 9:32>>),
     external(89, <<77:32, 9:32>>), external(120, <<77:64, 9:32>>),
     external(120, <<16#123456789A:64, 9:32>>),
     reference([1, 2, 3]), reference([16#3FFFF, 16#FFFFFFFF, 16#ABCDEF01]),
     foreign([1, 2, 3], 3), foreign([100000], 3), foreign([7, 8, 9, 10, 11], 3),
     list_to_port("#Port<0.5>")].

pair(A, B) -> {A, B}.
capture(A) -> fun(X) -> {A, X} end.
capture(A, B) -> fun(X) -> {A, B, X} end.

%% A part of a binary that begins within a byte.
shifted(Bytes) ->
    <<_:3, Part/bitstring>> = list_to_binary([rand:uniform(256) - 1 || _ <- lists:seq(0, Bytes)]),
    Part.

pid(Number, Serial) ->
    binary_to_term(<<131, 88, 119, 13, "nonode@nohost", Number:32, Serial:32, 0:32>>).
external(Tag, Rest) -> binary_to_term(<<131, Tag, 119, 5, "a@far", Rest/binary>>).
reference(Ids) -> references(<<"nonode@nohost">>, Ids, 0).
foreign(Ids, Creation) -> references(<<"b@far">>, Ids, Creation).
references(Node, Ids, Creation) ->
    binary_to_term(<<131, 90, (length(Ids)):16, 119, (byte_size(Node)), Node/binary,
                     Creation:32, << <<I:32>> || I <- Ids>>/binary>>).

term(Depth) ->
    case rand:uniform(20) of
        N when N > 9, Depth > 0 -> deep(N, Depth - 1);
        1 -> rand:uniform(600) - 300;
        2 -> (rand:uniform(1 bsl rand:uniform(70)) - 1) * (2 * rand:uniform(2) - 3);
        3 -> rand:uniform(1 bsl 300) * (2 * rand:uniform(2) - 3);
        4 -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(40) - 20);
        5 -> list_to_atom([rand:uniform(300) || _ <- lists:seq(1, rand:uniform(9) - 1)]);
        6 -> list_to_binary([rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(40) - 1)]);
        7 -> <<(rand:uniform(1 bsl 100)):(rand:uniform(100))>>;
        8 -> leaf(rand:uniform(6));
        _ -> shifted(rand:uniform(40))
    end.

leaf(1) -> pid(rand:uniform(1 bsl 15) - 1, rand:uniform(8000));
leaf(2) -> external(88, <<(rand:uniform(1 bsl 28) - 1):32, 3:32, 9:32>>);
leaf(3) -> external(120, <<(rand:uniform(1 bsl 60)):64, 9:32>>);
leaf(4) -> reference([rand:uniform(1 bsl 18) - 1, rand:uniform(1 bsl 32) - 1, 5]);
leaf(5) -> foreign([rand:uniform(1 bsl 18) - 1 || _ <- lists:seq(1, 3)], 4);
leaf(6) -> rand:bytes(rand:uniform(100)).

deep(N, Depth) when N < 13 -> list_to_tuple(terms(Depth));
deep(N, Depth) when N < 15 -> terms(Depth);
deep(15, Depth) -> terms(Depth) ++ term(Depth);
deep(16, _) -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(12))];
deep(17, Depth) -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(6))] ++ terms(Depth);
deep(18, Depth) -> maps:from_list([{term(Depth), term(Depth)} || _ <- terms(0)]);
deep(19, Depth) when Depth > 2 -> maps:from_list([{term(0), term(0)} || _ <- lists:seq(1, 45)]);
deep(19, _) -> capture(term(0), term(0));
deep(20, Depth) -> capture(term(Depth)).

terms(Depth) -> [term(Depth) || _ <- lists:seq(1, rand:uniform(5) - 1)].

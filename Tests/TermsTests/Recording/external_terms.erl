%% Random terms of every kind, encoded by OTP.
%% erlc external_terms.erl
%% erl -noshell -run external_terms record > ../ExternalRoundTripRecording.swift
%% erl -noshell -run external_terms live SEED COUNT FILE    rows for the tests against a live erl
%% erl -noshell -run external_terms check FILE              reads encodings made elsewhere
%% No two runs write the same: references and the order of maps depend on the run.
-module(external_terms).
-export([record/0, live/1, check/1]).

record() ->
    rand:seed(exsss, {2, 7, 18}),
    io:format("// swift-format-ignore-file~n"
              "/// Encodings of one term with the minor versions 0, 1 and 2 and, of those that have"
              " one, the~n/// deterministic one; and the words of the term. OTP 25 wrote them;~n"
              "/// `Recording/external_terms.erl` made this file.~n"
              "let recordedRoundTrips: [(plain: [String], sorted: String, words: Int)] = [~n"),
    [row(T) || T <- special() ++ [random(4) || _ <- lists:seq(1, 120)]],
    io:format("]~n"),
    halt().

row(Term) ->
    {Plain, Sorted, Words} = encodings(Term),
    [A, B, C] = [hex(P) || P <- Plain],
    io:format("  ([~n    \"~s\",~n    \"~s\",~n    \"~s\",~n  ], \"~s\", ~w),~n",
              [A, B, C, hex(Sorted), Words]).

hex(Bytes) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= Bytes].

%% Each row: four encodings, each behind its length, and the words.
live([Seed, Count, File]) ->
    rand:seed(exsss, {list_to_integer(Seed), 1, 1}),
    Terms = special() ++ [random(5) || _ <- lists:seq(1, list_to_integer(Count))],
    ok = file:write_file(File, [live_row(T) || T <- Terms]),
    halt().

live_row(Term) ->
    {Plain, Sorted, Words} = encodings(Term),
    [[<<(byte_size(B)):32>>, B] || B <- Plain ++ [Sorted]] ++ [<<Words:32>>].

encodings(Term) ->
    %% What is built of parts is written as it is read: no sharing, no parts of parts.
    Read = binary_to_term(term_to_binary(Term)),
    {[term_to_binary(Read, [{minor_version, V}]) || V <- [0, 1, 2]],
     term_to_binary(Read, [deterministic]), erts_debug:flat_size(Read)}.

%% Pairs of a compressed encoding and the plain one of the same term.
check([File]) ->
    {ok, Bytes} = file:read_file(File),
    Bad = check(Bytes, 0, 0),
    halt(case Bad of 0 -> 0; _ -> 1 end).

check(<<>>, Count, Bad) ->
    io:format("~w read, ~w unlike~n", [Count, Bad]),
    Bad;
check(<<N:32, A:N/binary, M:32, B:M/binary, Rest/binary>>, Count, Bad) ->
    case catch binary_to_term(A) =:= binary_to_term(B) of
        true -> check(Rest, Count + 1, Bad);
        _ -> check(Rest, Count + 1, Bad + 1)
    end.

special() ->
    X = <<255, 1, 2>>,
    <<Three:3/bits, _/bits>> = X,
    <<_:3, Eleven:11/bits, _/bits>> = X,
    <<_:3, Two:2/binary, _/bits>> = <<(binary:copy(X, 40))/binary>>,
    Large = binary:copy(<<"0123456789">>, 20),
    <<_:8, Part:100/binary, _/binary>> = Large,
    <<_:5, Bits:801/bits, _/bits>> = Large,
    Y = {Large, [x]},
    [0, 255, 256, -1, 2147483647, 2147483648, -2147483648, -2147483649, 1 bsl 59, -(1 bsl 59),
     (1 bsl 59) - 1, -(1 bsl 59) - 1, 1 bsl 64, (1 bsl 64) - 1, -(1 bsl 63), 1 bsl 2039,
     (1 bsl 2040) - 1, -(1 bsl 2040), 1 bsl 5000,
     0.0, -0.0, 1.5, -2.25e-300, 1.0e300, 4.9e-324,
     a, '', 'é', 'ÿa', 'λ', list_to_atom(lists:duplicate(255, $a)),
     list_to_atom(lists:duplicate(255, 16#E9)), list_to_atom(lists:duplicate(255, 16#3BB)),
     list_to_atom(lists:duplicate(100, 16#1F600)),
     [], {}, #{}, <<>>, <<1>>, Three, Eleven, Two, Part, Bits, Large,
     binary:copy(<<7>>, 64), binary:copy(<<7>>, 65), <<(binary:copy(<<7>>, 64))/binary, 5:3>>,
     <<(binary:copy(<<7>>, 63))/binary, 5:3>>,
     "string", [255, 0], [1, 256], [1, 2 | 3], [a | "bc"], [1 | {x}], ["ab", "cd"],
     [[], [[]]], {[], {[{}]}}, list_to_tuple(lists:seq(1, 255)), list_to_tuple(lists:seq(1, 256)),
     fun lists:map/2, fun 'é':'λ'/255, fun erlang:'+'/0,
     fun(A) -> A end, fun(A, B) -> {A, B, X, Y} end, fun() -> fun() -> [X | Y] end end,
     read(<<112, 33:32, 3, 1:64, -1:64, 5:32, 1:32, 119, 1, $m, 98, -3:32, 98, -1:32,
            88, 119, 3, "x@y", 1:32, 2:32, 3:32, 97, 9>>),
     self(), hd(erlang:ports()), make_ref()] ++
        [read(B) || B <- identifiers()] ++
        [#{a => 1}, #{1 => a, 1.0 => b, "k" => #{Large => []}, {#{}} => c, self() => 2.5},
         maps:from_list([{I, {I}} || I <- lists:seq(1, 32)])] ++
        [maps:from_list([{I, {I}} || I <- lists:seq(1, N)]) || N <- [33, 40, 100, 300]] ++
        [mixed_map(), #{mixed_map() => [mixed_map()]},
         maps:from_list([{maps:from_list([{{I, J}, J} || J <- lists:seq(1, 34)]), I}
                         || I <- lists:seq(1, 35)])].

mixed_map() ->
    maps:from_list([{K, I} || I <- lists:seq(1, 20),
                              K <- [I, I / 2, -I, {I}, [I], <<I>>, <<I:3>>, I bsl 60,
                                    list_to_atom([I + 200])]]).

identifiers() ->
    Node = <<119, 3, "x@y">>,
    Here = <<119, 13, "nonode@nohost">>,
    Odd = <<100, 0, 3, 16#E9, "@y">>,
    [<<88, Node/binary, -1:32, -1:32, 77:32>>, <<88, Here/binary, 5:32, 6:32, 0:32>>,
     <<88, Here/binary, 5:32, 6:32, 9:32>>, <<103, Node/binary, 5:32, 6:32, 3>>,
     <<88, Odd/binary, 5:32, 6:32, 1:32>>, <<103, Here/binary, 5:32, 6:32, 0>>,
     <<102, Node/binary, 5:32, 2>>, <<89, Node/binary, (1 bsl 28):32, 2:32>>,
     <<89, Node/binary, ((1 bsl 28) - 1):32, 2:32>>, <<120, Node/binary, -1:64, 2:32>>,
     <<89, Here/binary, 77:32, 0:32>>, <<120, Here/binary, 78:64, 0:32>>,
     <<114, 3:16, Node/binary, 3, 5:32, 6:32, 7:32>>,
     <<90, 4:16, Node/binary, 3:32, 1:32, 2:32, 3:32, -1:32>>,
     <<90, 5:16, Node/binary, 3:32, -1:32, 2:32, 3:32, 4:32, 5:32>>,
     <<90, 3:16, Here/binary, 0:32, 5:32, 6:32, 7:32>>, <<90, 1:16, Here/binary, 0:32, 5:32>>,
     <<90, 2:16, Here/binary, 0:32, 5:32, -1:32>>,
     %% OTP 25 does not always find references of one number equal, so they are no keys here.
     <<101, Node/binary, 262143:32, 3>>, <<114, 1:16, Node/binary, 3, 5:32>>].

read(Bytes) -> binary_to_term(<<131, Bytes/binary>>).

random(0) -> leaf();
random(Depth) ->
    case rand:uniform(20) of
        N when N =< 8 -> leaf();
        N when N =< 11 -> list_to_tuple(some(Depth));
        N when N =< 14 -> some(Depth);
        15 -> [random(Depth - 1) | random(Depth - 1)];
        16 -> some(Depth) ++ random(Depth - 1);
        17 -> [$a + rand:uniform(20) || _ <- lists:seq(1, rand:uniform(9))];
        18 ->
            X = random(Depth - 1),
            Y = random(Depth - 1),
            case rand:uniform(3) of
                1 -> fun() -> X end;
                2 -> fun(_) -> {X, Y} end;
                3 -> fun(A, B) -> [A, B, X, Y, Depth] end
            end;
        19 ->
            maps:from_list([{random(Depth - 1), random(Depth - 1)} || _ <- some(Depth)]);
        20 ->
            Count = case rand:uniform(6) of 1 -> rand:uniform(80); _ -> rand:uniform(6) end,
            maps:from_list([{random(min(1, Depth - 1)), leaf()} || _ <- lists:seq(1, Count)])
    end.

some(Depth) ->
    [random(Depth - 1) || _ <- lists:seq(1, rand:uniform(case rand:uniform(30) of
                                                              1 -> 40;
                                                              _ -> 4
                                                          end) - 1)].

leaf() ->
    case rand:uniform(16) of
        1 -> rand:uniform(300) - 20;
        2 -> rand:uniform(1 bsl 33) - (1 bsl 32);
        3 -> (rand:uniform(1 bsl 62) - (1 bsl 61)) bsl (rand:uniform(3) - 2);
        4 -> (rand:uniform(1 bsl 64) - (1 bsl 63)) bsl rand:uniform(300);
        5 -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(400) - 200);
        6 -> lists:nth(rand:uniform(8), [a, b, ok, error, 'ÿ', 'λμ', undefined, 'Some Atom']);
        7 -> list_to_atom([rand:uniform(500) || _ <- lists:seq(1, rand:uniform(6))]);
        8 -> [];
        9 -> rand:bytes(rand:uniform(20) - 1);
        10 -> rand:bytes(rand:uniform(120));
        11 -> <<(rand:bytes(rand:uniform(90)))/binary, 1:(rand:uniform(8))>>;
        12 -> lists:nth(rand:uniform(4), [fun lists:map/2, fun m:f/0, fun 'é':g/7, fun a:'λ'/3]);
        13 -> read(lists:nth(rand:uniform(18), identifiers()));
        14 -> lists:nth(rand:uniform(3), [{}, #{}, <<>>]);
        15 -> lists:duplicate(rand:uniform(30), rand:uniform(300));
        16 -> self()
    end.

%% Writes ExternalTermRecording.swift: terms in the external format as OTP writes them.
%% erlc external.erl
%% erl -noshell +pc unicode -s external main -s init stop > ../ExternalTermRecording.swift
-module(external).
-export([main/0]).

main() ->
    io:setopts([{encoding, unicode}]),
    rand:seed(exsss, {3, 1, 4}),
    io:format("// swift-format-ignore-file~n"
              "/// Encoded terms, what `~~w` prints of them and their flat size in OTP 25;~n"
              "/// `Recording/external.erl` made this file.~n"
              "let recordedExternalTerms: [(hex: String, words: Int, text: String)] = [~n"),
    [row(term_to_binary(T, O), T) || {T, O} <- terms()],
    [row(B, binary_to_term(B)) || B <- handmade()],
    [row(term_to_binary(T), T) || _ <- lists:seq(1, 80), T <- [random(4)]],
    io:format("]~n~n/// Encoded big integers: the hexadecimal digits of their absolute value, and~n"
              "/// the sign.~n"
              "let recordedExternalIntegers: [(hex: String, magnitude: String, isNegative: Bool)] ="
              " [~n"),
    [io:format("  (\"~s\", \"~.16B\", ~w),~n", [hex(term_to_binary(N)), abs(N), N < 0])
     || N <- bigs()],
    io:format("]~n").

terms() ->
    Plain = [0, 1, 255, 256, -1, 2147483647, -2147483648, 2147483648, -2147483649,
             1 bsl 59 - 1, -(1 bsl 59),
             1.5, -0.0, 1.0e300, 5.0e-324, a, 'an atom', 'größe', 'λ', '', [], {}, #{}, <<>>,
             <<"binary">>, <<0:512>>, "string", [1, 2, 300], [a | b], [a, b | c],
             [[]], [[], [[]]], {a}, {{}, {{}}},
             list_to_tuple(lists:seq(1, 300)), [a || _ <- lists:seq(1, 20)],
             #{a => 1}, #{c => 1, a => 2, b => 3},
             #{1 => a, 1.0 => b, "k" => c, {t} => d, <<"x">> => e, [] => f},
             #{#{a => b} => #{c => #{}}, #{a => c} => z},
             maps:from_list([{I, I * I} || I <- lists:seq(1, 32)]),
             {[#{x => [{y, 1.25}]} | tail], "zz"}],
    [{T, []} || T <- Plain] ++
        [{T, [{minor_version, 2}]} || T <- [a, 'größe', {ok, [x]}]] ++
        [{T, [{minor_version, 0}]} || T <- [1.5, -0.1, 1.0e-300, 0.0]] ++
        [{T, [compressed]} || T <- [lists:duplicate(50, {abc, "abc"}), <<0:512>>]].

handmade() ->
    [<<131, 115, 2, 16#E9, $x>>, <<131, 119, 2, 16#C3, 16#A9>>, <<131, 108, 0:32, 97, 7>>,
     <<131, 107, 0, 0>>, <<131, 105, 0, 0, 0, 2, 97, 1, 106>>, <<131, 110, 1, 1, 5>>,
     <<131, 110, 9, 1, 5, 0:64>>, <<131, 111, 0, 0, 0, 2, 0, 1, 1>>, <<131, 110, 0, 0>>] ++
        [reversed(M) || M <- [#{c => 1, a => 2, b => 3},
                              maps:from_list([{I, a} || I <- lists:seq(1, 32)]),
                              #{1 => a, 1.0 => b, "k" => c, {t} => d, <<"x">> => e, [] => f,
                                #{} => g,
                                -1 => h, 'A' => i, {a, b} => j, <<"wxyz">> => k, #{a => b} => l}]].

%% A map whose pairs are encoded from the last to the first.
reversed(Map) ->
    Pairs = [[plain(K), plain(V)] || {K, V} <- lists:reverse(maps:to_list(Map))],
    iolist_to_binary([<<131, 116, (map_size(Map)):32>>, Pairs]).

plain(Term) -> binary:part(term_to_binary(Term), 1, byte_size(term_to_binary(Term)) - 1).

bigs() ->
    [1 bsl 59, -(1 bsl 59) - 1, 1 bsl 63, (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), (1 bsl 128) - 1,
     -(1 bsl 127) - 12345, (1 bsl 2040) - 1, (1 bsl 2048) + 99, -(1 bsl 2100)].

random(Depth) ->
    case rand:uniform(case Depth of 0 -> 6; _ -> 11 end) of
        1 -> rand:uniform(1000) - 500;
        2 -> rand:uniform(1 bsl 50);
        3 -> (rand:uniform(2000) - 1000) / 8;
        4 -> lists:nth(rand:uniform(5), [a, b, ok, error, 'ÿ']);
        5 -> [];
        6 -> binary:copy(<<"ab">>, rand:uniform(10));
        7 -> list_to_tuple(some(Depth));
        8 -> some(Depth);
        9 -> [random(Depth - 1) | random(Depth - 1)];
        10 -> [$a + rand:uniform(20) || _ <- some(Depth)];
        11 -> maps:from_list([{random(Depth - 1), random(Depth - 1)} || _ <- some(Depth)])
    end.

some(Depth) -> [random(Depth - 1) || _ <- lists:seq(1, rand:uniform(4))].

row(Bytes, Term) ->
    Text = unicode:characters_to_binary(io_lib:format("~w", [Term])),
    Escaped = binary:replace(Text, <<"\\">>, <<"\\\\">>, [global]),
    Quoted = binary:replace(Escaped, <<"\"">>, <<"\\\"">>, [global]),
    io:format("  (~n    \"~s\", ~w,~n    \"~ts\"~n  ),~n",
              [hex(Bytes), erts_debug:flat_size(Term), Quoted]).

hex(Bytes) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= Bytes].

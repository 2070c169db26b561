%% Writes TermRecording.swift: terms in OTP's standard order with their sizes.
%% erlc terms.erl && erl -noshell -s terms main -s init stop > ../TermRecording.swift
-module(terms).
-export([main/0]).

main() ->
    rand:seed(exsss, {7, 8, 9}),
    io:setopts([{encoding, unicode}]),
    Terms = lists:sort(fixed() ++ [term(4) || _ <- lists:seq(1, 110)]),
    io:format("/// Terms in the standard order of OTP 25: the text of `~~w`, `erts_debug:flat_size/1`, and a~n"
              "/// rank that equal terms share; `Recording/terms.erl` made this file.~n"
              "let recordedTerms: [(text: String, flatWords: Int, rank: Int)] = [~n"),
    write(Terms, 0),
    io:format("]~n~n/// Every character up to U+0101 behind and before an `a`, as `~~w` writes the atom.~n"
              "let recordedAtoms: [(alone: String, behind: String)] = [~n"),
    [io:format("  (~ts, ~ts),~n", [quoted(list_to_atom([C])), quoted(list_to_atom([$a, C]))])
     || C <- lists:seq(0, 257)],
    io:format("]~n").

write([], _) -> ok;
write([T | Rest], Rank) ->
    io:format("  (~ts, ~w, ~w),~n", [quoted(T), erts_debug:flat_size(T), Rank]),
    case Rest of
        [Next | _] when Next == T -> write(Rest, Rank);
        _ -> write(Rest, Rank + 1)
    end.

%% As a Swift string without escapes, in which any ~w text can stand.
quoted(T) -> ["#\"", io_lib:format("~w", [T]), "\"#"].

fixed() ->
    B = 1 bsl 53,
    [0, 0.0, -0.0, 1, 1.0, -1, B, float(B), B + 1, B - 1, -(B + 1), 1 bsl 59, (1 bsl 59) - 1,
     -(1 bsl 59), -(1 bsl 59) - 1, float(1 bsl 59), (1 bsl 59) + 1, 1 bsl 64, float(1 bsl 64),
     (1 bsl 64) + 1, (1 bsl 64) - 1, -(1 bsl 64), 1 bsl 128, -(1 bsl 128), math:pow(2, 128),
     1 bsl 1100, -(1 bsl 1100), 1.7976931348623157e308, -1.7976931348623157e308, 5.0e-324,
     a, b, aa, ab, 'A', '', 'a b', 'end', list_to_atom([228]), list_to_atom([16#3b1]),
     list_to_atom([16#ffff]), list_to_atom([16#1f41f]),
     [], {}, #{}, <<>>, <<0>>, <<0, 0>>, <<1>>, <<255>>, <<1, 2, 3, 4, 5, 6, 7, 8, 9>>, <<0:512>>,
     list_to_pid("<0.5.1>"), list_to_pid("<0.6.0>"), list_to_pid("<0.4.0>"),
     list_to_port("#Port<0.5>"), list_to_port("#Port<0.600>"),
     list_to_ref("#Ref<0.1.2.3>"), list_to_ref("#Ref<0.3.2.1>"), list_to_ref("#Ref<0.2.2.9>"),
     list_to_ref("#Ref<0.1.2.4>"),
     #{1 => a}, #{1.0 => a}, #{2 => a}, #{1 => a, 1.0 => b}, #{a => 1}, #{a => 1.0}, #{a => 2},
     #{{1} => a, {1.0} => b, {2} => c}, #{#{1 => a} => x}, #{#{1.0 => a} => x},
     #{[1] => [2, 3]}, #{1 => a, 2 => c}, #{1 => b, 2 => a}, #{1 => a, 3 => a},
     #{1 => b, 2 => b}, maps:from_list([{I, I} || I <- lists:seq(1, 32)]),
     #{'end' => 1, {} => #{}, [] => [], <<>> => <<>>, "ab" => "cd"},
     [a | b], [a], [[]], [[[[]]]], [[a] | [b | c]], [1, 2 | 3], [1, 2, 3], [1.0, 2, 3],
     [1, 2.0, 3], [1, 2, 3.5], {a}, {1}, {1.0}, {0, 0}, {{}, {{}}}, {[a | {b}], c},
     [{1.0, [<<1>>]} | {}], {<<1, 2>>, #{x => #{}}}, "text", [[[1, 2 | x] | {y}], [z]]].

term(0) -> leaf();
term(Depth) ->
    case rand:uniform(7) of
        1 -> list_to_tuple(terms(Depth));
        2 -> terms(Depth);
        3 -> terms(Depth) ++ leaf();
        4 -> maps:from_list([{term(Depth - 1), term(Depth - 1)} || _ <- terms(Depth)]);
        5 -> [term(Depth - 1) || _ <- lists:seq(1, 2)];
        6 -> {term(Depth - 1), term(Depth - 1)};
        7 -> leaf()
    end.

terms(Depth) -> [term(Depth - 1) || _ <- lists:seq(1, rand:uniform(4) - 1)].

leaf() -> lists:nth(rand:uniform(16), [0, 1, 1.0, 2, 2.0, -1, -1.5, a, b, 'a b', [], {}, #{},
                                        <<1>>, 1 bsl 64, float(1 bsl 64)]).

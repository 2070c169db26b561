%% Writes terms in the external format and what OTP prints of them, for PrintRecordingTests.swift:
%% erlc printing.erl
%% (erl -noshell -s printing main 1 100 && erl -noshell +pc unicode -s printing main 2 40) \
%%   > printing.txt
%%
%% A line begins with what it is: `range` the characters that `~tp` takes for printable, `node` the
%% name of another node and the number that stands for it in texts, `term` a term in hexadecimal
%% digits, else a format and its text with `\n` for the end of a line and `\\` for `\`; `=` is
%% the text of the line above. A format is `w` or `p` and the width, `t` in front for Unicode and `l`
%% for no strings, then `@` and a column, and `/` and a depth.
-module(printing).
-export([main/1]).
-define(MOST_CHARACTERS, 800).

main([Seed, Count]) ->
    io:setopts([{encoding, unicode}]),
    N = number(Seed),
    rand:seed(exsss, {N, 5, 9}),
    Fixed = case N of 1 -> fixed(); _ -> fixed_strings() end,
    io:format("range ~w~n", [io:printable_range()]),
    [io:format("node ~w ~s~n", [Name, node_number(Name)]) || Name <- nodes_known()],
    [record(T, all()) || T <- Fixed],
    [record(short(), some_formats()) || _ <- lists:seq(1, number(Count))],
    init:stop().

number(Atom) -> list_to_integer(atom_to_list(Atom)).

nodes_known() -> ['a@b', 'other@host'].

node_number(Name) ->
    [$< | Text] = pid_to_list(foreign_pid(Name, 1, 1)),
    lists:takewhile(fun(C) -> C =/= $. end, Text).

%% A random term whose texts do not take the recording for themselves.
short() ->
    T = random(),
    case length(lists:flatten(io_lib:format("~w", [T]))) of
        Length when Length < ?MOST_CHARACTERS -> T;
        _ -> short()
    end.

%% Formats

all() ->
    [{P, W, C, D} || {P, W} <- [{w, 0}, {tw, 0}, {p, 40}, {p, 80}, {tp, 80}, {p, 120}],
                     C <- [1], D <- [-1]]
        ++ [{P, W, 1, D} || {P, W} <- [{w, 0}, {p, 80}], D <- [0, 1, 2, 3, 4, 7]].

some_formats() ->
    [{w, 0, 1, -1}, {p, 40, 1, -1}, {p, 80, 1, -1}, {p, 120, 1, -1}, {tp, 60, pick([1, 9]), -1},
     {p, pick([0, 1, 10, 20, 30]), 1, -1}, {p, rand:uniform(100), pick([1, 1, 3]), -1},
     {pick([lp, ltp]), 70, 1, pick([-1, 6])}, {tw, 0, 1, pick([-1, 5])},
     {w, 0, 1, rand:uniform(12) - 1}, {p, 40, 1, rand:uniform(12) - 1},
     {p, 80, pick([1, 5, 30]), rand:uniform(40)}, {tp, 50, 1, rand:uniform(20)}].

format({P, Width, Column, Depth}) ->
    Letter = case {Depth, lists:last(atom_to_list(P))} of
                 {-1, L} -> [L];
                 {_, L} -> string:uppercase([L])
             end,
    T = lists:droplast(atom_to_list(P)),
    case Letter == "w" orelse Letter == "W" of
        true -> ["~", T, Letter];
        false -> io_lib:format("~~~w.~w~s~s", [Width, Column, T, Letter])
    end.

key({P, Width, Column, Depth}) ->
    [atom_to_list(P), case Width of 0 when P == w; P == tw -> ""; _ -> integer_to_list(Width) end,
     case Column of 1 -> ""; _ -> ["@", integer_to_list(Column)] end,
     case Depth of -1 -> ""; _ -> ["/", integer_to_list(Depth)] end].

record(T, Formats) ->
    io:format("term ~s~n", [hex(iolist_to_binary(encode(T)))]),
    record(T, Formats, none).

record(_, [], _) -> ok;
record(T, [{_, _, _, Depth} = Format | Rest], Before) ->
    Arguments = case Depth of -1 -> [T]; _ -> [T, Depth] end,
    Text = lists:flatten(io_lib:format(lists:flatten(format(Format)), Arguments)),
    Shown = case Text of Before -> "="; _ -> escaped(Text) end,
    io:format("~s ~ts~n", [key(Format), Shown]),
    record(T, Rest, Text).

escaped(Text) ->
    lists:flatmap(fun($\n) -> "\\n"; ($\\) -> "\\\\"; (C) -> [C] end, Text).

hex(Bytes) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= Bytes].

%% The external format with the pairs of large maps in the order in which they print.

encode([_ | _] = L) ->
    {Elements, Tail} = split(L, []),
    case Tail == [] andalso length(L) < 65536 andalso
        lists:all(fun(C) -> is_integer(C) andalso C >= 0 andalso C < 256 end, L) of
        true -> [107, <<(length(L)):16>>, L];
        false -> [108, <<(length(Elements)):32>>, [encode(E) || E <- Elements], encode(Tail)]
    end;
encode(T) when is_tuple(T) ->
    [105, <<(tuple_size(T)):32>> | [encode(E) || E <- tuple_to_list(T)]];
encode(M) when is_map(M) ->
    [116, <<(map_size(M)):32>> | pairs(maps:next(maps:iterator(M)))];
encode(A) when is_atom(A) ->
    Name = atom_to_binary(A),
    case byte_size(Name) of
        Size when Size < 256 -> [119, Size, Name];
        Size -> [118, <<Size:16>>, Name]
    end;
encode(T) ->
    <<131, Bytes/binary>> = term_to_binary(T, [{minor_version, 2}]),
    Bytes.

pairs(none) -> [];
pairs({K, V, Rest}) -> [encode(K), encode(V) | pairs(maps:next(Rest))].

split([H | T], Before) -> split(T, [H | Before]);
split(T, Before) -> {lists:reverse(Before), T}.

%% Terms

fixed() ->
    [0, -1, 1 bsl 70, 1.5, a, 'B c', list_to_atom([16#3b1, $x]), [], {}, #{}, <<>>, "", {a}, [a],
     [a | b], {a, b}, {1, 2}, [[], {}, #{}, <<>>], "string", "es\"ca\\pe\n\t\e\b\v\f\r", [97, 127],
     [0, 1], "\xe4\xf6", [945, 946], <<"text">>, <<"te\"xt\n">>, <<1, 2, 3>>, <<1, 2, 3:4>>, <<5:3>>,
     <<228, 246>>, <<"\x{e4}a"/utf8>>, <<"\x{3b1}\x{3b2}"/utf8>>, <<"text", 0>>,
     <<"abcdefghijklmnop", 1, "abcd">>, <<0:800>>, binary:copy(<<1, 20, 255>>, 40),
     <<(binary:copy(<<"abc">>, 60))/binary, 1>>, binary:copy(<<"0123456789">>, 12),
     lists:seq(1, 100), lists:duplicate(200, $a), list_to_tuple(lists:seq(1, 100)),
     [lists:duplicate(50, $a), lists:duplicate(50, $b) | lists:duplicate(30, $c)],
     #{a => 1}, #{1 => a, "k" => <<"v">>, {t} => [v]},
     #{lists:duplicate(30, $k) => lists:duplicate(30, $v), b => lists:seq(1, 30)},
     maps:from_list([{I, I} || I <- lists:seq(1, 32)]),
     maps:from_list([{I, I} || I <- lists:seq(1, 33)]),
     maps:from_list([{{key, I}, integer_to_list(I)} || I <- lists:seq(1, 60)]),
     #{m => maps:from_list([{I, maps:from_list([{J, I} || J <- lists:seq(1, 34)])}
                            || I <- lists:seq(1, 3)])},
     {tag, lists:seq(1, 40)}, {tag, {tag, {tag, {tag, lists:seq(1, 30)}}}},
     {a_tag_of_many_characters_in_all, {another_tag_of_many_characters, lists:seq(1, 40), x}},
     {a_tag_that_takes_more_than_half_of_a_line_of_eighty_columns, [some, "thing"], lists:seq(1, 40)},
     [{k, I, [{v, J, <<J>>} || J <- lists:seq(1, I)]} || I <- lists:seq(1, 6)],
     [[[[[[[[[[lists:seq(1, 40)]]]]]]]]]], {{{{{{{{lists:seq(1, 40), 1}, 2}, 3}, 4}, 5}, 6}, 7}, 8},
     [a | lists:foldl(fun(I, T) -> [I | {x, T}] end, end_of_it, lists:seq(1, 20))],
     list_to_pid("<0.5.1>"), list_to_port("#Port<0.5>"), list_to_ref("#Ref<0.1.2.3>"),
     [foreign_pid(N, 5, 6) || N <- nodes_known()], foreign_port('a@b', 1 bsl 40),
     [foreign_ref('a@b', lists:seq(1, N)) || N <- [1, 2, 3, 4, 5]], erlang:alias(),
     fun lists:map/2, [fun lists:map/2, fun 'A b':'c-d'/0]].

fixed_strings() ->
    [[945, 946], [$a, 16#301, $b], [16#1f41f, 16#10ffff], [16#fffe], [16#d7ff], [945 | a],
     <<"\x{3b1}\x{3b2}"/utf8>>, <<"a\x{301}"/utf8>>, <<"\x{3b1}", 255>>, <<"\x{e4}"/utf8>>,
     <<16#ef, 16#bf, 16#be>>, [[16#3b1 + I rem 20 || I <- lists:seq(1, 60)], foo, "bar"],
     [<< <<(16#3b1 + I rem 20)/utf8>> || I <- lists:seq(1, 60) >>, foo, "bar"],
     lists:duplicate(12, [$e, 16#301, $o, 16#308]), [list_to_atom([945 + I]) || I <- lists:seq(0, 30)],
     {list_to_atom(lists:duplicate(20, 945)), lists:seq(1, 40)}].

random() ->
    random(pick([1, 2, 2, 3, 3, 4, 5])).

random(0) -> leaf();
random(Depth) ->
    case rand:uniform(12) of
        1 -> list_to_tuple(some(Depth));
        2 -> list_to_tuple([tag() | some(Depth)]);
        3 -> list_to_tuple([tag() | some(Depth)]);
        4 -> some(Depth);
        5 -> some(Depth);
        6 -> some(Depth) ++ leaf();
        7 -> maps:from_list([{leaf(), random(Depth - 1)} || _ <- some(1)]);
        8 -> maps:from_list([{random(Depth - 1), random(Depth - 1)} || _ <- some(1)]);
        9 -> [leaf() || _ <- lists:seq(1, rand:uniform(30))];
        10 -> list_to_tuple([leaf() || _ <- lists:seq(1, rand:uniform(30))]);
        11 -> maps:from_list([{leaf(), leaf()} || _ <- lists:seq(1, pick([5, 20, 40]))]);
        12 -> leaf()
    end.

some(Depth) ->
    [random(Depth - 1) || _ <- lists:seq(1, pick([0, 1, 1, 2, 2, 3, 3, 4, 5, 8]))].

tag() ->
    pick([a, ok, error, tag, 'Tag', 'a tag', a_longer_tag, list_to_atom([945, 946]),
          a_tag_of_many_characters_in_all, list_to_atom(letters(rand:uniform(45)))]).

leaf() ->
    case rand:uniform(16) of
        1 -> rand:uniform(10) - 5;
        2 -> rand:uniform(1 bsl 40) - (1 bsl 39);
        3 -> rand:uniform(1 bsl 100) - (1 bsl 99);
        4 -> (rand:uniform(20000) - 10000) / pick([1, 8, 1000, 1.0e20, 1.0e-20]);
        5 -> tag();
        6 -> pick([[], {}, #{}, <<>>, '', true]);
        7 -> letters(rand:uniform(10));
        8 -> letters(rand:uniform(90));
        9 -> [pick(characters()) || _ <- lists:seq(1, rand:uniform(30))];
        10 -> list_to_binary(letters(rand:uniform(40)));
        11 -> unicode:characters_to_binary([pick(characters()) || _ <- lists:seq(1, rand:uniform(20))]);
        12 -> rand:bytes(rand:uniform(50));
        13 -> <<(list_to_binary(letters(rand:uniform(30) - 1)))/binary, (rand:bytes(rand:uniform(3)))/binary>>;
        14 -> Size = rand:uniform(200), <<_:3, Part:Size/bitstring, _/bitstring>> = rand:bytes(30), Part;
        15 -> identifier();
        16 -> pick([fun lists:map/2, fun erlang:'+'/2, fun 'A b':'c-d'/0])
    end.

letters(N) -> [$a + rand:uniform(26) - 1 || _ <- lists:seq(1, N)].

characters() ->
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n\t\e\"\\\x{e4}\x{f6}"
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \x{3b1}\x{301}\x{20ac}\x{1f41f}".

identifier() ->
    Node = pick(nodes_known()),
    pick([list_to_pid("<0." ++ integer_to_list(rand:uniform(3000)) ++ ".0>"),
          list_to_port("#Port<0." ++ integer_to_list(rand:uniform(3000)) ++ ">"),
          list_to_ref("#Ref<0." ++ integer_to_list(rand:uniform(1 bsl 30)) ++ ".2.3>"),
          foreign_pid(Node, rand:uniform(1 bsl 28) - 1, rand:uniform(9)),
          foreign_port(Node, rand:uniform(1 bsl 50)),
          foreign_ref(Node, [rand:uniform(1 bsl 18) - 1 | [rand:uniform(1 bsl 32) - 1 || _ <- [1, 2]]])]).

foreign_pid(Node, Number, Serial) ->
    binary_to_term(iolist_to_binary([131, 88, encode(Node), <<Number:32, Serial:32, 7:32>>])).

foreign_port(Node, Number) ->
    binary_to_term(iolist_to_binary([131, 120, encode(Node), <<Number:64, 7:32>>])).

foreign_ref(Node, Numbers) ->
    binary_to_term(iolist_to_binary([131, 90, <<(length(Numbers)):16>>, encode(Node), <<7:32>>
                                     | [<<N:32>> || N <- Numbers]])).

pick(List) -> lists:nth(rand:uniform(length(List)), List).

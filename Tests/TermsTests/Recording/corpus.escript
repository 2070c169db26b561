#!/usr/bin/env escript
%% Writes a corpus of random terms of all kinds, with what Erlang says of each:
%%   corpus.escript OUT SEED COUNT
%% corpus.etf beside it: escript corpus.escript corpus.etf 1 20000 (some references differ in each run)
%% One compressed term: {tenure_corpus, 1, Release, Seed, Rows, Pairs}
%%   Row:  {Plain, Deterministic, FlatWords, Words, Phash2, Phash2Whole, Text, Rank}
%%         the encoding, `same` or the deterministic one, erts_debug:flat_size/1 and size/1 of the
%%         term decoded from it, phash2/1 and /2 of it, ~w, and its place among all in standard
%%         order, shared by those that are equal
%%   Pair: {Place, Place, Comparison, ExactlyEqual}: places of rows, from 1
-mode(compile).

main([Out, SeedText, CountText]) ->
    Seed = list_to_integer(SeedText),
    Count = list_to_integer(CountText),
    rand:seed(exsss, {Seed, 25, 2}),
    %% Each second one is the one before it with a small change, or none.
    Made = lists:append([begin T = make(), [T, twist(T)] end || _ <- lists:seq(1, Count div 2)]),
    Terms = [binary_to_term(term_to_binary(T)) || T <- Made],
    Ranks = ranks(Terms),
    Rows = [row(T, R) || {T, R} <- lists:zip(Terms, Ranks)],
    Tuple = list_to_tuple(Terms),
    Pairs = [pair(Tuple, 2 * N - 1, 2 * N) || N <- lists:seq(1, Count div 2)]
        ++ [pair(Tuple, below(Count) + 1, below(Count) + 1) || _ <- lists:seq(1, Count div 4)],
    Corpus = {tenure_corpus, 1, erlang:system_info(otp_release), Seed, Rows, Pairs},
    ok = file:write_file(Out, term_to_binary(Corpus, [{compressed, 9}])).

row(T, Rank) ->
    Plain = term_to_binary(T),
    Deterministic = case term_to_binary(T, [deterministic]) of
                        Plain -> same;
                        Other -> Other
                    end,
    {Plain, Deterministic, erts_debug:flat_size(T), erts_debug:size(T),
     erlang:phash2(T), erlang:phash2(T, 1 bsl 32),
     unicode:characters_to_binary(io_lib:format("~w", [T])), Rank}.

%% Places in standard order; equal terms share the first one's.
ranks(Terms) ->
    Numbered = lists:zip(Terms, lists:seq(1, length(Terms))),
    Sorted = lists:sort(fun({A, _}, {B, _}) -> A =< B end, Numbered),
    {Ranked, _, _} =
        lists:foldl(fun({T, N}, {Done, Rank, Last}) ->
                            New = case Last of
                                      {T0} when T0 == T -> Rank;
                                      _ -> length_of(Done)
                                  end,
                            {{count(Done) + 1, [{N, New} | list(Done)]}, New, {T}}
                    end, {{0, []}, 0, none}, Sorted),
    [R || {_, R} <- lists:sort(list(Ranked))].

length_of({Count, _}) -> Count.
count({Count, _}) -> Count.
list({_, List}) -> List.

pair(Tuple, A, B) ->
    {TA, TB} = {element(A, Tuple), element(B, Tuple)},
    {A, B, compare(TA, TB), TA =:= TB}.

compare(A, B) when A < B -> -1;
compare(A, B) when A > B -> 1;
compare(_, _) -> 0.

%% The same term but for one number of the same value or the next, one bit, one key.
twist(I) when is_integer(I), abs(I) < 1 bsl 53 -> one_of([float(I), I + 1, I]);
twist(I) when is_integer(I) -> one_of([I + 1, -I, I]);
twist(F) when is_float(F), abs(F) < 1.0e20, trunc(F) == F -> one_of([trunc(F), -F, F]);
twist([Head | Tail]) -> one_of([[twist(Head) | Tail], [Head | twist(Tail)]]);
twist(T) when is_tuple(T), T =/= {} ->
    N = 1 + below(tuple_size(T)),
    setelement(N, T, twist(element(N, T)));
twist(M) when is_map(M), M =/= #{} ->
    {Key, Value} = one_of(maps:to_list(M)),
    one_of([M#{Key := twist(Value)}, (maps:remove(Key, M))#{twist(Key) => Value}]);
twist(B) when is_bitstring(B), B =/= <<>> ->
    N = below(bit_size(B)),
    <<Before:N/bitstring, Bit:1, After/bitstring>> = B,
    one_of([<<Before/bitstring, (1 - Bit):1, After/bitstring>>, Before, B]);
twist(T) -> T.

%% Choices.

below(Bound) -> rand:uniform(Bound) - 1.

one_of(List) -> lists:nth(rand:uniform(length(List)), List).

many(Bound, Make) -> [Make() || _ <- lists:seq(1, below(Bound + 1))].

%% Terms. Most are small; a few in a hundred hold many keys.

make() ->
    case below(40) of
        0 -> large_map();
        N when N < 14 -> leaf();
        _ -> term(1 + below(4))
    end.

term(0) -> leaf();
term(Depth) ->
    Inner = fun() -> term(below(Depth)) end,
    case below(12) of
        0 -> many(6, Inner);
        1 -> many(4, Inner) ++ leaf();
        2 -> [Inner() | leaf()];
        3 -> list_to_tuple(many(6, Inner));
        4 -> list_to_tuple(many(3, Inner));
        5 -> maps:from_list([{Inner(), Inner()} || _ <- lists:seq(1, below(6))]);
        6 -> maps:from_list([{leaf(), leaf()} || _ <- lists:seq(1, below(33))]);
        7 -> maps:from_list([{small(), Inner()} || _ <- lists:seq(1, below(12))]);
        8 -> local_fun(many(3, Inner));
        9 -> string();
        _ -> leaf()
    end.

large_map() ->
    Size = 33 + below(168),
    Key = one_of([fun() -> below(400) end, fun leaf/0, fun() -> {below(300), a} end,
                  fun() -> one_of([below(200), float(below(200))]) end]),
    Value = one_of([fun() -> below(3) end, fun leaf/0, fun() -> term(1) end]),
    maps:from_list([{Key(), Value()} || _ <- lists:seq(1, Size)]).

leaf() ->
    case below(14) of
        0 -> small();
        1 -> small();
        2 -> integer();
        3 -> integer();
        4 -> a_float();
        5 -> a_float();
        6 -> atom();
        7 -> atom();
        8 -> a_binary();
        9 -> bits();
        10 -> identifier();
        11 -> identifier();
        12 -> one_of([[], {}, #{}, <<>>, "", fun lists:map/2, fun erlang:'+'/2]);
        13 -> external_fun()
    end.

small() -> below(7) - 3.

integer() ->
    Power = case below(12) of
                0 -> one_of([191, 192, 255, 256, 512, 1023, 1024, 2040, 2048, 2056]);
                _ -> one_of([7, 8, 15, 16, 27, 28, 31, 32, 33, 52, 53, 54, 58, 59, 60, 61, 63, 64,
                             65, 96, 127, 128, 129])
            end,
    Near = (1 bsl Power) + below(5) - 2,
    Any = rand:uniform(1 bsl Power),
    one_of([1, -1]) * one_of([Near, Near, Any]).

a_float() ->
    one_of([0.0, -0.0, 1.0, -1.0, 1.5, 2.0, 0.1, 1.0e22, 1.0e23, 5.0e-324, 1.7976931348623157e308,
            2.2250738585072014e-308, float(below(7) - 3), rand:normal(), rand:normal() * 1.0e300,
            float(1 bsl 53), float(1 bsl 59), float(1 bsl 60), float(1 bsl 64), math:pow(2, 128),
            (below(2000000) - 1000000) / one_of([10, 100, 1000, 7])]).

atom() ->
    one_of([a, b, aa, ab, 'A', '', 'a b', 'end', ok, true, false, undefined, error, 'hello world',
            'with\'quote', 'with\\slash', 'new\nline', nonode@nohost,
            list_to_atom([228]), list_to_atom([228, 246, 252]), list_to_atom([16#3b1, 16#3b2]),
            list_to_atom([16#ffff]), list_to_atom([16#1f41f, $x]), list_to_atom([127]),
            list_to_atom([$z || _ <- lists:seq(1, 255)]),
            list_to_atom([16#3b1 || _ <- lists:seq(1, 200)]),
            list_to_atom("a" ++ integer_to_list(below(50)))]).

string() -> one_of([many(20, fun() -> 32 + below(95) end), many(300, fun() -> below(256) end),
                    many(5, fun() -> below(300) end)]).

a_binary() ->
    rand:bytes(one_of([below(9), below(9), below(66), 60 + below(10), below(201)])).

bits() ->
    Whole = a_binary(),
    Size = bit_size(Whole),
    Skip = below(Size + 1),
    Take = below(Size - Skip + 1),
    <<_:Skip, Part:Take/bitstring, _/bitstring>> = Whole,
    one_of([Part, Part, <<0:(below(20))>>]).

node_name() -> one_of([<<"a@b">>, <<"b@b">>, <<"nonode@nohost">>, <<"z@host">>, <<"n\xc3\xa4@h">>]).

creation(<<"nonode@nohost">>) -> 1 + below(2);
creation(_) -> below(3).

identifier() ->
    Name = node_name(),
    Atom = <<119, (byte_size(Name)), Name/binary>>,
    Creation = creation(Name),
    case below(8) of
        0 -> list_to_pid("<0." ++ integer_to_list(below(40)) ++ "." ++ one_of(["0", "1", "7"]) ++ ">");
        1 -> list_to_port("#Port<0." ++ integer_to_list(one_of([below(30), (1 bsl 28) - 1])) ++ ">");
        2 -> list_to_ref(lists:append(["#Ref<0.", integer_to_list(below(1 bsl 32)), ".1.", integer_to_list(below(1 bsl 18)), ">"]));
        3 -> make_ref();
        4 -> make_ref();
        5 -> binary_to_term(<<131, 88, Atom/binary, (below(40)):32, (below(3)):32, Creation:32>>);
        6 -> binary_to_term(<<131, 120, Atom/binary, (one_of([below(4), 1 bsl 40])):64, Creation:32>>);
        7 ->
            %% Not one or two numbers: OTP 25 does not find such a key in a large map again.
            Numbers = [below(1 bsl 18) || _ <- lists:seq(1, 3 + below(3))],
            binary_to_term(<<131, 90, (length(Numbers)):16, Atom/binary, Creation:32,
                             << <<N:32>> || N <- Numbers >>/binary>>)
    end.

external_fun() ->
    fun (M, F, A) -> fun M:F/A end(one_of([lists, maps, some_module]),
                                   one_of([map, fold, 'a b']), below(4)).

%% Of a module that is not loaded, as another node would send it.
local_fun(Free) ->
    Module = one_of([<<"some_module">>, <<"m">>]),
    Index = below(3),
    Unique = one_of([1, 2, 100000000]),
    Creator = one_of([list_to_pid("<0.5.0>"), identifier()]),
    Pid = case is_pid(Creator) of true -> Creator; false -> list_to_pid("<0.9.0>") end,
    Body = <<(Index + 1), (erlang:md5(<<Module/binary, Index, Unique:32>>))/binary, Index:32,
             (length(Free)):32, 119, (byte_size(Module)), Module/binary, 97, Index, 98, Unique:32,
             (inner(Pid))/binary, << <<(inner(T))/binary>> || T <- Free >>/binary>>,
    binary_to_term(<<131, 112, (byte_size(Body) + 4):32, Body/binary>>).

inner(Term) ->
    <<131, Rest/binary>> = term_to_binary(Term),
    Rest.

%% The external term format: encoding and decoding terms of about a megabyte, and small ones.
%% erl -noshell -pa DIR -run etf main REPETITIONS etf/encode/mixed ...
-module(etf).
-export([main/1, mixed/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure(Name, Repetitions) ->
    ["etf", What, Shape] = string:split(Name, "/", all),
    {Samples, Check} = rows:in_process([{min_heap_size, 8000000}],
                                       fun() -> samples(What, Shape, Repetitions) end),
    rows:row(Name, "ns/byte", Samples, Check).

samples(What, Shape, Repetitions) ->
    Terms = terms(Shape),
    Encodings = [term_to_binary(T) || T <- Terms],
    Bytes = lists:sum([byte_size(E) || E <- Encodings]),
    %% The order of a large map is not told.
    Check = case Shape of
                "hashmap" -> Bytes;
                _ -> lists:foldl(fun(E, Sum) -> erlang:crc32(Sum, E) end, 0, Encodings)
            end,
    Work = case What of
               "encode" -> fun() -> encode(Terms) end;
               "decode" -> fun() -> decode(Encodings) end
           end,
    Work(),
    {[rows:elapsed(Work) / Bytes || _ <- lists:seq(1, Repetitions)], Check}.

%% What is not used would not be computed.
encode(Terms) -> encode(Terms, 0).

encode([], Sum) -> Sum;
encode([Term | Rest], Sum) -> encode(Rest, Sum + byte_size(term_to_binary(Term))).

decode(Encodings) -> decode(Encodings, none).

decode([], Last) -> Last;
decode([Bytes | Rest], _) -> decode(Rest, binary_to_term(Bytes)).

terms("mixed") -> [mixed(11000)];
terms("integers") ->
    [[I * element(I rem 4 + 1, {1, 1000, 100000000, 1 bsl 40}) || I <- lists:seq(1, 200000)]];
terms("tuples") -> [[{item, I, I rem 100} || I <- lists:seq(1, 80000)]];
terms("maps") ->
    [[#{alpha => 0, beta => I, delta => 2 * I, gamma => 3 * I} || I <- lists:seq(1, 25000)]];
terms("hashmap") -> [maps:from_list([{I, I rem 7} || I <- lists:seq(1, 100000)])];
terms("binaries") -> [[binary:copy(<<(I rem 256)>>, 5000) || I <- lists:seq(1, 200)]];
terms("small") -> [{item, I, <<"abcdefghijkl">>} || I <- lists:seq(1, 10000)].

%% Records of atoms, numbers, a binary, a list and a map.
mixed(Count) ->
    [{record, I, I * 1.5, <<"a name">>, [I + 1000, I + 1001, I + 1002], #{id => I, tag => ok},
      element(I rem 4 + 1, {one, two, three, four})} || I <- lists:seq(1, Count)].

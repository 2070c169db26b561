%% Bit syntax: every kind of segment, at every bit of a byte, matched and built; comprehensions,
%% bit strings that grow, errors. The random tests answer with all that they met.
-export([integers/0, unaligned/0, big_numbers/0, floats/0, half_floats/0, float_edges/0,
         code_points/0, bad_code_points/0, binaries/0, tails/0, strings/0, sizes/0, units/0,
         computed_sizes/0, positions/0, comprehensions/0, growing/0, growing_apart/0,
         growing_unaligned/0, large/0, shared/0, build_errors/0, match_errors/0, no_clause/0,
         bit_sizes/0, comparing/0, keys/0, round_trips/0, random_integers/0, random_little/0,
         random_floats/0, random_strings/0, random_parts/0, random_points/0, utf_lengths/0,
         skipping/0, writable_and_matched/0, guards/0, kinds/0, conversions/0,
         growing_by_bytes/0, growing_by_pieces/0, digits/0]).

id(X) -> X.

next(S) -> (S * 1103515245 + 12345) band 16#7FFFFFFF.
rnd(S, N) -> (S bsr 8) rem N.

integers() ->
    B = id(<<1, 2, 3, 4, 5, 6, 7, 8, 250, 251, 252, 253, 254, 255>>),
    <<A1:8, A2:16, A3:24, A4:16/little, _/bits>> = B,
    <<_:64, B1:8/signed, B2:16/signed, B3:24/signed-little>> = B,
    <<C1:64, _/bits>> = B,
    <<C2:64/little, _/bits>> = B,
    <<_:48, C3:64/signed, _/bits>> = B,
    <<_:48, C4:64/signed-little, _/bits>> = B,
    <<_:48, C5:64/native, _/bits>> = B,
    <<D1:1, D2:2, D3:3, D4:4, D5:5, D6:6, D7:7, _/bits>> = B,
    <<E0:0, _/bits>> = B,
    {A1, A2, A3, A4, B1, B2, B3, C1, C2, C3, C4, C5, D1, D2, D3, D4, D5, D6, D7, E0}.

unaligned() ->
    B = id(<<16#12, 16#34, 16#56, 16#78, 16#9A, 16#BC, 16#DE, 16#F0, 16#11, 16#22>>),
    [begin
         <<_:N, X:9, Y:13/little, Z:17/signed, W:12/signed-little, R/bits>> = B,
         {X, Y, Z, W, R}
     end || N <- [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]].

big_numbers() ->
    B = id(<<255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 128>>),
    [begin
         <<_:O, X:N, _/bits>> = B,
         <<_:O, Y:N/little, _/bits>> = B,
         <<_:O, Z:N/signed, _/bits>> = B,
         <<_:O, W:N/signed-little, _/bits>> = B,
         {O, N, X, Y, Z, W, <<X:N>>, <<Y:N/little>>, <<Z:N>>, <<0:O, W:N/little>>}
     end || O <- [0, 3, 8], N <- [59, 60, 61, 63, 64, 65, 71, 72, 127, 128, 129, 150]].

floats() ->
    [begin
         <<A:64/float>> = <<X:64/float>>,
         <<B:64/float-little>> = <<X:64/float-little>>,
         <<_:3, C:32/float, _:5>> = <<1:3, X:32/float, 2:5>>,
         <<D:32/float-little>> = <<X:32/float-little>>,
         {A, B, C, D, <<X/float>>, <<X:32/float-little>>, <<1:1, X:64/float-native>>}
     end || X <- [0.0, 1.0, -1.0, 3.14, 1.0e30, -2.5e-30, 0.1, 7, -3]].

half_floats() ->
    [begin
         B = <<X:16/float>>,
         <<A:16/float>> = B,
         <<C:16/float-little>> = <<X:16/float-little>>,
         {X, B, A, C}
     end || X <- [0.0, 1.0, -1.0, 0.1, 65504.0, -65504.0, 6.0e-8, 1.0e-10, 0.333333, 1024.5, 2049.0,
                  2047.5, 5.9604645e-8, 2.98e-8, 6.1e-5, 12, -7]].

float_edges() ->
    [case B of
         <<F:64/float>> -> {double, F};
         <<F:32/float>> -> {single, F};
         <<F:16/float>> -> {half, F};
         _ -> none
     end || B <- [<<127, 240, 0:48>>, <<127, 248, 0:48>>, <<255, 240, 0:48>>, <<127, 239, 255:8, 255:8, 255:8, 255:8, 255:8, 255:8>>,
                  <<127, 128, 0, 0>>, <<255, 128, 0, 0>>, <<127, 127, 255, 255>>, <<127, 192, 0, 1>>, <<0, 0, 0, 1>>,
                  <<124, 0>>, <<252, 0>>, <<123, 255>>, <<0, 1>>, <<126, 0>>, <<1>>, <<>>]].

code_points() ->
    [{<<P/utf8>>, <<P/utf16>>, <<P/utf16-little>>, <<P/utf32>>, <<P/utf32-little>>, <<1:3, P/utf8, 0:5>>,
      begin <<A/utf8>> = <<P/utf8>>, A end,
      begin <<A1/utf16>> = <<P/utf16>>, A1 end,
      begin <<A2/utf16-little>> = <<P/utf16-little>>, A2 end,
      begin <<_:5, A3/utf32, _:3>> = <<1:5, P/utf32, 1:3>>, A3 end,
      begin <<_:5, A4/utf16, _:3>> = <<1:5, P/utf16, 1:3>>, A4 end,
      begin <<_:1, A5/utf8, _:7>> = <<1:1, P/utf8, 1:7>>, A5 end}
     || P <- [0, 1, 127, 128, 2047, 2048, 16#D7FF, 16#E000, 16#FFFE, 16#FFFF, 16#10000, 16#10FFFF, 8364, $a]].

bad_code_points() ->
    Reads = [case B of
                 <<P/utf8, R/bits>> -> {utf8, P, R};
                 <<P/utf16, R/bits>> -> {utf16, P, R};
                 <<P/utf32, R/bits>> -> {utf32, P, R};
                 <<P/utf16-little, R/bits>> -> {little, P, R};
                 _ -> none
             end || B <- [<<>>, <<128>>, <<192, 128>>, <<193, 191>>, <<194>>, <<194, 0>>, <<224, 128, 128>>, <<237, 160, 128>>,
                          <<240, 128, 128, 128>>, <<244, 144, 128, 128>>, <<245, 128, 128, 128>>, <<248, 136, 128, 128, 128>>, <<255>>,
                          <<216, 0, 216, 0>>, <<220, 0>>, <<216, 0>>, <<216>>, <<0, 216, 0, 216>>, <<0, 0, 216, 0>>, <<0, 17, 0, 0>>,
                          <<255, 255, 255, 255>>, <<226, 130>>, <<226, 130, 172>>, <<1:7>>]],
    Writes = [[catch_reason(fun() -> <<P/utf8>> end), catch_reason(fun() -> <<P/utf16>> end),
               catch_reason(fun() -> <<P/utf32-little>> end)]
              || P <- [-1, 16#D800, 16#DFFF, 16#110000, a, 1.0, 1 bsl 70]],
    {Reads, Writes}.

catch_reason(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

binaries() ->
    B = id(<<"abcdefghijklmnopqrstuvwxyz">>),
    <<A:3/binary, C:2/binary-unit:4, D:11/bits, E:5/binary-unit:3, R/bits>> = B,
    <<_:1, F:8/binary, G:7/binary-unit:1, _/bits>> = B,
    {A, C, D, E, R, F, G, <<A/binary, C/binary>>, <<D/bits, A/binary, E/bits>>, <<D:4/bits, F:2/binary, 1:4>>}.

tails() ->
    [case B of
         <<1, R/binary>> -> {one, R};
         <<2, R/bits>> -> {two, R};
         <<_:3, R/binary>> -> {three, R};
         <<_:4, R/binary-unit:3>> -> {four, R};
         <<>> -> empty;
         R -> {other, R}
     end || B <- [<<1>>, <<1, 2, 3>>, <<1, 2:3>>, <<2>>, <<2, 3:5>>, <<5:3>>, <<5:3, 7, 8>>, <<5:4, 1:6>>, <<>>, <<1:1>>, <<3, 4, 5>>]].

strings() ->
    [case B of
         <<"hello", R/binary>> -> {hello, R};
         <<1:1, "abc", R/bits>> -> {abc, R};
         <<"h", _/binary>> -> h;
         <<5:3, 1:2, "x">> -> x;
         _ -> no
     end || B <- [<<"hello world">>, <<"hell">>, <<1:1, "abc", 3:4>>, <<5:3, 1:2, "x">>, <<"x">>, <<>>]].

sizes() ->
    [case B of
         <<N, X:N, R/bits>> -> {N, X, R};
         <<N>> -> {alone, N};
         _ -> none
     end || B <- [<<8, 1, 2>>, <<16, 1, 2, 3>>, <<0>>, <<200, 1>>, <<3, 255>>, <<>>]].

units() ->
    B = id(<<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32>>),
    N = id(2),
    <<X:N/unit:7, Y:N/little-unit:13, Z:N/binary-unit:17, W:N/signed-unit:80, _/bits>> = B,
    <<V:1/binary-unit:256>> = B,
    {X, Y, Z, W, V, <<X:N/unit:9>>, <<Y:N/unit:100>>, <<B:N/binary-unit:64>>}.

computed_sizes() ->
    [begin
         Bits = <<X:N, (X + 1):(N + 1), (-X):(N * 2)/little>>,
         <<A:N, C:(N + 1), D:(N * 2)/little-signed>> = Bits,
         {Bits, A, C, D}
     end || X <- [0, 5, 200], N <- [0, 1, 5, 8, 33]].

positions() -> [scan(B, 0) || B <- [<<>>, <<"a:b:c">>, <<":">>, <<"abc">>, <<"ab:cd">>]].

scan(<<$:, R/binary>>, N) -> {N, R, after_colon(R)};
scan(<<_, R/binary>>, N) -> scan(R, N + 1);
scan(<<>>, N) -> {none, N}.

after_colon(B) ->
    case B of
        <<A:16, R/binary>> when A > 25000 -> {large, A, R};
        <<A:8, R/binary>> when A > 97 -> {letter, A, R};
        <<A:4, _/bits>> -> {nibble, A};
        _ -> nothing
    end.

comprehensions() ->
    L = id([1, 2, 300, 4]),
    {<< <<X:12>> || X <- L >>, << <<X:16/little>> || X <- L, X < 100 >>, [X || <<X:5>> <= <<1, 2, 3, 4>>],
     << <<(X + Y)>> || <<X, Y>> <= <<1, 2, 3, 4, 5>> >>, << <<X/utf8>> || X <- [8364, 97, 128512] >>,
     [{A, B} || <<A:3, B:4/bits, _:1>> <= <<200, 100, 50>>], << <<B/bits, 1:1>> || B <- [<<1:3>>, <<>>, <<7, 3:2>>] >>,
     << <<X:(X rem 9)>> || X <- L >>, [C || <<C/utf8>> <= <<"h", 195, 169, 255, "x">>], << <<>> || _ <- L >>,
     catch_reason(fun() -> << <<X>> || X <- [1, a] >> end)}.

growing() -> grow(<<>>, 0, 600).

grow(B, N, N) -> {byte_size(B), sum(B, 0)};
grow(B, I, N) -> grow(<<B/binary, I:16, "x">>, I + 1, N).

sum(<<X, R/binary>>, S) -> sum(R, (S * 31 + X) rem 1000003);
sum(<<>>, S) -> S.

%% Two continuations of one binary must not see each other.
growing_apart() ->
    A = <<(id(<<"start">>))/binary, "abc">>,
    B = <<A/binary, 1, 2, 3>>,
    C = <<A/binary, 4, 5, 6, 7>>,
    D = <<B/binary, "bb">>,
    E = <<B/binary, "ee">>,
    F = <<C/binary, D/binary, E/binary>>,
    G = binary_part(F, 3, 12),
    {A, B, C, D, E, F, G, <<G/binary, F/binary>>, F}.

growing_unaligned() -> pairs(<<>>, 0).

pairs(B, 60) -> {bit_size(B), B, [X || <<X:5>> <= B]};
pairs(B, N) -> pairs(<<B/bits, N:(N rem 7)>>, N + 1).

large() ->
    B = << <<X>> || X <- lists_seq(0, 255) >>,
    C = <<B/binary, B/binary, B/binary>>,
    <<_:100/binary, D:300/binary, _/binary>> = C,
    <<_:3, E:1000/bits, _/bits>> = C,
    <<N:2048, _/binary>> = B,
    <<M:2048/little-signed, _/binary>> = B,
    {byte_size(C), D, E, N, M, D =:= binary_part(C, 100, 300), <<N:2048>> =:= B}.

lists_seq(A, B) when A > B -> [];
lists_seq(A, B) -> [A | lists_seq(A + 1, B)].

shared() ->
    B = << <<(X rem 251):16>> || X <- lists_seq(1, 200) >>,
    Parts = parts(B, []),
    {Parts, join(Parts, <<>>) =:= B}.

parts(<<>>, Acc) -> reverse(Acc, []);
parts(<<P:70/binary, R/binary>>, Acc) -> parts(R, [P | Acc]);
parts(R, Acc) -> parts(<<>>, [R | Acc]).

join([P | R], B) -> join(R, <<B/binary, P/binary>>);
join([], B) -> B.

reverse([X | R], A) -> reverse(R, [X | A]);
reverse([], A) -> A.

build_errors() ->
    A = id(a), B = id(<<1:3>>), Big = id(1 bsl 70), M = id(-1), F = id(1.0e300), S = id(<<"ab">>), T = id(3),
    [catch_reason(G) || G <- [
        fun() -> <<A:8>> end, fun() -> <<B/binary>> end, fun() -> <<1:A>> end, fun() -> <<1:M>> end,
        fun() -> <<1:Big>> end, fun() -> <<F:32/float>> end, fun() -> <<F:16/float>> end, fun() -> <<A/float>> end,
        fun() -> <<1.0:8>> end, fun() -> <<1.0:T/float>> end, fun() -> <<S:T/binary>> end, fun() -> <<A/binary>> end,
        fun() -> <<S/binary-unit:3>> end, fun() -> <<S:M/binary>> end, fun() -> <<B:4/bits>> end,
        fun() -> <<(1 bsl 2000):64/float>> end, fun() -> <<S/binary, A>> end, fun() -> <<B/bits, A/utf8>> end,
        fun() -> <<A/bits, 1>> end, fun() -> <<B/binary, 1>> end, fun() -> <<Big:16, Big:80>> end, fun() -> <<1:(-Big)>> end,
        fun() -> <<F/float, 1:A>> end]].

match_errors() ->
    [catch_reason(G) || G <- [
        fun() -> <<_:8>> = id(<<1, 2>>) end, fun() -> <<_:8>> = id(a) end, fun() -> <<X:8, X:8>> = id(<<1, 2>>), X end,
        fun() -> N = id(-1), <<_:N, _/bits>> = id(<<1>>) end, fun() -> N = id(a), <<_:N, _/bits>> = id(<<1>>) end,
        fun() -> N = id(1 bsl 62), <<_:N, _/bits>> = id(<<1>>) end, fun() -> N = id(1 bsl 70), <<_:N, _/bits>> = id(<<1>>) end,
        fun() -> N = id(24), <<_:N/float>> = id(<<1:24>>) end]].

no_clause() ->
    [try loop(B) catch error:R:T -> [{_, F, Args, _} | _] = T, {R, F, Args} end
     || B <- [<<1, 1, 3>>, <<1, 1, 5:7>>, <<>>, a, <<1, 2>>, <<1, 1, 1, 1, 1, 9, 9, 9>>]].

loop(<<1, R/binary>>) -> loop(R);
loop(<<2>>) -> ok.

bit_sizes() ->
    [{bit_size(B), byte_size(B), size(B)} || B <- [<<>>, <<1>>, <<1:1>>, <<1:7>>, <<1:9>>, <<1:800>>]].

comparing() ->
    L = [<<>>, <<1>>, <<1:1>>, <<1:2>>, <<128>>, <<1, 2>>, <<1, 2:4>>, <<"abc">>, <<3:2, 1:7>>],
    [{X < Y, X == Y, X =:= Y} || X <- L, Y <- L].

keys() ->
    B = id(<<"xkey", 5:3>>),
    <<_, K:3/binary, T:3/bits>> = B,
    M = #{<<"key">> => 1, <<5:3>> => 2, <<"other">> => 3},
    {maps:get(K, M), maps:get(T, M), M#{K := 4}, case K of <<"key">> -> yes; _ -> no end, K =:= <<"key">>}.

round_trips() ->
    [begin
         B = <<0:O, X:N/signed, Y:N/little, Z:M/bits>>,
         <<0:O, A:N/signed, C:N/little, D/bits>> = B,
         {B, A, C, D}
     end || O <- [0, 5], X <- [-1, 77, -(1 bsl 66)], Y <- [3, 1 bsl 65 - 1], N <- [7, 64, 70], {Z, M} <- [{<<255, 1>>, 13}]].

random_integers() -> random_integers(17, 150, []).

random_integers(_, 0, Acc) -> Acc;
random_integers(S0, K, Acc) ->
    S1 = next(S0), S2 = next(S1), S3 = next(S2), S4 = next(S3),
    N = rnd(S1, 100), O = rnd(S2, 17),
    V = (S2 * S3 * S4 * S1) - (S3 bsl 70),
    B = <<S4:O, V:N, S1:5>>,
    <<_:O, U:N, _:5>> = B,
    <<_:O, I:N/signed, T:5/bits>> = B,
    random_integers(S4, K - 1, [{N, O, B, U, I, T} | Acc]).

random_little() -> random_little(99, 150, []).

random_little(_, 0, Acc) -> Acc;
random_little(S0, K, Acc) ->
    S1 = next(S0), S2 = next(S1), S3 = next(S2), S4 = next(S3),
    N = rnd(S1, 140), O = rnd(S2, 9),
    V = (S2 * S3 * S4 * S1 * S2 * S3) - (S3 bsl 150),
    B = <<S4:O/little, V:N/little, S1:11/little>>,
    <<P:O/little, U:N/little, Q:11/little>> = B,
    <<_:O, I:N/signed-little, _/bits>> = B,
    random_little(S4, K - 1, [{N, O, B, P, U, I, Q} | Acc]).

random_floats() -> random_floats(5, 120, []).

random_floats(_, 0, Acc) -> Acc;
random_floats(S0, K, Acc) ->
    S1 = next(S0), S2 = next(S1), S3 = next(S2), S4 = next(S3),
    O = rnd(S1, 8),
    F = (S2 - 1000000000) * math:pow(2.0, rnd(S3, 60) - 50),
    H = (S4 - 1000000000) * math:pow(2.0, rnd(S2, 26) - 45),
    B = <<0:O, F/float, F:32/float-little, H:16/float, S4:64, S1:32, S2:16>>,
    <<_:O, A/float, C:32/float-little, D:16/float, R/bits>> = B,
    E = case R of <<X/float, _/bits>> -> X; _ -> none end,
    G = case R of <<_:64, Y:32/float, _/bits>> -> Y; _ -> none end,
    I = case R of <<_:96, Z:16/float>> -> Z; _ -> none end,
    random_floats(S4, K - 1, [{B, A, C, D, E, G, I} | Acc]).

random_strings() -> random_strings(3, 80, <<>>, []).

random_strings(_, 0, B, Acc) -> {B, Acc};
random_strings(S0, K, B, Acc) ->
    S1 = next(S0), S2 = next(S1),
    N = rnd(S1, 30),
    C = case rnd(S2, 4) of
            0 -> <<B/bits, S1:N>>;
            1 when bit_size(B) > 40 -> <<_:37, R/bits>> = B, R;
            2 -> <<S2:N, B/bits>>;
            _ -> <<B/bits, (id(<<S2:N, S1:40>>))/bits>>
        end,
    random_strings(S2, K - 1, C, [bit_size(C) | Acc]).

random_parts() ->
    B = << <<(X * X):16>> || X <- lists_seq(1, 100) >>,
    random_parts(B, 7, 100, []).

random_parts(_, _, 0, Acc) -> Acc;
random_parts(B, S0, K, Acc) ->
    S1 = next(S0), S2 = next(S1),
    O = rnd(S1, 800), N = rnd(S2, 700),
    <<_:O, P:N/bits, R/bits>> = B,
    random_parts(B, S2, K - 1, [{O, N, P, byte_size(R)} | Acc]).

random_points() -> random_points(11, 100, <<>>, []).

random_points(_, 0, B, Acc) -> {Acc, [P || <<P/utf8>> <= B]};
random_points(S0, K, B, Acc) ->
    S1 = next(S0),
    P = rnd(S1, 16#110000),
    C = catch_reason(fun() -> <<B/bits, P/utf8>> end),
    D = case C of {error, _} -> B; _ -> C end,
    random_points(S1, K - 1, D, [{P, byte_size(D)} | Acc]).

utf_lengths() ->
    [begin A = <<P/utf8, "x">>, B = <<P/utf16, "y">>, {byte_size(A), byte_size(B)} end
     || P <- [0, 127, 128, 2047, 2048, 65535, 65536, 1114111]].

skipping() ->
    B = id(<<1, 2, 3, 4, 5, 195, 169, 216, 0, 220, 0, 0, 0, 0, 97, 7:3>>),
    N = id(2),
    <<_:N/unit:8, _:3, _:16/float, A/bits>> = case B of <<_:N/unit:8, _:3, _/bits>> -> <<B/bits>> end,
    A.

writable_and_matched() ->
    A = <<(id(<<"abc">>))/binary, "def">>,
    <<X:2/binary, R/binary>> = A,
    B = <<A/binary, R/binary, X/binary>>,
    <<_:4/binary, Y/binary>> = B,
    C = <<B/binary, Y/binary>>,
    {A, X, R, B, Y, C}.

guards() ->
    [if
         is_binary(X), byte_size(X) > 1 -> binary;
         is_bitstring(X), bit_size(X) < 5 -> few_bits;
         is_bitstring(X) -> bits;
         true -> other
     end || X <- [<<>>, <<1, 2>>, <<1:3>>, <<1:7>>, <<1:17>>, a, [1]]].

kinds() ->
    B = id(<<"some bytes that are many enough to stand outside of any heap, more than sixty-four">>),
    <<_:3, U:32/bits, _/bits>> = B,
    <<_:8, V:80/binary, _/bits>> = <<B/binary, B/binary>>,
    [{is_binary(X), is_bitstring(X), is_list(X), bit_size(X)} || X <- [B, U, V, <<>>, <<1:1>>, <<U/bits, 1:4>>]].

conversions() ->
    B = id(<<"0123456789 some bytes that are many enough to stand outside of any heap, more than 64">>),
    <<_:1, U:80/bits, _/bits>> = <<1:1, B/bits>>,
    {binary_to_list(U), list_to_binary([U, "x", [B | <<"t">>]]), binary_to_integer(U), split_binary(B, 70), split_binary(U, 3),
     list_to_bitstring([1, <<5:3>>, [U | <<1:1>>]]), bitstring_to_list(<<U/bits, 9:4>>), iolist_size([U, B]),
     binary_part(B, 80, -75), binary_to_list(U, 2, 4), catch_reason(fun() -> list_to_binary([<<1:3>>]) end),
     catch_reason(fun() -> binary_to_list(<<1:3>>) end), binary_to_list(B) =:= binary_to_list(list_to_binary([B]))}.

%% Byte by byte: whole bytes and others, values of all kinds, two that grow from one.
growing_by_bytes() ->
    Values = id([0, 255, 256, -1, 1 bsl 70, -(1 bsl 70) - 3, 12345]),
    Bytes = by_bytes(Values, <<>>),
    Left = by_bytes([1, 2, 3], Bytes),
    Right = by_bytes([4, 5], Bytes),
    Bits = of_bits(Values, id(<<5:3>>)),
    Long = by_bytes(from_to(1, 3000), <<>>),
    {Bytes, Left, Right, by_bytes([6], Left), Bits, of_bits([7], Bits), of_bits(Values, Bytes),
     byte_size(Long), sum(Long, 0), two_bytes(Values, <<>>), two_bytes([-2, 1 bsl 61], Long) =:= Long,
     [failed(fun() -> by_bytes(V, B) end)
      || {V, B} <- [{[1, a], <<>>}, {[1.5], Bytes}, {[1], a}, {[1], <<1:3>>}, {[1], Bits}]],
     << <<(X * 3):16>> || <<X>> <= Bytes >>}.

by_bytes([], B) -> B;
by_bytes([V | R], B) -> by_bytes(R, <<B/binary, V>>).
of_bits([], B) -> B;
of_bits([V | R], B) -> of_bits(R, <<B/bits, V>>).
two_bytes([], B) -> B;
two_bytes([V | R], B) -> two_bytes(R, <<B/binary, V:16>>).

failed(F) -> try F() catch Class:Reason -> {Class, Reason} end.

%% Strings and binaries of all lengths behind each other, on the heap and outside.
growing_by_pieces() ->
    Pieces = [binary:copy(<<"abcdefghi">>, N) || N <- from_to(0, 9)]
        ++ [<<>>, <<1>>, <<1, 2, 3, 4, 5, 6, 7, 8>>, binary:part(id(<<"part of one">>), 2, 7)],
    One = by_pieces(Pieces, <<>>),
    Two = by_pieces(Pieces, One),
    {One, byte_size(Two), sum(Two, 0), failed(fun() -> by_pieces([<<1:3>>], One) end),
     failed(fun() -> by_pieces([x], One) end), by_pieces([<<"z">>], <<"a">>)}.

by_pieces([], B) -> B;
by_pieces([P | R], B) -> by_pieces(R, <<B/binary, "<", P/binary, "> and more than a word ", (byte_size(P)):24>>).

%% Around each number of digits.
digits() ->
    [integer_to_binary(Sign * (power(N) + D)) || N <- from_to(0, 20), D <- [-1, 0, 1], Sign <- [1, -1]]
        ++ [integer_to_binary(N) || N <- every(123457, 0, 12300000)].

power(0) -> 1;
power(N) -> 10 * power(N - 1).

from_to(From, To) -> every(1, From, To).
every(_, From, To) when From > To -> [];
every(Step, From, To) -> [From | every(Step, From + Step, To)].

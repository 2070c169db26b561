%% Natives of binaries, hashes, external terms, Unicode, persistent terms, counters: results and
%% reasons of errors.
-module(lang_natives).
-export([parts/0, bytes_at/0, copies/0, lists/0, prefixes/0, unsigned/0, patterns/0, splits/0,
         scopes/0, bad_searches/0, hashes/0, old_hashes/0, checksums/0, md5/0, encodings/0,
         decodings/0, unicode_lists/0, unicode_binaries/0, unicode_errors/0, persistent/0,
         atomic_arrays/0, counter_arrays/0, identifiers/0, calendars/0, flattening/0,
         random_searches/0, random_hashes/0, many_patterns/0, packed/0]).

try_all(Calls) -> [attempt(C) || C <- Calls].

attempt({M, F, A}) ->
    try apply(M, F, A) catch Class:Reason -> {Class, Reason} end.

next(S) -> (S * 1103515245 + 12345) band 16#7FFFFFFF.
rnd(S, N) -> (S bsr 8) rem N.

b(F, Args) -> [{binary, F, A} || A <- Args].
e(F, Args) -> [{erlang, F, A} || A <- Args].

odd(B) -> <<_:3, R/bits>> = <<5:3, B/bits>>, R.

big() -> << <<X>> || X <- seq(0, 199) >>.

duplicate(0, _) -> [];
duplicate(N, X) -> [X | duplicate(N - 1, X)].

seq(N, N) -> [N];
seq(A, B) -> [A | seq(A + 1, B)].

parts() ->
    B = <<"0123456789">>, G = big(),
    try_all(b(part, [[B, 2, 3], [B, 5, -3], [B, {2, 4}], [B, {10, 0}], [B, 0, 11], [B, -1, 1], [B, 3, -4],
                     [odd(B), 2, 5], [G, 10, 100], [G, {150, -100}], [<<1:3>>, 0, 0], [B, a, 1], [B, {1}],
                     [B, 1 bsl 70, 1], [B, 1, 1 bsl 60]])
            ++ e(binary_part, [[B, 1, 2], [B, {1, 2}], [odd(G), 3, 120]])
            ++ e(split_binary, [[B, 0], [B, 4], [B, 10], [B, 11], [B, -1], [<<"ab", 3:5>>, 1], [<<"ab", 3:5>>, 2],
                                [<<"ab", 3:5>>, 3], [G, 100], [a, 1], [B, a]])).

bytes_at() ->
    try_all(b(at, [[<<1, 2, 3>>, 0], [<<1, 2, 3>>, 2], [<<1, 2, 3>>, 3], [<<1, 2, 3>>, -1], [odd(<<7, 8>>), 1], [a, 0], [<<1:1>>, 0]])
            ++ b(first, [[<<5, 6>>], [<<>>], [a]]) ++ b(last, [[<<5, 6>>], [<<>>], [odd(big())]])).

copies() ->
    try_all(b(copy, [[<<"ab">>], [<<"ab">>, 3], [<<"ab">>, 0], [<<>>, 5], [<<"a">>, -1], [odd(<<"xyz">>), 30], [a], [<<1:1>>], [<<1>>, a],
                     [big(), 2]])).

lists() ->
    B = <<"0123456789">>,
    try_all(b(bin_to_list, [[B], [B, {2, 3}], [B, 2, 3], [B, 5, -2], [B, {0, 11}], [odd(B)], [a], [<<1:1>>]])
            ++ b(list_to_bin, [[[1, 2, <<3>>, [4 | <<5>>]]], [[]], [<<1>>], [a], [[256]], [[<<1:1>>]]])).

prefixes() ->
    try_all(b(longest_common_prefix, [[[<<"erlang">>, <<"ergonomy">>]], [[<<"a">>]], [[<<"abc">>, <<"abc">>, <<"ab">>]], [[<<>>, <<"a">>]],
                                      [[]], [[a]], [[<<"a">>, b]], [a], [[odd(<<"abx">>), <<"aby">>]]])
            ++ b(longest_common_suffix, [[[<<"erlang">>, <<"fang">>]], [[<<"a">>]], [[<<"xabc">>, <<"abc">>]], [[<<"a">>, <<"b">>]],
                                         [[]], [[odd(<<"xbc">>), <<"ybc">>]]])).

unsigned() ->
    try_all(b(encode_unsigned, [[0], [1], [255], [256], [1 bsl 64], [1 bsl 64, little], [11111111], [11111111, little], [-1], [a], [1.0],
                                [258, big], [258, middle], [(1 bsl 2000) + 5]])
            ++ b(decode_unsigned, [[<<>>], [<<1>>], [<<169, 138, 199>>, big], [<<169, 138, 199>>, little], [<<0, 0, 1>>], [big()],
                                   [big(), little], [odd(<<1, 2, 3>>)], [<<1:1>>], [a], [<<1>>, x]])).

patterns() ->
    C = binary:compile_pattern([<<"bcde">>, <<"cd">>, <<"b">>]),
    D = binary:compile_pattern(<<"cd">>),
    try_all(b(match, [[<<"abcde">>, [<<"bcde">>, <<"cd">>]], [<<"abcde">>, <<"cd">>], [<<"abcde">>, <<"x">>], [<<"abcde">>, C],
                      [<<"abcde">>, D, []], [<<>>, <<"a">>], [odd(<<"abcabc">>), <<"ca">>], [<<"aaa">>, <<"aaaa">>]])
            ++ b(matches, [[<<"abcde">>, [<<"bcde">>, <<"bc">>, <<"de">>]], [<<"aaaaa">>, <<"aa">>], [<<"abcde">>, C], [<<"xyz">>, D],
                           [<<"mississippi">>, [<<"ss">>, <<"issi">>, <<"i">>]], [big(), [<<10, 11>>, <<99>>, <<100, 101, 102>>]]])).

splits() ->
    try_all(b(split, [[<<"a,b,,c,">>, <<",">>], [<<"a,b,,c,">>, <<",">>, [global]], [<<"a,b,,c,,">>, <<",">>, [global, trim]],
                      [<<",a,b,,c,,">>, <<",">>, [global, trim_all]], [<<",a">>, <<",">>, [trim]], [<<>>, <<",">>], [<<>>, <<",">>, [trim]],
                      [<<>>, <<",">>, [trim_all]], [<<"abc">>, <<",">>, [global]], [<<"a--b-c">>, [<<"-">>, <<"--">>], [global]],
                      [<<"a,b,c,d">>, <<",">>, [global, {scope, {2, 3}}]], [odd(big()), <<50>>], [<<",,,">>, <<",">>, [global, trim]],
                      [<<"x, y">>, <<", ">>]])).

scopes() ->
    B = <<"abcabcabc">>,
    try_all(b(match, [[B, <<"b">>, [{scope, {2, 7}}]], [B, <<"b">>, [{scope, {9, -5}}]], [B, <<"b">>, [{scope, {0, 1}}]],
                      [B, <<"c">>, [{scope, {0, 10}}]], [B, <<"b">>, [{scope, {0, 0}}]]])
            ++ b(matches, [[B, <<"b">>, [{scope, {2, 4}}]], [B, [<<"ab">>, <<"ca">>], [{scope, {1, 8}}]]])).

bad_searches() ->
    try_all(b(match, [[a, <<"a">>], [<<"a">>, <<>>], [<<"a">>, []], [<<"a">>, [<<>>]], [<<"a">>, a], [<<"a">>, <<"a">>, [x]],
                      [<<"a">>, <<"a">>, x], [<<1:1>>, <<"a">>], [<<"a">>, [<<"b">> | x]], [<<"a">>, {bm}], [<<"a">>, <<"a">>, [global]]])
            ++ b(split, [[a, <<"a">>], [<<"a">>, <<"a">>, [x]], [<<"a">>, <<"a">>, [{scope, {0, 5}}]]])
            ++ b(compile_pattern, [[<<>>], [[]], [a], [[a]], [[<<"a">>, <<>>]]])).

terms() ->
    [a, '', 'åäö', [], {}, 0, 1, -1, 255, 256, 1 bsl 27, -(1 bsl 27), 1 bsl 31, 1 bsl 59, -(1 bsl 59) - 1, 1 bsl 64, -(1 bsl 64), 1 bsl 200,
     1.0, -0.0, 0.0, 3.14, 1.0e300, "abc", [a, b | c], [1, 2, 3, 300, 4], [256, 1], {1, {2, [3]}}, <<>>, <<1, 2, 3>>, <<"hello world">>, <<5:3>>, <<1, 2, 7:5>>,
     odd(<<"xyz">>), big(), #{}, #{a => 1}, #{1 => #{b => [x]}, "k" => {v}}, fun lists:map/2, [[[]]], [{a, 1}, {b, 2.5}], {a, b, c, d, e},
     maps_of(40), [<<1>> | <<2>>], [[1, 2], "ab" | 3]].

maps_of(N) -> maps:from_list([{X, X * X} || X <- seq(1, N)]).

hashes() -> [{erlang:phash2(T), erlang:phash2(T, 1000)} || T <- terms()] ++ try_all(e(phash2, [[a, 0], [a, 1], [a, 1 bsl 32], [a, (1 bsl 32) + 1], [a, x]])).

old_hashes() -> [{erlang:phash(T, 1 bsl 32), erlang:phash(T, 1000)} || T <- terms()] ++ try_all(e(phash, [[a, 0], [a, 1], [a, x]])).

checksums() ->
    D = ["some", <<" data">>, [$x | <<"y">>]],
    try_all(e(crc32, [[D], [<<>>], [0, D], [16#FFFFFFFF, big()], [erlang:crc32(<<"a">>), <<"b">>], [a], [-1, <<>>], [1 bsl 32, <<>>]])
            ++ e(adler32, [[D], [<<>>], [1, D], [12345, big()], [a]])).

md5() ->
    C0 = erlang:md5_init(),
    C1 = erlang:md5_update(C0, <<"abc">>),
    C2 = erlang:md5_update(C1, [big(), "x", big()]),
    {erlang:md5(<<>>), erlang:md5("abc"), erlang:md5(big()), erlang:md5([big(), odd(big()), "tail"]), erlang:md5_final(C1),
     erlang:md5_final(C2), erlang:md5([<<"abc">>, big(), "x", big()]), [erlang:md5(binary:copy(<<"a">>, N)) || N <- seq(54, 66)],
     try_all(e(md5, [[a], [[256]]]) ++ e(md5_final, [[<<>>], [a]]) ++ e(md5_update, [[a, <<>>], [C0, a]]))}.

encodings() ->
    {[term_to_binary(T) || T <- terms()], try_all(e(term_to_binary, [[a, []], ['åäö', [{minor_version, 2}]], [1.5, [{minor_version, 0}]], [a, [x]], [a, x],
        [duplicate(100, a), [compressed]], [a, [{compressed, 0}]], [#{b => 1, a => 2}, [deterministic]]])),
     [erlang:external_size(T) || T <- terms()]}.

decodings() ->
    {[binary_to_term(term_to_binary(T)) =:= T || T <- terms()], [binary_to_term(term_to_binary(T, [compressed])) =:= T || T <- terms()],
     try_all(e(binary_to_term, [[<<131, 97, 5>>], [<<131, 97, 5, 1, 2>>], [<<131, 97, 5, 1, 2>>, [used]], [<<131>>], [<<>>], [<<130, 97, 1>>], [a],
                                [<<131, 107, 0, 5, 1>>], [<<131, 97, 5>>, [safe]], [<<131, 97, 5>>, [x]], [odd(<<131, 97, 7>>)],
                                [<<131, 100, 0, 22, "never_seen_atom_of_ours">>, [safe]]]))}.

unicode_lists() ->
    [unicode:characters_to_list(D, I) || {D, I} <- [{<<"abc">>, utf8}, {<<"abc", 195, 169>>, utf8}, {<<"abc", 195, 169>>, latin1},
        {["a", [8364, <<"x">>] | <<226, 130, 172>>], unicode}, {[<<226>>, <<130, 172>>], utf8}, {[], utf8}, {<<>>, latin1}, {[[]], utf8},
        {odd(<<"h", 195, 164>>), utf8}, {[16#10FFFF, 0], utf8}]].

unicode_binaries() ->
    [unicode:characters_to_binary(D, I) || {D, I} <- [{<<"abc">>, utf8}, {<<"abc", 233>>, latin1}, {["a", 8364, [128512 | <<"x">>]], utf8},
        {[<<226>>, <<130, 172>>], utf8}, {[], utf8}, {[duplicate(50, 8364)], utf8}, {[255], latin1}, {["x" | <<233>>], latin1}]].

unicode_errors() ->
    D = [[<<"ab", 255, "c">>, "d"], <<"ab", 255, "c">>, [$a, [<<"x", 255>> | <<"t">>], $b], [16#D800, 1], [[16#D800], 1],
         [[[16#D800, 7], 8 | <<"q">>], 9], [<<226>>, $a], [<<226>>, <<"a">>, "b"], [<<226, 130>>], <<226, 130>>, [<<226, 130>>, [], []],
         [a], [-1, 2], [1 | <<255>>], [1 bsl 70], [<<"abc", 226>>, [$b], $c], [$a | b], [[<<226>>], $a, <<"z">>], [<<"a">>, [[]], <<195>>],
         [<<1:3>>], [[[<<"a", 128>>]]], <<237, 160, 128>>, <<240, 144>>, <<244, 144>>, <<224, 128>>, [16#110000], a],
    {try_all([{unicode, characters_to_list, [X, utf8]} || X <- D]), try_all([{unicode, characters_to_binary, [X, utf8]} || X <- D]),
     try_all([{unicode, characters_to_binary, [<<"a">>, x]}, {unicode, characters_to_list, [[256], latin1]}, {unicode, characters_to_binary, [[256], latin1]}]),
     [unicode:bin_is_7bit(X) || X <- [<<>>, <<"abc">>, <<128>>, odd(<<"abc">>), a]]}.

persistent() ->
    A = persistent_term:get(key, default),
    ok = persistent_term:put(key, {some, "term", big()}),
    ok = persistent_term:put({k, 2}, [x]),
    B = persistent_term:get(key),
    ok = persistent_term:put(key, other),
    C = persistent_term:get(key, default),
    D = persistent_term:erase({k, 2}),
    {A, B, C, D, persistent_term:erase({k, 2}), attempt({persistent_term, get, [nothing]}), persistent_term:get({k, 2}, none), persistent_term:erase(key)}.

atomic_arrays() ->
    A = atomics:new(3, []),
    U = atomics:new(2, [{signed, false}]),
    {atomics:put(A, 1, 10), atomics:add(A, 1, 5), atomics:get(A, 1), atomics:add_get(A, 2, -7), atomics:exchange(A, 2, 100),
     atomics:compare_exchange(A, 2, 100, 1 bsl 62), atomics:compare_exchange(A, 2, 5, 6), atomics:add_get(A, 2, 1 bsl 62),
     atomics:sub(A, 3, 5), atomics:get(A, 3), atomics:sub_get(A, 3, 5), maps:remove(memory, atomics:info(A)),
     atomics:add_get(U, 1, -1), atomics:put(U, 2, (1 bsl 64) - 1), atomics:get(U, 2), maps:remove(memory, atomics:info(U)),
     try_all([{atomics, F, Args} || {F, Args} <- [{get, [A, 0]}, {get, [A, 4]}, {get, [a, 1]}, {put, [A, 1, 1 bsl 63]}, {put, [U, 1, -1]},
         {put, [A, 1, a]}, {new, [0, []]}, {new, [1, [x]]}, {new, [a, []]}, {add, [A, 1, 1 bsl 64]}, {put, [A, 1, -(1 bsl 63)]}]])}.

counter_arrays() ->
    A = counters:new(2, []),
    B = counters:new(1, [write_concurrency]),
    {counters:add(A, 1, 10), counters:sub(A, 1, 3), counters:get(A, 1), counters:put(A, 2, -5), counters:get(A, 2), counters:add(B, 1, 1 bsl 62),
     counters:get(B, 1), maps:get(size, counters:info(A)),
     try_all([{counters, F, Args} || {F, Args} <- [{get, [A, 3]}, {add, [A, 1, a]}, {new, [0, []]}, {new, [1, [x]]}]])}.

identifiers() ->
    R = make_ref(), S = make_ref(),
    P = list_to_pid("<0.77.0>"),
    {is_reference(R), R =:= S, R =:= list_to_ref(ref_to_list(R)), pid_to_list(P), is_pid(P), node(P), node(R), P =:= list_to_pid(pid_to_list(P)),
     erlang:fun_to_list(fun lists:map/2), port_to_list(list_to_port("#Port<0.5>")), unicode_like(ref_to_list(R)),
     try_all(e(list_to_pid, [["<0.1>"], ["x"], [a], ["<0.1.2"], [[]]]) ++ e(ref_to_list, [[a]]) ++ e(list_to_ref, [["#Ref<0.1.2>"], [a]])
             ++ e(node, [[a]]) ++ e(port_to_list, [[a]]) ++ e(fun_to_list, [[a]]))}.

unicode_like("#Ref<" ++ _) -> true;
unicode_like(_) -> false.

calendars() ->
    T = {{2024, 2, 29}, {23, 59, 58}},
    {{{Y, _, _}, {_, _, _}}, true} = {erlang:universaltime(), true},
    {Y >= 2024, erlang:universaltime_to_posixtime(T), erlang:posixtime_to_universaltime(0), erlang:posixtime_to_universaltime(1709251198),
     erlang:universaltime_to_localtime(erlang:localtime_to_universaltime(T, undefined)), size(erlang:date()), size(erlang:time()), erlang:now() < erlang:now(),
     try_all(e(universaltime_to_posixtime, [[{{2023, 2, 29}, {0, 0, 0}}], [a], [{{2023, 13, 1}, {0, 0, 0}}], [{{2023, 1, 1}, {24, 0, 0}}]]))}.

flattening() ->
    try_all(e(iolist_to_binary, [[[]], [<<"a">>], [["a", [<<"b">>, 99] | <<"d">>]], [a], [[256]], [[a]], [<<1:1>>], [[<<1:1>>]], [["x" | $y]]])
            ++ e(list_to_bitstring, [[[]], [[<<1:3>>, <<2:5>>]], [[1 | <<1:1>>]], [<<1:1>>], [[-1]]])
            ++ e(bitstring_to_list, [[<<>>], [<<1, 2>>], [<<1, 2:3>>], [odd(<<7, 3:2>>)], [a]])
            ++ e(iolist_size, [[[]], [["abc", <<"d">>]], [<<"xy">>], [a], [[<<1:1>>]]])
            ++ e(iolist_to_iovec, [[[]], [<<"a">>]])
            ++ e(binary_to_list, [[<<1, 2, 3>>, 1, 2], [<<1, 2, 3>>, 2, 1], [<<1, 2, 3>>, 0, 1], [<<1, 2, 3>>, 1, 4]])).

random_searches() -> random_searches(3, 120, []).

random_searches(_, 0, Acc) -> Acc;
random_searches(S0, N, Acc) ->
    {H, S1} = random_text(S0, 40, <<>>),
    {P, S2} = random_text(S1, rnd(S1, 4) + 1, <<>>),
    {Q, S3} = random_text(S2, rnd(S2, 3) + 1, <<>>),
    R = {binary:match(H, P), binary:matches(H, [P, Q]), binary:split(H, [P, Q], [global, trim_all]), binary:match(H, [Q, P], [{scope, {20, -15}}])},
    random_searches(S3, N - 1, [{H, P, Q, R} | Acc]).

random_text(S, 0, B) -> {B, S};
random_text(S0, N, B) -> S = next(S0), random_text(S, N - 1, <<B/binary, ($a + rnd(S, 3))>>).

random_hashes() -> random_hashes(5, 150, []).

random_hashes(_, 0, Acc) -> Acc;
random_hashes(S0, N, Acc) ->
    {T, S1} = random_term(next(S0), 4),
    random_hashes(S1, N - 1, [{erlang:phash2(T), erlang:phash(T, 1 bsl 32), erlang:crc32(term_to_binary(T))} | Acc]).

random_term(S0, D) ->
    S = next(S0),
    case rnd(S, case D of 0 -> 7; _ -> 11 end) of
        0 -> {rnd(next(S), 300), next(S)};
        1 -> {next(S) * next(next(S)) * S - (S bsl 90), next(S)};
        2 -> {element(rnd(next(S), 4) + 1, {a, bb, 'ccc ccc', ''}), next(S)};
        3 -> {S / 77, next(S)};
        4 -> random_text(S, rnd(next(S), 20), <<>>);
        5 -> {<<S:(rnd(next(S), 40))>>, next(S)};
        6 -> {-S, next(S)};
        7 -> {A, S1} = random_term(S, D - 1), {B, S2} = random_term(S1, D - 1), {{A, B}, S2};
        8 -> {A, S1} = random_term(S, D - 1), {B, S2} = random_term(S1, D - 1), {[A | B], S2};
        9 -> {A, S1} = random_term(S, D - 1), {B, S2} = random_term(S1, D - 1), {#{A => B, k => A}, S2};
        10 -> {A, S1} = random_term(S, D - 1), {[A, 1, 2, 3], S1}
    end.

%% What zlib packs, to the byte: the compiler hashes it.
packed() ->
    [begin
         D = bytes_of(K, N),
         Z = zlib:compress(D),
         {byte_size(Z), erlang:md5(Z), zlib:uncompress(Z) =:= D}
     end || K <- [1, 2, 3, 4, 5, 6], N <- [0, 1, 2, 3, 5, 10, 50, 100, 300, 1000, 3000, 20000]]
        ++ [byte_size(term_to_binary(terms(), [{compressed, L}])) || L <- [1, 2, 3, 4, 5, 6, 7, 8, 9]]
        ++ [attempt({zlib, uncompress, [<<"no stream">>]}), attempt({zlib, compress, [a]})].

bytes_of(K, N) -> bytes_of(K, N, K * 77 + N, []).

bytes_of(_, 0, _, Acc) -> list_to_binary(Acc);
bytes_of(K, N, S0, Acc) ->
    S = next(S0), R = S bsr 8,
    C = case K of
            1 -> R rem 256; 2 -> R rem 4; 3 -> $a + (R rem 5) * (R rem 3);
            4 -> case R rem 10 of 0 -> R rem 256; _ -> N rem 7 end;
            5 -> 0; 6 -> (R rem 17) * (R rem 13)
        end,
    bytes_of(K, N - 1, S, [C | Acc]).

many_patterns() ->
    H = binary:copy(<<"the quick brown fox jumps over the lazy dog. ">>, 4),
    {binary:matches(H, [<<"fox">>, <<"over">>, <<"o">>, <<"the lazy">>, <<"the">>]), binary:split(H, [<<" ">>, <<". ">>], [global, trim_all])}.

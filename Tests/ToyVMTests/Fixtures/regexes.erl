%% Calls of module `re`, with what each answered.
%%
%%     erlc +deterministic +no_debug_info regexes.erl
-module(regexes).
-export([main/1]).

main([Seed]) ->
    put(seed, list_to_integer(Seed)),
    [{F, A, perform(F, A)} || {F, A} <- captures() ++ options() ++ compiled() ++ globals() ++ texts() ++ limits() ++ randoms()].

%% A compiled pattern is told without what only the engine reads.
perform(F, A) -> try plain(apply(re, F, A)) catch Class:Reason -> {Class, Reason} end.

plain({ok, {re_pattern, A, B, C, _}}) -> {ok, A, B, C};
plain(X) -> X.

captures() ->
    Values = [all, all_but_first, first, none, all_names, [], [0], [1, 2], [2, 1, 0], [3], [n], ["n", <<"m">>, 1, x], [n, m, o], foo, [1 | 2], [-1], [1.0], [{}], 1],
    [{run, [S, R, [{capture, V, T}]]} || {S, R} <- [{"abcd", "b"}, {"abcd", "(b)(x)?"}, {<<"abcd">>, "(?<n>b)(?<m>x)?(?<o>c)"}, {"zz", "(?<n>b)"}], V <- Values, T <- [index, list, binary]] ++
    [{run, [S, R, [{capture, V}]]} || {S, R} <- [{"abcd", "(?<n>b)(?<m>x)?(c)(y)?"}], V <- Values] ++
    [{run, ["abcd", "b", [{capture, all, foo}]]}, {run, ["abcd", "x", [{capture, all, foo}]]}, {run, ["abcd", "b", [{capture, all, list, x}]]}, {run, ["abcd", "b", [{capture}]]},
     {run, ["xb", "(?<n>a)|(?<n>b)", [dupnames, {capture, [n], list}]]}, {run, ["xa", "(?<n>a)|(?<n>b)", [dupnames, {capture, all_names, list}]]},
     {run, [lists:duplicate(300, $a), "(a+)", [{capture, all, binary}]]}, {run, [binary:copy(<<"a">>, 300), "a(a+)", [{capture, all, binary}]]},
     {run, [["ab", <<"cd">>, [[$e]]], "d(.)", [{capture, all, list}]]}, {run, ["ab", ["a", <<"b">>]]}].

options() ->
    [{run, ["a\nAb\r\nb", R, [O]]} || R <- ["^b", "a.A", "A", "a$", "b$", "\\R", "(a|A)+?"], O <- [caseless, multiline, dotall, dollar_endonly, ungreedy, firstline, anchored,
        extended, {newline, crlf}, {newline, anycrlf}, {newline, any}, {newline, cr}, {newline, lf}, bsr_anycrlf, bsr_unicode, notbol, noteol, notempty, notempty_atstart,
        no_auto_capture, no_start_optimize, never_utf, ucp, dupnames, {offset, 1}, {offset, 7}, {offset, -1}, {offset, a}, {newline, x}, foo, {foo, 1}, 1, {match_limit, 1000000}, report_errors]] ++
    [{run, ["a", "a", foo]}, {run, ["a", "a", [multiline | foo]]}, {run, [a, "a"]}, {run, ["a", a]}, {run, [[a], "a"]}, {run, ["a", [300]]}, {run, ["a", "(", []]}, {run, ["a", "(", [report_errors]]},
     {run, ["a", "(*UTF8)a", [never_utf, report_errors]]}, {run, [<<3:3>>, "a"]}, {run, ["a", <<3:3>>]}].

compiled() ->
    C = fun(R, O) -> {ok, P} = re:compile(R, O), P end,
    [{compile, [R, O]} || {R, O} <- [{"a(b)", []}, {"a(b)", [unicode]}, {"a", [{newline, crlf}]}, {"a", [{newline, any}]}, {"a", [{newline, anycrlf}]}, {"(*CRLF)a", []}, {"a", [foo]}, {"a", [notempty]},
        {"a", [global]}, {"a", [{offset, 1}]}, {[300], []}, {[300], [unicode]}, {a, []}, {<<255>>, [unicode]}, {<<"ab", 195>>, [unicode]}, {"(", []}, {"a", a}, {"[b-a]", []}, {"(?<n>(a))", [no_auto_capture]}]] ++
    [{compile, ["a"]}, {compile, ["("]}, {compile, [17]}, {version, [1]}] ++
    [{F, A} || {F, A} <- [{inspect, [{re_pattern, 0, 0, 0, <<"foo">>}, namelist]}, {inspect, [foo, namelist]}, {run, ["a", {re_pattern, 0, 0, 0, <<"foo">>}]}, {run, ["a", {re_pattern, 0, 0}]}]] ++
    %% What is compiled is not shown: only what comes of it.
    [{split, [perform2(F, A), "$^"]} || {F, A} <- [{inspect, [C("(?<z>a)(?<b>b)(?<c>)", []), namelist]}, {inspect, [C("(a)", []), namelist]}, {inspect, [C("(?<a>a)|(?<a>b)", [dupnames]), namelist]}, {inspect, [C("a", []), foo]},
        {run, ["xab", C("(a)b", [])]}, {run, ["xAB", C("(a)b", [caseless]), [{capture, all, list}]]}, {run, ["ab", C("a", []), [caseless]]}, {run, ["ba", C("a", []), [anchored]]}, {run, ["ba", C("a", [anchored])]},
        {run, [[229, 955], C(".", [unicode]), [{capture, all, list}]]}, {run, [<<"å"/utf8>>, C(".", [unicode]), [{capture, all, list}]]}, {run, ["aXbX", C("X", []), [global]]}, {run, ["a\r\nb", C("^b", [multiline]), [{newline, crlf}]]},
        {replace, ["abc", C("(b)", []), "[\\1]"]}, {split, ["a,b,c", C(",", []), [{return, list}]]}, {run, ["a\x{b}", C("a\\R", []), [bsr_anycrlf]]}]].

perform2(F, A) -> io_lib:format("~w", [perform(F, A)]).

globals() ->
    [{run, [S, R, [global | O]]} || {S, R} <- [{"abcabc", "b"}, {"aaa", "a*?"}, {"abc", ""}, {"abab", "(a)(x)?(b)"}, {"a\r\n\r\nb", "^"}, {"zz", "a"}, {<<"åäö"/utf8>>, "."}, {"xax", "x|(a)"}],
        O <- [[], [{capture, all, list}], [{capture, first, binary}], [{capture, none}], [{capture, [1], list}], [{capture, all_but_first, binary}], [unicode], [multiline, {newline, any}], [{offset, 2}], [notempty], [{capture, all_names, list}]]] ++
    [{replace, [S, R, T, O]} || {S, R, T} <- [{"abcabc", "b", "[&]"}, {"abcabc", "(b)(c)", "\\2\\1\\g{1}\\0"}, {"abc", "x", "y"}, {"abc", "", "-"}, {"a.b.c", "\\.", "\\\\"}, {"aaa", "a*?", "x"}, {"abc", "(?<n>b)", "\\n&\\&"}],
        O <- [[], [global], [{return, list}], [global, {return, binary}], [caseless, {return, list}], [{offset, 1}, {return, list}], [foo], [unicode, {return, list}, global]]] ++
    [{split, [S, R, O]} || {S, R} <- [{"a,b,,c", ","}, {"a1b22c", "(\\d)+"}, {"abc", ""}, {",a,", ","}, {"", ","}, {"a b\tc", "\\s"}, {<<"aåb"/utf8>>, <<"å"/utf8>>}],
        O <- [[], [{return, list}], [{return, binary}, trim], [{parts, 2}], [group], [group, {return, list}, trim], [{parts, infinity}], [foo], [unicode, {return, list}], [{parts, 1}]]].

texts() ->
    [{run, [S, R, [unicode, {capture, all, T} | O]]} || {S, R} <- [{"åäö", "(.)(.)"}, {[955, 956], [955]}, {[8364, $a], "\\x{20ac}(a)"}, {<<"λμ"/utf8>>, "\\w"}, {<<"Σς"/utf8>>, <<"(?i)σ+"/utf8>>}, {<<255>>, "a"}, {[55555], "a"}, {[a], "a"},
        {["a", [956 | <<"b">>]], "."}, {<<"ab", 195>>, "a"}], T <- [index, list, binary], O <- [[], [ucp], [caseless], [{offset, 1}], [{offset, 2}]]] ++
    [{replace, [[955, 956], [956], [8364], [unicode, {return, list}]]}, {split, [[955, 44, 956], ",", [unicode, {return, list}]]}, {replace, [<<"å"/utf8>>, ".", "x", [global, {return, binary}]]}].

limits() ->
    [{run, [lists:duplicate(30, $a), "(a*)*\\1[bc]", O]} || O <- [[{match_limit, 1000}], [report_errors, {match_limit, 1000}], [report_errors, {match_limit_recursion, 5}], [{match_limit_recursion, 5}]]].

%% Without PCRE's look for where a match can begin, which overlooks "ba" for (?=b)c?b.
randoms() ->
    O = no_start_optimize,
    [begin
         P = [pick(["a", "b", ".", "(a)", "(b|c)", "a*", "[ab]+?", "c?", "|", "(?:ab)+", "\\b", "^", "$", "(.*)", "\\w{2}", "(?=b)", "(?<!a)"]) || _ <- lists:seq(1, rnd(5) + 1)],
         S = [pick("aabbcc \n") || _ <- lists:seq(1, rnd(12))],
         case rnd(4) of
             0 -> {run, [S, P, [{capture, pick([all, all_but_first, first]), pick([index, list, binary])}, global, O]]};
             1 -> {run, [list_to_binary(S), P, [{capture, all, pick([index, list, binary])}, O]]};
             2 -> {replace, [S, P, "<&>", [O, {return, list}] ++ [global || rnd(2) =:= 0]]};
             3 -> {split, [S, P, [O, {return, list}] ++ [trim || rnd(2) =:= 0] ++ [group || rnd(3) =:= 0]]}
         end
     end || _ <- lists:seq(1, 800)].

rnd(N) ->
    S = (get(seed) * 6364136223846793005 + 1442695040888963407) band 16#FFFFFFFFFFFFFFFF,
    put(seed, S),
    (S bsr 33) rem N.

pick(L) -> lists:nth(rnd(length(L)) + 1, L).

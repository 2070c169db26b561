#!/usr/bin/env escript
%% Writes random patterns, many of them wrong, with what Erlang's re:run/3 makes of them:
%%   regex.escript SEED COUNT > OUT
%% regex.txt in Fixtures: escript Recording/regex.escript 1 3600 > Fixtures/regex.txt
%% A case is a line: pattern and subject as hexadecimal digits (- for none), the options of
%% compilation and of the match as bits, offset, newline, \R, and the answer: `nomatch`,
%% `match Start,Length ...`, `error Place Message`, or `limit`.
-mode(compile).

main([SeedText, CountText]) ->
    rand:seed(exsss, {list_to_integer(SeedText), 25, 8}),
    io:format("% OTP ~s; made by Recording/regex.escript ~s ~s~n", [erlang:system_info(otp_release), SeedText, CountText]),
    [line(C) || C <- written()],
    [line(make()) || _ <- lists:seq(1, list_to_integer(CountText))].

line({Pattern, Subject, Options, Offset, Newline, OnlyCRLF, Match}) ->
    All = [element(2, P) || P = {B, _} <- compile_options(), _ <- [P], Options band B =/= 0] ++ [{newline, Newline}] ++
        %% PCRE's look for where a match can begin overlooks some, as "ba" for (?=b)c?b.
        [bsr_anycrlf || OnlyCRLF] ++ [no_start_optimize],
    Run = [O || {B, O} <- match_options(), Match band B =/= 0],
    Answer =
        try re:compile(Pattern, All) of
            {error, {Message, Place}} -> ["error ", integer_to_list(Place), " ", Message];
            {ok, Compiled} -> answer(re:run(Subject, Compiled, [{offset, Offset}, report_errors, {capture, all, index} | Run]))
        catch error:badarg -> "badarg" end,
    io:format("~s ~s ~w ~w ~w ~w ~w ~s~n",
              [hex(Pattern), hex(Subject), Options, Match, Offset, newline(Newline), case OnlyCRLF of true -> 1; false -> 0 end, Answer]).

answer(nomatch) -> "nomatch";
answer({match, Places}) -> ["match" | [[" ", integer_to_list(S), ",", integer_to_list(L)] || {S, L} <- Places]];
answer({error, _}) -> "limit".

hex(<<>>) -> "-";
hex(Binary) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= Binary].

newline(lf) -> 0; newline(cr) -> 1; newline(crlf) -> 2; newline(anycrlf) -> 3; newline(any) -> 4.

compile_options() ->
    [{1, unicode}, {2, anchored}, {4, caseless}, {8, dollar_endonly}, {16, dotall}, {32, extended}, {64, firstline},
     {128, multiline}, {256, no_auto_capture}, {512, dupnames}, {1024, ungreedy}, {2048, ucp}].
match_options() -> [{1, anchored}, {2, notbol}, {4, noteol}, {8, notempty}, {16, notempty_atstart}].

rnd(N) -> rand:uniform(N) - 1.
pick(L) -> lists:nth(rand:uniform(length(L)), L).
chance(N) -> rnd(100) < N.

make() ->
    Unicode = chance(40),
    put(unicode, Unicode),
    put(depth, 3),
    Pattern0 = text(branches()),
    Pattern = case chance(12) of true -> spoil(Pattern0); false -> Pattern0 end,
    Subject = subject(rnd(14)),
    Extra = lists:foldl(fun({B, _}, A) -> case chance(9) of true -> A bor B; false -> A end end, 0, tl(compile_options())),
    Match = lists:foldl(fun({B, _}, A) -> case chance(6) of true -> A bor B; false -> A end end, 0, match_options()),
    Newline = case chance(80) of true -> lf; false -> pick([cr, crlf, anycrlf, any]) end,
    Offset = case chance(15) of true -> offset(Subject); false -> 0 end,
    {Pattern, Subject, Extra bor (case Unicode of true -> 1; false -> 0 end), Offset, Newline, chance(5), Match}.

%% Where a character begins.
offset(Subject) ->
    Places = [P || P <- lists:seq(0, byte_size(Subject)), not get(unicode) orelse P =:= byte_size(Subject) orelse
                   (binary:at(Subject, P) band 16#C0) =/= 16#80],
    pick(Places).

text(Deep) ->
    Flat = lists:flatten(Deep),
    case get(unicode) of
        true -> unicode:characters_to_binary(Flat);
        false -> list_to_binary([C band 255 || C <- Flat])
    end.

subject(N) -> text([subject_character() || _ <- lists:seq(1, N)]).

subject_character() ->
    case rnd(12) of
        0 -> pick("\n\r \t"); 1 -> pick([$A, $B, $C, 229, 197, 955, 923, 8364, 16#17F, 16#212A, $k, $s]); 2 -> pick("_019");
        3 -> pick(["\r\n", "aab", "abab"]); _ -> pick("aabbc")
    end.

branches() ->
    case rnd(5) of 0 -> [sequence(), $|, sequence()]; 1 -> [sequence(), $|, sequence(), $|, sequence()]; _ -> sequence() end.

sequence() -> [quantified() || _ <- lists:seq(1, pick([0, 1, 1, 2, 2, 3, 4]))].

quantified() ->
    Item = item(),
    case rnd(3) of
        0 -> [Item, pick(["*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,2}", "{0,2}?", "{2,}", "{1,}?", "{0,1}+", "{,2}", "{0}"])];
        _ -> Item
    end.

item() ->
    Depth = get(depth),
    case Depth > 0 andalso rnd(4) =:= 0 of
        true ->
            put(depth, Depth - 1),
            R = group(),
            put(depth, Depth),
            R;
        false -> atom()
    end.

group() ->
    case rnd(26) of
        0 -> ["(?:", branches(), ")"]; 1 -> ["(?>", branches(), ")"]; 2 -> ["(?=", branches(), ")"]; 3 -> ["(?!", branches(), ")"];
        4 -> ["(?<=", simple(), ")"]; 5 -> ["(?<!", simple(), ")"]; 6 -> ["(?i)", sequence()]; 7 -> ["(?i:", branches(), ")"];
        8 -> ["(?<n>", branches(), ")"]; 9 -> ["(?P<m>", branches(), ")", "(?P=m)"]; 10 -> ["(?|", branches(), ")"];
        11 -> ["(?(1)", sequence(), "|", sequence(), ")"]; 12 -> ["(?s-i:", branches(), ")"]; 13 -> ["(?m)", sequence()];
        14 -> ["(", branches(), ")\\1"]; 15 -> ["(?#", "c", ")"]; 16 -> ["(?x: ", sequence(), " # c\n", ")"]; 17 -> ["(?<=", branches(), ")"];
        18 -> ["(?(?=", simple(), ")", sequence(), "|", sequence(), ")"]; 19 -> ["(a", pick(["(?1)?", "(?R)?", "(?1)*"]), "b)"]; 20 -> ["(?U)", sequence()];
        _ -> ["(", branches(), ")"]
    end.

simple() -> [pick(["a", "b", "ab", "c", "[ab]", ".", "\\w", "^", "a|b", "\\b", "a|bc", "\\n"])].

atom() ->
    case rnd(22) of
        0 -> pick(["\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\h", "\\v", "\\H", "\\V", "\\R", "\\N"]); 1 -> ".";
        2 -> pick(["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G"]); 3 -> class(); 4 -> class();
        5 -> pick(["\\1", "\\2", "\\k<n>", "\\g{1}", "\\g{-1}", "\\x61", "\\x{62}", "\\141", "\\n", "\\Qa*\\E", "\\e", "\\cA", "\\x{e5}", "\\K"]);
        6 -> pick(["\\p{L}", "\\p{Lu}", "\\P{Ll}", "\\pN", "\\p{^L}", "\\p{Xan}", "\\p{L&}", "\\p{Any}"]);
        7 -> [pick([$A, $B, 229, 197, 955, 923, 8364, $k, $s, $K, $S])]; 8 -> pick([" ", "\n", "#", "-", "]", "}", "_", "0"]); _ -> [pick("aabbc")]
    end.

class() ->
    ["[", pick(["", "", "^"]), [class_item() || _ <- lists:seq(1, 1 + rnd(3))], "]"].

class_item() ->
    case rnd(14) of
        0 -> "a-c"; 1 -> pick(["\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\h", "\\V", "\\p{Lu}", "\\P{L}"]); 2 -> pick(["[:alpha:]", "[:^digit:]", "[:upper:]", "[:space:]", "[:punct:]", "[:word:]", "[:print:]"]);
        3 -> pick(["-", "\\n", "\\-", "]", "\\]", "^", "\\b", "\\x{41}-\\x{43}", "A-Z", "0-9", "\\Qa-\\E", "[", ":"]); 4 -> [pick([229, 955, 8364, $k, $S])]; 5 -> pick(["\\x{e0}-\\x{f0}", "\\001-\\177"]);
        _ -> [pick("aabbc_ ")]
    end.

%% A character more, less, or another.
spoil(<<>>) -> <<"(">>;
spoil(Pattern) ->
    Characters = case get(unicode) of true -> unicode:characters_to_list(Pattern); false -> binary_to_list(Pattern) end,
    {Before, [C | Behind]} = lists:split(rnd(length(Characters)), Characters),
    Other = pick("()[]{}*+?\\|^$.a1-:=!<>#"),
    text(case rnd(3) of 0 -> [Before, Behind]; 1 -> [Before, Other, C, Behind]; 2 -> [Before, Other, Behind] end).

%% What random ones seldom have.
written() ->
    [{bytes(P, O), bytes(S, O), O, 0, lf, false, 0} || {P, S, O} <- [
        {"^(?:\\+|-)?\\d+(\\.\\d+)?$", "-12.75", 0}, {"(\\w+)@(\\w+)\\.com", "mail joe@example.com now", 0}, {"(a|ab)(c|bcd)(d*)", "abcd", 0},
        {"(a*)*", "b", 0}, {"(a*)+", "b", 0}, {"(a|b)*?c", "ababc", 0}, {"(?:a|b)+(\\1)?", "ab", 0}, {"((a)|(b))*", "ab", 0}, {"(a)|(b)|(c)", "b", 0},
        {"^(?:a?)*?$", "a", 0}, {"(?:a?)*?b", "aab", 0}, {"(x)?(y)?z", "yz", 0}, {"(?=(a+))a*b\\1", "baaabac", 0}, {"(?<=\\d{3})x", "12x123x", 0},
        {"(?<!foo)bar", "foobar bar", 0}, {"(?<=ab|c)d", "abd", 0}, {"^((.)(?1)\\2|.)$", "abcba", 0}, {"\\((?:[^()]++|(?R))*\\)", "x(a(b)c)(d)", 0},
        {"(?|(a)|(b))\\1", "bb", 0}, {"(?<a>.)(?<b>.)\\k<b>\\k<a>", "abba", 0}, {"(?P<n>a)(?P>n)", "aa", 0}, {"(?(DEFINE)(?<d>\\d+))x(?&d)", "x12", 0},
        {"(?i)straße", "STRA", 0}, {"a++b", "aaab", 0}, {"a++ab", "aaab", 0}, {"(?>a+)ab", "aaab", 0}, {"\\bfoo\\b", "a foo b", 0}, {"a\\Kb", "ab", 0},
        {"(foo\\Kbar)", "foobar", 0}, {"[^]a]b", "]bcb", 0}, {"[a-]+", "a-b", 0}, {"[\\w-]+", "a-b c", 0}, {"\\Qa.b\\E+", "a.bbb", 0}, {"x{2,3}", "xxxx", 0},
        {"x{2", "x{2", 0}, {"(?s).+", "a\nb", 0}, {".+", "a\nb", 0}, {"(?m)^b$", "a\nb\nc", 0}, {"a$", "a\n", 0}, {"a$", "a\n", 8}, {"\\Aa\\Z", "a\n", 0},
        {"(a+)(b+)?(c+)?(d)?", "ab", 0}, {"(?x) a b # c\n c", "abc", 0}, {"\\d+(?=€)", <<"10€"/utf8>>, 1}, {"(?i)é", <<"É"/utf8>>, 1}, {"(?i)[à-ý]+", <<"ÀÉÝ"/utf8>>, 1},
        {"\\w+", <<"åäö"/utf8>>, 1}, {"\\w+", <<"λμ"/utf8>>, 1}, {"\\w+", <<"λμ"/utf8>>, 2049}, {"(?i)σ+", <<"Σςσ"/utf8>>, 1}, {"(?i)k", [16#212A], 1},
        {<<"(*UTF8)é"/utf8>>, <<"é"/utf8>>, 0}, {"(*CRLF)a.b", "a\nb", 0}, {"(*ANY)a$", "a\r\n", 0}, {"(?<!\\\\)(?:\\\\\\\\)*\"", "a\\\\\"", 0}, {"^\\s+|\\s+$", "  a  ", 0},
        {"(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.|$)){4}", "192.168.1.250", 0}, {"([a-c]+)-(\\1)", "abc-abc", 0}, {"a|*", "a", 0}, {"a**", "a", 0}, {"(", "a", 0}, {")", "a", 0}, {"[", "a", 0},
        {"[b-a]", "a", 0}, {"a{2,1}", "a", 0}, {"\\", "a", 0}, {"(?", "a", 0}, {"(?z)", "a", 0}, {"(?<=a+)b", "a", 0}, {"\\1", "a", 0}, {"(?1)", "a", 0}, {"(?<n>a)(?<n>b)", "ab", 0},
        {"\\p{Foo}", "a", 0}, {"[[:foo:]]", "a", 0}, {"[:alpha:]", "a", 0}, {"\\x{110000}", "a", 1}, {"(?#", "a", 0}, {"(?:a", "a", 0}, {"\\c", "a", 0}, {"(?<1a>b)", "b", 0},
        {"a{65536}", "a", 0}, {"(?R)", "a", 0}, {"(*FOO)a", "a", 0}, {"(?P<a", "a", 0}, {"\\k<x>", "a", 0}, {"(?(2)a)", "a", 0}, {"(?(1)a|b|c)(x)", "a", 0}, {"\\o{8}", "a", 0},
        %% Names that are empty, and which of two errors is told.
        {"c(?<n>([ ]a)(c(?P<>Bb|b{,2}b?ba*?|[ [:punct:]_]b)(?P=m)a)aa)", "a", 0}, {"(?P<>a)", "a", 0}, {"(?''a)", "a", 0}, {"(?<>a)", "a", 0},
        {"(?P<>a)(?P<>b)", "ab", 0}, {"(?P<>a)(?P=)", "aa", 0}, {"(?|(?P<>a)|(?P<>b))", "b", 0}, {"(?P<", "a", 0}, {"(?'-", "a", 0}, {"(?P=", "a", 0},
        {"(?P>", "a", 0}, {"(?&", "a", 0}, {"\\k{", "a", 0}, {"\\g{", "a", 0}, {"\\g<", "a", 0}, {"(?P<>a)\\g{}", "aa", 0}, {"(?P<>a)(?(R&)b)", "ab", 0},
        %% Calls without an end, lengths of what is called, verbs, callouts, and escapes in classes.
        {"(a?(?1)b)", "ab", 0}, {"((?(?=b)c)(?1))", "a", 0}, {"((a)\\2(?1))", "aaa", 0}, {"((?2))((?1))", "a", 0}, {"(a|(?2))(b|(?1))c", "xaab", 0},
        {"(?<=(?1))(a)", "aa", 0}, {"(?<=(?1))(a|bc)", "a", 0}, {"(?<=(?R))", "a", 0}, {"x(?<=(?R))", "x", 0}, {"(?<=(a(?1)))", "a", 0},
        {"(?<=(?(1)a))()b", "ab", 0}, {"(?<=(?(1)a|bc))()", "a", 0}, {"(?<=\\R{0})b", "ab", 0}, {"(*F)*", "a", 0}, {"(*F:x)", "a", 0},
        {"(*MARK)", "a", 0}, {"(*:x)b", "ab", 0}, {"(*FOO:x)", "a", 0}, {"(?(?C1)(?=a)ab)", "ab", 0}, {"(?(?C)b)", "b", 0}, {"(?C256(?i)", "a", 0},
        {"[a-\\k]", "b", 0}, {"[a-\\p{Foo}]", "b", 0}, {"[\\N{]", "a", 0}, {"\\o{}", "a", 0}, {"\\g'-'", "a", 0}, {"\\k+", "a", 0},
        {"\\g<1x", "a", 0}, {"(?(0)a)", "a", 0}, {"(?(Rx)a)", "a", 0}, {"(?+0)", "a", 0}, {"\\2147483648", "a", 0}, {"(?<=\\R{2})s", "\n\ns", 0}, {"(?<=\\R{1})s", "\ns", 0}, {"(?!)(?#c){2}", "a", 0}, {"(?!){2}|a", "a", 0}, {"(?!)+a", "a", 0},
        {"\\W{1,2}a", <<"b\xC3\xA5\xE2\x84\xAAaa">>, 1}]].

bytes(B, _) when is_binary(B) -> B;
bytes(L, O) when O band 1 =:= 1 -> unicode:characters_to_binary(L);
bytes(L, _) -> list_to_binary([C band 255 || C <- L]).

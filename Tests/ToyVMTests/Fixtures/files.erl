%% Works on files in a directory and tells what each step answered; `main([Directory])` returns
%% the same wherever the directory is.
%%
%%     erlc +deterministic +no_debug_info files.erl
-module(files).
-export([main/1, relative/1, leave_open/1]).
-include_lib("kernel/include/file.hrl").

main([Directory]) ->
    put(directory, Directory),
    [{N, plain(try_(F))} || {N, F} <- [
        {whole, fun whole/0}, {raw, fun raw/0}, {served, fun served/0}, {lines, fun lines/0},
        {encoded, fun encoded/0}, {modes, fun modes/0}, {places, fun places/0}, {many, fun many/0},
        {directories, fun directories/0}, {links, fun links/0}, {infos, fun infos/0},
        {times, fun times/0}, {terms, fun terms/0}, {copies, fun copies/0}, {refused, fun refused/0},
        {named, fun named/0}, {owners, fun owners/0},
        {libraries, fun libraries/0}, {ahead, fun ahead/0}, {delayed, fun delayed/0},
        {odd_pieces, fun odd_pieces/0}, {indirect, fun indirect/0}, {devices, fun devices/0}]].

in(Name) -> filename:join(get(directory), Name).
in() -> get(directory).

%% What has an identity, or tells where the directory is, is left out.
plain(T) when is_pid(T); is_reference(T); is_function(T); is_port(T) -> '_';
plain([H | T] = L) ->
    case lists:prefix(in(), L) of
        true -> {in, lists:nthtail(length(in()), L)};
        false -> [plain(H) | plain(T)]
    end;
plain(B) when is_binary(B) ->
    D = list_to_binary(in()),
    case B of
        <<D:(byte_size(D))/binary, R/binary>> -> {in, R};
        _ -> B
    end;
plain(T) when is_tuple(T) -> list_to_tuple([plain(E) || E <- tuple_to_list(T)]);
plain(M) when is_map(M) -> [plain(P) || P <- lists:sort(maps:to_list(M))];
plain(T) -> T.

try_(F) -> try F() catch C:R -> {C, R} end.

whole() ->
    F = in("whole"),
    [file:read_file(F), file:write_file(F, "abc"), file:read_file(F), file:write_file(F, [<<"d">>, ["e", $f]], [append]),
     file:read_file(F), file:write_file(F, <<>>), file:read_file(F), file:write_file(F, binary:copy(<<"0123456789">>, 20000)),
     begin {ok, B} = file:read_file(F), {byte_size(B), erlang:md5(B)} end,
     file:write_file(F, [a]), file:write_file(F, "x", [foo]), file:write_file(F, "y", [exclusive]), file:read_file(list_to_binary(F)),
     file:write_file(F, "raw", [raw]), file:read_file(F), file:delete(F), file:delete(F), file:read_file(F)].

raw() ->
    F = in("raw"),
    ok = file:write_file(F, "hello, world"),
    {ok, D} = file:open(F, [raw, read, write, binary]),
    R = [file:read(D, 5), file:position(D, cur), file:write(D, "XY"), file:read(D, 100), file:read(D, 1), file:read(D, 0),
     file:pread(D, 0, 3), file:pread(D, 100, 3), file:pread(D, [{0, 2}, {50, 1}, {3, 100}]), file:pwrite(D, 20, "end"),
     file:pwrite(D, [{0, "A"}, {1, "B"}]), file:position(D, {bof, 2}), file:read(D, 30), file:position(D, {eof, -3}), file:read(D, 9),
     file:position(D, {cur, -100}), file:position(D, -1), file:position(D, foo), file:position(D, {eof, a}), file:pread(D, -1, 2),
     file:read(D, 1 bsl 70), file:position(D, 4), file:truncate(D), file:sync(D), file:datasync(D), file:advise(D, 0, 0, normal),
     file:advise(D, 0, 0, foo), file:allocate(D, 0, 10), file:write(D, [a]), file:close(D), file:close(D), file:read(D, 1), file:write(D, "a")],
    R ++ [file:read_file(F)].

served() ->
    F = in("served"),
    {ok, D} = file:open(F, [write, read]),
    R = [file:write(D, "one\ntwo\n"), file:position(D, 0), file:read(D, 2), file:read_line(D), file:read_line(D), file:read_line(D),
     file:pread(D, 1, 3), file:pwrite(D, 4, "TWO"), file:position(D, bof), io:get_line(D, ""), io:get_chars(D, "", 2), io:get_line(D, p),
     io:get_line(D, ""), io:format(D, "~w ~p~n", [{a, 1}, "text"]), file:position(D, 0), io:read(D, ""), io:getopts(D),
     io:setopts(D, [binary]), file:position(D, 0), file:read(D, 3), file:truncate(D), file:position(D, cur), io:rows(D), io:columns(D),
     io:request(D, foo), io:requests(D, [{put_chars, latin1, "q"}, {put_chars, latin1, "r"}]), file:close(D),
     try_(fun() -> file:read(D, 1) end), try_(fun() -> io:put_chars(D, "x") end)],
    R ++ [file:read_file(F)].

lines() ->
    F = in("lines"),
    ok = file:write_file(F, "a\r\nbb\n\n" ++ lists:duplicate(600, $c) ++ "\nlast"),
    [begin {ok, D} = file:open(F, M), R = [begin X = file:read_line(D), X end || _ <- lists:seq(1, 6)], ok = file:close(D), R end
     || M <- [[raw], [raw, binary], [read], [binary], [raw, read_ahead], [raw, binary, {read_ahead, 3}], [{read_ahead, 2}]]].

encoded() ->
    F = in("encoded"),
    [begin
         {ok, D} = file:open(F, [write, {encoding, E}]),
         W = [try_(fun() -> io:put_chars(D, [229, 1234, 66000, $\n]) end), try_(fun() -> io:format(D, "~ts", [[8364]]) end), try_(fun() -> file:close(D) end)],
         {ok, C} = file:open(F, [read, {encoding, E}]),
         L = [try_(fun() -> io:get_line(C, "") end), try_(fun() -> io:get_chars(C, "", 10) end), try_(fun() -> file:close(C) end)],
         {E, W, L, file:read_file(F)}
     end || E <- [latin1, utf8, utf16, {utf16, little}, utf32, {utf32, little}]]
    ++ [file:open(F, [read, {encoding, foo}])].

modes() ->
    F = in("modes"),
    Open = fun(M) -> case file:open(F, M) of {ok, D} -> R = {file:write(D, "1"), file:position(D, 0), file:read(D, 9)}, file:close(D), R; E -> E end end,
    [Open([read]), Open([write, exclusive]), Open([write, exclusive]), Open([append]), Open([append, read]), Open([read, write]), Open([read]),
     Open([write]), Open([raw, append]), Open([raw, read]), Open([raw, write]), Open([raw, exclusive]), Open([foo]), Open([raw, foo]), Open([raw, sync, write]),
     try_(fun() -> file:open(F, foo) end), try_(fun() -> file:open(foo, [read]) end), file:read_file(F)].

places() ->
    F = in("places"),
    {ok, D} = file:open(F, [raw, write, read, binary, read_ahead]),
    R = [file:write(D, "0123456789"), file:position(D, 2), file:read(D, 1), file:position(D, {cur, 1}), file:read(D, 1), file:write(D, "ab"),
     file:position(D, cur), file:read(D, 3), file:read(D, 3), file:position(D, eof), file:position(D, {eof, 5}), file:write(D, "z"), file:pread(D, 0, 40)],
    file:close(D),
    R.

many() ->
    F = in("many"),
    {ok, D} = file:open(F, [write, raw]),
    [ok = file:write(D, integer_to_list(N)) || N <- lists:seq(1, 500)],
    ok = file:close(D),
    {ok, S} = file:open(F, [read, raw, binary, {read_ahead, 100}]),
    Read = fun Read(A) -> case file:read(S, 7) of {ok, B} -> Read([B | A]); eof -> lists:reverse(A) end end,
    Parts = Read([]),
    file:close(S),
    [length(Parts), erlang:md5(Parts), filelib:file_size(F)].

directories() ->
    D = in("dir"),
    [file:make_dir(D), file:make_dir(D), file:list_dir(D), file:write_file(filename:join(D, "b"), ""), file:write_file(filename:join(D, "a"), ""),
     begin {ok, L} = file:list_dir(D), lists:sort(L) end, begin {ok, L2} = file:list_dir_all(D), lists:sort(L2) end, file:del_dir(D), file:delete(D),
     file:rename(filename:join(D, "a"), filename:join(D, "c")), file:rename(filename:join(D, "a"), in("x")), file:rename(filename:join(D, "c"), D),
     file:rename(D, filename:join(D, "e")), file:make_dir(filename:join([D, "x", "y"])), file:make_dir(filename:join(D, "sub")),
     file:rename(filename:join(D, "sub"), in("moved")), file:list_dir(in("moved")), file:rename(in("moved"), D), file:rename(filename:join(D, "b"), in("moved")),
     file:list_dir(filename:join(D, "b")), file:list_dir(in("none")), file:del_dir(in("none")), file:del_dir(filename:join(D, "b")),
     file:del_dir_r(D), file:list_dir(D), file:del_dir(in("moved")), file:read_file(in()), file:read_file(filename:join(in(), "f/g"))].

links() ->
    F = in("target"),
    [file:write_file(F, "t"), file:make_symlink(F, in("link")), file:make_symlink(F, in("link")), file:read_link(in("link")), file:read_link(F),
     file:read_link_all(in("link")), file:read_file(in("link")), file:make_link(F, in("hard")), file:read_file(in("hard")), file:make_link(in("none"), in("h2")),
     begin {ok, I} = file:read_link_info(in("link")), I#file_info.type end, begin {ok, J} = file:read_file_info(in("link")), {J#file_info.type, J#file_info.links} end,
     file:delete(F), file:read_file(in("link")), file:read_link(in("none"))].

infos() ->
    F = in("info"),
    ok = file:write_file(F, "12345"),
    {ok, I} = file:read_file_info(F),
    {ok, P} = file:read_file_info(F, [{time, posix}]),
    {ok, D} = file:open(F, [raw]),
    {ok, H} = file:read_file_info(D, [{time, posix}]),
    file:close(D),
    {ok, X} = file:read_file_info(in()),
    [I#file_info.size, I#file_info.type, I#file_info.access, I#file_info.mode, I#file_info.links, is_integer(I#file_info.inode),
     I =:= P#file_info{atime = I#file_info.atime, mtime = I#file_info.mtime, ctime = I#file_info.ctime}, is_integer(P#file_info.mtime),
     calendar:datetime_to_gregorian_seconds(hd(calendar:local_time_to_universal_time_dst(I#file_info.mtime))) - 62167219200 =:= P#file_info.mtime,
     H =:= P#file_info{atime = H#file_info.atime}, X#file_info.type, X#file_info.access, file:read_file_info(in("none")), file:read_file_info(filename:join(F, "x")),
     file:write_file_info(F, #file_info{mode = 8#400}), begin {ok, Y} = file:read_file_info(F), Y#file_info.mode end, file:change_mode(F, 8#644),
     file:change_owner(in("none"), 1), file:change_group(in("none"), 1), file:write_file_info(in("none"), I), file:read_file_info("/dev/null", [{time, universal}]) =/= error].

times() ->
    F = in("times"),
    ok = file:write_file(F, ""),
    T = {{2001, 2, 3}, {4, 5, 6}},
    [file:change_time(F, T), filelib:last_modified(F), file:write_file_info(F, #file_info{mtime = 1000000000, atime = 1000000001}, [{time, posix}]),
     begin {ok, I} = file:read_file_info(F, [{time, posix}]), {I#file_info.mtime, I#file_info.atime} end, file:change_time(F, T, {{1999, 1, 1}, {0, 0, 0}}),
     filelib:last_modified(F), file:change_time(in("none"), T)].

terms() ->
    F = in("terms"),
    [file:consult(F), file:write_file(F, "{a, 1}.\n[\"b\", <<2>>].\n%% c\n"), file:consult(F), file:write_file(F, "{a, 1}.\n{b"), file:consult(F),
     file:write_file(F, "a b.\n"), file:consult(F), file:write_file(F, ""), file:consult(F), file:write_file(F, <<"%% coding: utf-8\n\"å\".\n"/utf8>>), file:consult(F),
     file:path_consult([in("none"), in()], "terms"), file:write_file(F, "X = 3, Y = X * 2, Y.\n"), file:script(F), file:eval(F), file:script(F, [{'Z', 1}]),
     file:path_open([in()], "terms", [read]), file:path_open([in()], "none", [read])].

copies() ->
    F = in("copied"),
    ok = file:write_file(F, lists:duplicate(100000, $x)),
    [file:copy(F, in("copy")), filelib:file_size(in("copy")), file:copy(F, in("copy"), 5), file:read_file(in("copy")), file:copy(in("none"), in("copy")),
     file:copy({F, [raw]}, {in("copy"), [append]}, 3), file:read_file(in("copy"))].

refused() ->
    [file:read_file(""), file:read_file([0]), file:read_file("a" ++ [0]), try_(fun() -> file:read_file([a | b]) end), file:read_file(17), file:read_file(lists:duplicate(300, $a)),
     file:read_file(in("a/b")), file:open(in(), [read]), file:open(in(), [raw]), file:open(in(), [write]), file:read_file("/dev/zero/x"), file:open("/dev/zero", [raw]) =:= error,
     case file:open("/dev/null", [raw]) of {ok, D} -> {file:read(D, 1), file:close(D)}; E -> E end,
     begin {ok, W} = file:open(in("wo"), [raw, write]), R = file:read(W, 1), file:close(W), R end,
     begin {ok, W2} = file:open(in("wo"), [raw, read]), R2 = file:write(W2, "a"), file:close(W2), R2 end,
     begin {ok, W3} = file:open(in("wo"), [read]), R3 = file:write(W3, "a"), file:close(W3), R3 end,
     file:altname(in()), file:set_cwd(in("none")), file:set_cwd(list_to_binary(in("none"))), file:get_cwd("/"), file:format_error(enoent), file:format_error(eisdir)].

named() ->
    N = in([$n, 229, 8364]),
    [file:write_file(N, "n"), file:read_file(N), file:read_file(unicode:characters_to_binary(N)), file:write_file(filename:join(list_to_binary(in()), <<"raw", 255>>), "r"),
     begin {ok, L} = file:list_dir_all(in()), [X || X <- L, is_binary(X)] end,
     file:read_file(filename:join(list_to_binary(in()), <<"raw", 255>>)), file:delete(filename:join(list_to_binary(in()), <<"raw", 255>>)),
     file:read_file([in(), [$/, [$n]], 229, 8364]), file:read_file([list_to_atom(in()), $/, n, 229, 8364]), file:native_name_encoding(), file:delete(N)].

owners() ->
    F = in("owned"),
    ok = file:write_file(F, "mine"),
    {ok, D} = file:open(F, [raw]),
    Self = self(),
    spawn(fun() -> Self ! {try_(fun() -> file:read(D, 1) end), try_(fun() -> file:close(D) end)} end),
    A = receive M -> M end,
    {P, R} = spawn_monitor(fun() -> {ok, S} = file:open(F, [read]), Self ! {served, S}, receive stop -> ok end end),
    S = receive {served, X} -> X end,
    B = file:read(S, 2),
    Ref = monitor(process, S),
    P ! stop,
    receive {'DOWN', R, _, _, _} -> ok end,
    C = receive {'DOWN', Ref, _, _, Why} -> Why end,
    [A, B, C, file:read(D, 4), file:close(D)].

%% The current directory is that of the whole program: so these are called apart.
relative([Directory]) ->
    put(directory, Directory),
    plain(try_(fun relative/0)).

relative() ->
    {ok, Before} = file:get_cwd(),
    R = [file:set_cwd(in()), begin {ok, C} = file:get_cwd(), C end, file:write_file("rel", "r"), file:read_file("./rel"), file:make_dir("reld"),
     file:rename("rel", "reld/rel"), file:read_file("reld/../reld/rel"), filename:absname("rel"), file:set_cwd("reld"), file:list_dir("."), file:del_dir(in("reld")), file:set_cwd(".."),
     file:del_dir_r("reld"), file:get_cwd() =:= {ok, in()}],
    ok = file:set_cwd(Before),
    R.

libraries() ->
    D = in("lib"),
    [filelib:ensure_dir(filename:join([D, "a", "b", "c"])), filelib:is_dir(filename:join([D, "a", "b"])), filelib:is_file(filename:join(D, "a")), filelib:is_regular(filename:join(D, "a")),
     file:write_file(filename:join(D, "x.txt"), "123"), file:write_file(filename:join([D, "a", "y.txt"]), "4567"), filelib:wildcard("*", D), filelib:wildcard("**/*.txt", D),
     filelib:wildcard("{x,z}.t?t", D), filelib:wildcard("[a-c]", D), filelib:wildcard("none*", D), filelib:fold_files(D, "\\.txt$", true, fun(F, A) -> A + filelib:file_size(F) end, 0),
     filelib:file_size(filename:join(D, "x.txt")), filelib:file_size(in("none")), filelib:last_modified(in("none")), filelib:ensure_path(filename:join(D, "p/q")), filelib:is_dir(filename:join(D, "p/q")),
     filelib:is_file(in("none"))].

ahead() ->
    F = in("ahead"),
    ok = file:write_file(F, [lists:seq(0, 255), lists:seq(0, 255)]),
    {ok, D} = file:open(F, [raw, binary, read, write, {read_ahead, 50}]),
    R = [file:read(D, 10), file:read(D, 70), file:read(D, 1), file:position(D, cur), file:position(D, {cur, 5}), file:read(D, 2), file:write(D, <<1, 2, 3>>), file:read(D, 2),
     file:pread(D, 0, 3), file:read(D, 2), file:pwrite(D, 0, "zz"), file:read_line(D)],
    file:close(D),
    R ++ [file:read_file(F)].

delayed() ->
    F = in("delayed"),
    {ok, D} = file:open(F, [raw, write, {delayed_write, 100, 2000}]),
    R = [file:write(D, "abc"), file:read_file(F), file:write(D, lists:duplicate(200, $d)), filelib:file_size(F), file:position(D, 1), file:write(D, "X"), file:close(D), file:close(D)],
    R ++ [begin {ok, B} = file:read_file(F), {byte_size(B), binary:part(B, 0, 5)} end].

odd_pieces() ->
    F = in("odd"),
    {ok, D} = file:open(F, [write, raw]),
    <<_:3, Bits:40/bitstring, _/bitstring>> = <<"abcdefgh">>,
    R = [file:write(D, Bits), file:write(D, [<<"a">>, [[], [<<"b">>]], $c]), try_(fun() -> file:write(D, <<1:3>>) end), file:write(D, foo), file:write(D, [256])],
    file:close(D),
    R ++ [file:read_file(F)].

indirect() ->
    F = in("indirect"),
    ok = file:write_file(F, <<5:32, 12:32, 0:32, "hello", 9:32, 100:32, 7:32>>),
    {ok, D} = file:open(F, [raw, binary]),
    R = [file:ipread_s32bu_p32bu(D, 0, 100), file:ipread_s32bu_p32bu(D, 0, 4), file:ipread_s32bu_p32bu(D, 17, infinity), file:ipread_s32bu_p32bu(D, 25, 10)],
    file:close(D),
    R.

%% The device that prints.
devices() ->
    [io:requests([{put_chars, unicode, ""}, {put_chars, latin1, ""}]), io:requests([]), io:requests([foo, {put_chars, unicode, "never"}]),
     io:requests([{put_chars, unicode, io_lib, format, ["", []]}, {put_chars, unicode, [a]}]), io:request(user, foo)].

%% Opens a file many times, in this process, in others that end, and behind servers.
leave_open([Path]) ->
    Open = fun(Modes) -> {ok, D} = file:open(Path, Modes), {ok, _} = file:read(D, 10), D end,
    Own = [Open([raw, {read_ahead, 1000}]) || _ <- lists:seq(1, 10)],
    Served = [Open([read]) || _ <- lists:seq(1, 10)],
    [receive {'DOWN', M, _, _, normal} -> ok end
     || {_, M} <- [spawn_monitor(fun() -> Open([raw]) end) || _ <- lists:seq(1, 10)]],
    length(Own) + length(Served) + 10.

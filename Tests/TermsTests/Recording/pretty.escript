#!/usr/bin/env escript
%% Writes what ~p prints of terms of a corpus at three widths of lines:
%%   escript pretty.escript corpus.etf pretty.etf 6000
%% One compressed term: {tenure_pretty, Release, Widths, Rows}
%%   Row: [Place | Texts]: the place of the term in the corpus, from 1, and a text for each width
%% Left out are terms whose texts differ from run to run: those with identifiers of other nodes,
%% and with large maps of keys that are not integers.
-mode(compile).

main([Corpus, Out, CountText]) ->
    {ok, Bytes} = file:read_file(Corpus),
    {tenure_corpus, 1, _, _, Rows, _} = binary_to_term(Bytes),
    Terms = [{Place, binary_to_term(element(1, Row))} || {Place, Row} <- number(Rows, 1)],
    Stable = lists:sublist([Pair || {_, T} = Pair <- Terms, is_stable(T)], list_to_integer(CountText)),
    Widths = [40, 80, 120],
    Texts = [[Place | [text(T, Width) || Width <- Widths]] || {Place, T} <- Stable],
    Whole = {tenure_pretty, erlang:system_info(otp_release), Widths, Texts},
    ok = file:write_file(Out, term_to_binary(Whole, [{compressed, 9}])).

number([], _) -> [];
number([Row | Rows], Place) -> [{Place, Row} | number(Rows, Place + 1)].

text(T, Width) ->
    unicode:characters_to_binary(io_lib:format("~" ++ integer_to_list(Width) ++ "p", [T])).

is_stable([Head | Tail]) -> is_stable(Head) andalso is_stable(Tail);
is_stable(T) when is_tuple(T) -> is_stable(tuple_to_list(T));
is_stable(M) when is_map(M) ->
    (map_size(M) =< 32 orelse lists:all(fun is_integer/1, maps:keys(M)))
        andalso is_stable(maps:to_list(M));
is_stable(T) when is_pid(T); is_port(T); is_reference(T) -> node(T) =:= node();
is_stable(F) when is_function(F) ->
    {type, Type} = erlang:fun_info(F, type),
    {env, Env} = erlang:fun_info(F, env),
    Type =:= external orelse is_stable(Env);
is_stable(_) -> true.

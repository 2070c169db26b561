%% Compiles modules and tells the digests of the chunks of the results, unpacked: what two zlibs pack
%% need not be the same bytes.
%%
%%     erlc +deterministic +no_debug_info compiling.erl
-module(compiling).
-export([carriers/0, main/1]).

%% The files of the standard library's modules that carry their abstract code, the smallest first.
carriers() ->
    Files = filelib:wildcard(filename:join(code:lib_dir(stdlib, ebin), "*.beam")),
    [F || {_, F} <- lists:sort([{filelib:file_size(F), F} || F <- Files, carries(F)])].

carries(File) ->
    case beam_lib:chunks(File, [abstract_code]) of
        {ok, {_, [{abstract_code, {raw_abstract_v1, _}}]}} -> true;
        _ -> false
    end.

%% Compiles files: those of modules from the abstract code that they carry, and sources.
main(Files) -> [compiled(F) || F <- Files].

compiled(File) ->
    Options = [deterministic, binary, no_spawn_compiler_process, return_errors],
    Result =
        case filename:extension(File) of
            ".erl" -> compile:file(File, Options);
            ".beam" ->
                {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(File, [abstract_code]),
                compile:forms(Forms, Options)
        end,
    case Result of
        {ok, M, <<"FOR1", _:32, "BEAM", Rest/binary>>} -> {M, split(Rest)};
        Other -> {File, Other}
    end.

split(<<Name:4/binary, Size:32, Rest/binary>>) ->
    Padded = (Size + 3) band -4,
    <<Chunk:Padded/binary, Next/binary>> = Rest,
    Digest = erlang:md5(unpacked(Name, binary:part(Chunk, 0, Size))),
    [{binary_to_atom(Name), Size, binary:decode_unsigned(Digest)} | split(Next)];
split(<<>>) -> [].

unpacked(<<"LitT">>, <<Size:32, Packed/binary>>) -> [<<Size:32>>, zlib:uncompress(Packed)];
unpacked(<<"Dbgi">>, Packed) -> term_to_binary(binary_to_term(Packed), [deterministic]);
unpacked(_, Chunk) -> Chunk.

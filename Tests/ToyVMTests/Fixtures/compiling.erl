%% Compiles a module of OTP from the abstract code that its file carries, and tells the chunks of
%% the result, unpacked: what two zlibs pack need not be the same bytes.
%%
%%     erlc +deterministic +no_debug_info compiling.erl
-module(compiling).
-export([write_forms/2, carriers/0, run/1, chunks/1]).

%% Makes a module `forms_NAME` that has the abstract code of a module as a literal.
write_forms(Module, Directory) ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(code:which(Module), [abstract_code]),
    Name = list_to_atom("forms_" ++ atom_to_list(Module)),
    Code = [{attribute, 1, module, Name}, {attribute, 1, export, [{forms, 0}]},
            {function, 1, forms, 0, [{clause, 1, [], [], [erl_parse:abstract(Forms)]}]}],
    {ok, Name, Binary} = compile:forms(Code, []),
    ok = file:write_file(filename:join(Directory, atom_to_list(Name) ++ ".beam"), Binary).

%% The modules of the standard library that carry their abstract code, the smallest files first.
carriers() ->
    Files = filelib:wildcard(filename:join(code:lib_dir(stdlib, ebin), "*.beam")),
    [M || {_, M} <- lists:sort([{filelib:file_size(F), list_to_atom(filename:basename(F, ".beam"))} || F <- Files, carries(F)])].

carries(File) ->
    case beam_lib:chunks(File, [abstract_code]) of
        {ok, {_, [{abstract_code, {raw_abstract_v1, _}}]}} -> true;
        _ -> false
    end.

run([Module]) -> chunks(Module).

chunks(Module) ->
    Name = list_to_atom("forms_" ++ Module),
    Options = [deterministic, binary, no_spawn_compiler_process, return_errors],
    case compile:forms(Name:forms(), Options) of
        {ok, M, <<"FOR1", _:32, "BEAM", Rest/binary>>} -> {M, split(Rest)};
        Other -> Other
    end.

split(<<Name:4/binary, Size:32, Rest/binary>>) ->
    Padded = (Size + 3) band -4,
    <<Chunk:Padded/binary, Next/binary>> = Rest,
    [{Name, unpacked(Name, binary:part(Chunk, 0, Size))} | split(Next)];
split(<<>>) -> [].

unpacked(<<"LitT">>, <<Size:32, Packed/binary>>) -> {Size, zlib:uncompress(Packed)};
unpacked(<<"Dbgi">>, Packed) -> binary_to_term(Packed);
unpacked(_, Chunk) -> Chunk.

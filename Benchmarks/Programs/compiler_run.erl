%% OTP's own compiler, which compiles a module of its own standard library from the abstract code that
%% the module's file carries.
-module(compiler_run).
-export([main/0, main/1, run/1]).

main() -> run(queue).
main([Module]) -> run(list_to_atom(Module)).

%% {module, bytes of what was compiled, checksum of its code}.
run(Module) ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(code:which(Module), [abstract_code]),
    {ok, Module, Binary} = compile:forms(Forms, [deterministic, binary, no_spawn_compiler_process]),
    {ok, {_, [{"Code", Code}]}} = beam_lib:chunks(Binary, ["Code"]),
    {Module, byte_size(Binary), erlang:crc32(Code)}.

#!/usr/bin/env escript
%% Records what the Erlang runtime does with the heaps of some programs, for the tests of sizing:
%%
%%     escript record.escript swift > ../Traces/RecordedTraces.swift
%%     escript record.escript binaries > ../Traces/RecordedBinaries.swift
%%     escript record.escript limits > ../Traces/RecordedLimits.swift
%%     escript record.escript random FIRST_SEED LAST_SEED
%%     escript record.escript ladder PATH_OF_BEAM > ../../ToyVMTests/Fixtures/gc_ladder.trace
%%
%% One line an event: its kind and all its figures in the order of keys/0.
-mode(compile).

main(["swift"]) ->
    Programs = (programs(sizing_programs)):all(),
    heading("= name fullsweep_after min_heap_size"),
    io:format("enum RecordedTraces {~n  static let release = \"~s\"~n~n", [release()]),
    io:format("  static let heapSizes = \"\"\"~n", []),
    sizes(erlang:system_info(heap_sizes)),
    io:format("    \"\"\"~n~n  static let events = \"\"\"~n", []),
    [program(P) || P <- Programs],
    io:format("    \"\"\"~n}~n", []);
main(["binaries"]) ->
    heading("= name fullsweep_after min_bin_vheap_size size count keep drop"),
    io:format("enum RecordedBinaries {~n  static let events = \"\"\"~n", []),
    [binaries(P) || P <- (programs(binary_programs)):all()],
    io:format("    \"\"\"~n}~n", []);
main(["limits"]) ->
    io:put_chars(
      "/// The least `max_heap_size` with which each recorded program comes to its end under the\n"
      "/// Erlang runtime, in words; written by `Recording/record.escript`.\n"
      "enum RecordedLimits {\n  static let words: [String: Int] = [\n"),
    %% OTP 25 itself crashes where a limit ends deep_without_heap.
    [io:format("    \"~s\": ~w,~n", [Name, least_limit(Options, Program)])
     || {Name, Options, Program} <- (programs(sizing_programs)):all(), Name =/= deep_without_heap],
    io:put_chars("  ]\n}\n");
main(["random", First, Last]) ->
    Module = programs(sizing_programs),
    [program(Module:random_program(Seed))
     || Seed <- lists:seq(list_to_integer(First), list_to_integer(Last))];
main(["ladder", Beam]) ->
    {ok, Code} = file:read_file(Beam),
    {module, Module} = code:load_binary(gc_ladder, Beam, Code),
    io:format("% ~s; spawn(gc_ladder, main, [])~n", [release()]),
    io:put_chars("% Each event with these figures, in words:\n"),
    [io:format("% ~s~n", [Line]) || Line <- wrapped(keys())],
    io:put_chars(
      "% The first is what is needed at a start and what was reclaimed at an end.\n"
      "% Between the start of a minor collection that fails and the end of its full sweep,\n"
      "% mbuf_size counts what tracing itself allocated; it takes no part in sizing.\n"
      "% stack_size counts one word that the call of the collector pushed.\n"),
    [io:format("~s~n", [line(E)]) || E <- record([], {Module, main, []})].

%% By bisection: the limit must not be below the least heap.
least_limit(Options, Program) ->
    {min_heap_size, Least} = erlang:system_info(min_heap_size),
    least_limit(Options, Program, proplists:get_value(min_heap_size, Options, Least), 1 bsl 26).

least_limit(_, _, Limit, Limit) -> Limit;
least_limit(Options, Program, Low, High) ->
    Middle = (Low + High) div 2,
    case survives(Options, Program, Middle) of
        true -> least_limit(Options, Program, Low, Middle);
        false -> least_limit(Options, Program, Middle + 1, High)
    end.

survives(Options, Program, Limit) ->
    Flag = #{size => Limit, kill => true, error_logger => false},
    try start(Program, [monitor, {max_heap_size, Flag} | Options]) of
        {Pid, Monitor} ->
            receive {'DOWN', Monitor, process, Pid, Reason} -> Reason =:= normal end
    catch
        error:badarg -> false
    end.

programs(Name) ->
    Here = filename:dirname(escript:script_name()),
    {ok, Module, Code} = compile:file(filename:join(Here, Name), [binary, report]),
    {module, Module} = code:load_binary(Module, atom_to_list(Name), Code),
    Module.

heading(Head) ->
    io:put_chars("/// Collections of the Erlang runtime, written by `Recording/record.escript`.\n///\n"),
    [io:format("/// ~s~n", [Line])
     || Line <- ["A line `" ++ Head ++ "` begins a program;",
                 "every other line is an event with these figures, in words:"]],
    [io:format("/// ~s~n", [Line]) || Line <- wrapped(keys())],
    io:put_chars(
      "///\n"
      "/// The first is what is needed at a start and what was reclaimed at an end.\n").

release() ->
    Version = filename:join([code:root_dir(), "releases", erlang:system_info(otp_release),
                             "OTP_VERSION"]),
    {ok, Text} = file:read_file(Version),
    "OTP " ++ string:trim(binary_to_list(Text)) ++ " " ++
        atom_to_list(erlang:system_info(emu_flavor)).

%% In a start event `wordsize` is what is needed, in an end event what was reclaimed.
keys() ->
    [wordsize, old_heap_block_size, heap_block_size, mbuf_size, recent_size, stack_size,
     old_heap_size, heap_size, bin_vheap_size, bin_vheap_block_size, bin_old_vheap_size,
     bin_old_vheap_block_size].

wrapped([]) -> [];
wrapped(Keys) ->
    {Row, Rest} = lists:split(min(4, length(Keys)), Keys),
    [lists:join(" ", [atom_to_list(K) || K <- Row]) | wrapped(Rest)].

sizes([]) -> ok;
sizes(Sizes) ->
    {Row, Rest} = lists:split(min(5, length(Sizes)), Sizes),
    io:format("    ~s~n", [lists:join(" ", [integer_to_list(S) || S <- Row])]),
    sizes(Rest).

program({Name, Options, Program}) ->
    {fullsweep_after, Default} = erlang:system_info(fullsweep_after),
    {min_heap_size, Minimum} = erlang:system_info(min_heap_size),
    Asked = proplists:get_value(min_heap_size, Options, Minimum),
    io:format("    = ~s ~w ~w~n",
              [Name, proplists:get_value(fullsweep_after, Options, Default), Asked]),
    [io:format("    ~s~n", [line(E)]) || E <- record(Options, Program)].

binaries({Name, Options, {Size, Count, Keep, Drop}}) ->
    io:format("    = ~s ~w ~w ~w ~w ~w ~w~n",
              [Name, proplists:get_value(fullsweep_after, Options),
               proplists:get_value(min_bin_vheap_size, Options), Size, Count, Keep, Drop]),
    Program = fun() -> make(1, Size, Count, Keep, Drop, []) end,
    [io:format("    ~s~n", [line(E)]) || E <- record(Options, Program)].

%% Makes binaries, keeps some, and drops what it kept. A collection that is due comes right after a
%% binary was made, which then is alive. The yield is for a native that has time enough: one that
%% runs out of it keeps its state in an object that counts as a binary.
make(Number, _, Count, _, _, _) when Number > Count -> ok;
make(Number, Size, Count, Keep, Drop, Kept) ->
    erlang:yield(),
    Binary = binary:copy(<<0>>, Size),
    More = if Number rem Keep =:= 0 -> [Binary | Kept]; true -> Kept end,
    Left = if Number rem Drop =:= 0 -> []; true -> More end,
    make(Number + 1, Size, Count, Keep, Drop, Left).

line({Kind, Info}) ->
    Values = [integer_to_list(proplists:get_value(K, Info)) || K <- keys()],
    lists:join(" ", [kind(Kind) | Values]).

kind(gc_minor_start) -> "minor_start";
kind(gc_minor_end) -> "minor_end";
kind(gc_major_start) -> "major_start";
kind(gc_major_end) -> "major_end".

%% The events of one process from its birth on.
record(Options, Program) ->
    erlang:trace(new_processes, true, [garbage_collection]),
    {Pid, Monitor} = start(Program, [monitor | Options]),
    erlang:trace(new_processes, false, [garbage_collection]),
    receive {'DOWN', Monitor, process, Pid, normal} -> ok end,
    Delivered = erlang:trace_delivered(Pid),
    collected(Pid, Delivered, []).

start({Module, Function, Arguments}, Options) -> spawn_opt(Module, Function, Arguments, Options);
start(Program, Options) -> spawn_opt(Program, Options).

collected(Pid, Delivered, Events) ->
    receive
        {trace, Pid, Kind, Info} -> collected(Pid, Delivered, [{Kind, Info} | Events]);
        {trace_delivered, Pid, Delivered} -> lists:reverse(Events)
    end.

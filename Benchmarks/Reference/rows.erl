%% What every reference script shares: repetition, median and minimum, and the row that the
%% harness reads. A row is: case-name unit median min check.
-module(rows).
-export([script/2, row/4, elapsed/1, in_process/2]).

%% Runs the cases named in Arguments, [Repetitions, Name...] as strings, and ends the system.
%% First line: "version" and what answered. Measure is called with a name and the repetitions.
script([Repetitions | Names], Measure) ->
    io:format("version OTP ~s ~s~n",
              [erlang:system_info(otp_release), flavor()]),
    Count = list_to_integer(Repetitions),
    lists:foreach(fun(Name) -> Measure(Name, Count) end, Names),
    halt(0).

%% system_info(emu_flavor) came with OTP 24; before that there was one flavor only.
flavor() ->
    try atom_to_list(erlang:system_info(emu_flavor))
    catch error:badarg -> "emu"
    end.

row(Name, Unit, Samples, Check) ->
    io:format("~s ~s ~.4f ~.4f ~w~n",
              [Name, Unit, median(Samples), float(lists:min(Samples)), Check]).

%% With an even count: the mean of the two in the middle.
median(Samples) ->
    Sorted = lists:sort(Samples),
    Count = length(Sorted),
    Upper = lists:nth(Count div 2 + 1, Sorted),
    case Count rem 2 of
        1 -> float(Upper);
        0 -> (lists:nth(Count div 2, Sorted) + Upper) / 2
    end.

%% Nanoseconds that Work takes.
elapsed(Work) ->
    Start = erlang:monotonic_time(),
    Work(),
    erlang:convert_time_unit(erlang:monotonic_time() - Start, native, nanosecond).

%% What Work answers in a process of its own; a crash there ends the script.
in_process(Options, Work) ->
    Parent = self(),
    Tag = make_ref(),
    {Process, Monitor} = spawn_opt(fun() -> Parent ! {Tag, Work()} end, [monitor | Options]),
    receive
        {Tag, Answer} ->
            receive {'DOWN', Monitor, process, Process, _} -> Answer end;
        {'DOWN', Monitor, process, Process, Reason} ->
            io:format(standard_error, "~p~n", [Reason]),
            halt(1)
    end.

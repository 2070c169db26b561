%% 100,000 processes that wait: making them, their end, the bytes of their memory.
%% erl -noshell +P 1000000 -pa DIR -run process_heap main REPETITIONS process/heap/default/make ...
-module(process_heap).
-export([main/1, wait/0]).

-define(PROCESSES, 100000).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("process/heap/default/" ++ Figure = Name, Repetitions) ->
    [_WarmUp | Samples] = [sample(Figure) || _ <- lists:seq(0, Repetitions)],
    rows:row(Name, unit(Figure), [Sample / ?PROCESSES || Sample <- Samples], ?PROCESSES).

unit("bytes") -> "bytes";
unit(_) -> "ns".

sample(Figure) ->
    erlang:garbage_collect(),
    Before = erlang:memory(processes),
    Start = erlang:monotonic_time(),
    Processes = [spawn(?MODULE, wait, []) || _ <- lists:seq(1, ?PROCESSES)],
    Made = erlang:monotonic_time(),
    Bytes = erlang:memory(processes) - Before,
    Ending = erlang:monotonic_time(),
    [exit(Process, kill) || Process <- Processes],
    wait_for_the_end(lists:last(Processes)),
    Ended = erlang:monotonic_time(),
    case Figure of
        "make" -> nanoseconds(Made - Start);
        "release" -> nanoseconds(Ended - Ending);
        "bytes" -> Bytes
    end.

wait() -> receive stop -> ok end.

%% Until all are gone, however the schedulers shared them.
wait_for_the_end(Last) ->
    case is_process_alive(Last) orelse erlang:system_info(process_count) > 1000 of
        true -> erlang:yield(), wait_for_the_end(Last);
        false -> ok
    end.

nanoseconds(Time) -> erlang:convert_time_unit(Time, native, nanosecond).

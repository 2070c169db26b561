%% Writes FloatRecording.swift: the texts of floats as OTP writes them.
%% erlc floats.erl && erl -noshell -s floats main -s init stop > ../FloatRecording.swift
-module(floats).
-export([main/0, sweep/0]).

main() ->
    rand:seed(exsss, {1, 2, 3}),
    Edges = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 10.0, 99.0, 100.0, 999.0, 1000.0, 1.0e4, 99999.0,
             1.0e5, 123456.7, 1.0e6, 1.0e10, 1.0e15, 1.0e16, 1.2e16, 1.0e20, 1.0e21, 1.0e22,
             1.0e23, 123456789012345680.0, 9007199254740991.0, 9007199254740992.0,
             4503599627370496.5, 1.0e-2, 1.0e-3, 1.0e-4, 1.0e-5, 1.0e-6, 1.2345e-4, 1.234e-3,
             1.0e-10, 5.0e-324, 1.0e-323, 2.225073858507201e-308, 2.2250738585072014e-308,
             1.7976931348623157e308, 2.0e-308, 1.0e100, 1.0e-100, 3.141592653589793, 0.3,
             0.1 + 0.2, 2 / 3, 1.0e9, 1234567890.123, 2.0e23, 9.5367431640625e-7,
             1.0e-99, 12.0e-9, 4.35, 0.000123, 100.25, 8.41e21, 9.0e15, 9.1e15],
    All = Edges ++ [random(I) || I <- lists:seq(1, 260)],
    io:format("/// Floats and their two texts as OTP 25 writes them; `Recording/floats.erl` made~n"
              "/// this file.~n"
              "let recordedFloats: [(bits: UInt64, short: String, long: String)] = [~n"),
    [io:format("  (0x~.16B, \"~w\", \"~s\"),~n", [bits(F), F, float_to_list(F)]) || F <- All],
    io:format("]~n").

%% Many more than are worth keeping, one a line.
sweep() ->
    rand:seed(exsss, {4, 5, 6}),
    [begin
         F = random(I),
         Short = float_to_list(F, [short]),
         Short = lists:flatten(io_lib:format("~w", [F])),
         io:format("~.16B ~s ~s~n", [bits(F), Short, float_to_list(F)])
     end || I <- lists:seq(1, 200000)].

bits(F) -> <<B:64>> = <<F/float>>, B.

random(I) when I rem 4 =:= 0 -> any();
random(I) when I rem 4 =:= 1 -> rand:uniform(1000000) / math:pow(10, rand:uniform(12) - 1);
random(I) when I rem 4 =:= 2 -> float(rand:uniform(1 bsl (rand:uniform(70))));
random(_) -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(40) - 20).

any() ->
    case <<(rand:uniform(1 bsl 64) - 1):64>> of
        <<F/float>> -> F;
        _ -> any()
    end.

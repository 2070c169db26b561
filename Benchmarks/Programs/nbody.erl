%% The sun and four planets in steps of a hundredth of a day: boxed floats in tuples.
-module(nbody).
-export([main/0, main/1, run/1]).

main() -> run(20000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: steps. The answer: the system's energy before and after in units of 10^-12, rounded.
run(Size) ->
    Bodies = rest_the_sun(bodies()),
    Moved = steps(Size, Bodies),
    {in_units(energy(Bodies, 0.0)), in_units(energy(Moved, 0.0))}.

in_units(Energy) -> round(Energy * 1.0e12).

steps(0, Bodies) -> Bodies;
steps(Step, Bodies) -> steps(Step - 1, move(pull_all(Bodies), 0.01)).

%% Each body against those after it; both velocities change.
pull_all([]) -> [];
pull_all([Body | Others]) ->
    {Pulled, PulledOthers} = pull(Body, Others, []),
    [Pulled | pull_all(PulledOthers)].

pull(Body, [], Done) -> {Body, reverse(Done, [])};
pull({X, Y, Z, VX, VY, VZ, Mass}, [{X2, Y2, Z2, VX2, VY2, VZ2, Mass2} | Others], Done) ->
    DX = X - X2,
    DY = Y - Y2,
    DZ = Z - Z2,
    Square = DX * DX + DY * DY + DZ * DZ,
    Magnitude = 0.01 / (Square * square_root(Square)),
    A = Mass2 * Magnitude,
    B = Mass * Magnitude,
    pull({X, Y, Z, VX - DX * A, VY - DY * A, VZ - DZ * A, Mass}, Others,
         [{X2, Y2, Z2, VX2 + DX * B, VY2 + DY * B, VZ2 + DZ * B, Mass2} | Done]).

move([], _) -> [];
move([{X, Y, Z, VX, VY, VZ, Mass} | Bodies], Step) ->
    [{X + Step * VX, Y + Step * VY, Z + Step * VZ, VX, VY, VZ, Mass} | move(Bodies, Step)].

energy([], Energy) -> Energy;
energy([{_, _, _, VX, VY, VZ, Mass} = Body | Others], Energy) ->
    Kinetic = 0.5 * Mass * (VX * VX + VY * VY + VZ * VZ),
    energy(Others, potential(Body, Others, Energy + Kinetic)).

potential(_, [], Energy) -> Energy;
potential({X, Y, Z, _, _, _, Mass} = Body, [{X2, Y2, Z2, _, _, _, Mass2} | Others], Energy) ->
    DX = X - X2,
    DY = Y - Y2,
    DZ = Z - Z2,
    Distance = square_root(DX * DX + DY * DY + DZ * DZ),
    potential(Body, Others, Energy - Mass * Mass2 / Distance).

%% Newton's rule from above: falls until rounding stops it. Own code, since math is another module.
square_root(Square) when is_float(Square) -> newton(Square, (Square + 1.0) * 0.5).

newton(Square, Guess) when is_float(Square), is_float(Guess) ->
    Next = (Guess + Square / Guess) * 0.5,
    case Next < Guess of
        true -> newton(Square, Next);
        false -> Guess
    end.

%% Gives the sun the momentum that keeps the centre of mass still.
rest_the_sun([{X, Y, Z, _, _, _, Mass} | Planets]) ->
    {PX, PY, PZ} = momentum(Planets, 0.0, 0.0, 0.0),
    [{X, Y, Z, -PX / Mass, -PY / Mass, -PZ / Mass, Mass} | Planets].

momentum([], PX, PY, PZ) -> {PX, PY, PZ};
momentum([{_, _, _, VX, VY, VZ, Mass} | Bodies], PX, PY, PZ) ->
    momentum(Bodies, PX + VX * Mass, PY + VY * Mass, PZ + VZ * Mass).

reverse([], Done) -> Done;
reverse([Head | Tail], Done) -> reverse(Tail, [Head | Done]).

%% Positions in astronomical units, velocities per day, masses in suns; made the right size for
%% a unit of time in which the sun's mass is 4 pi^2.
bodies() ->
    [scale(Body) || Body <- [
        {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0},
        {4.84, -1.16, -0.104, 0.00166, 0.0077, -0.0000690, 0.000955},
        {8.34, 4.12, -0.404, -0.00277, 0.0050, 0.0000230, 0.000286},
        {12.9, -15.1, -0.223, 0.00296, 0.00238, -0.0000297, 0.0000437},
        {15.4, -25.9, 0.179, 0.00268, 0.00163, -0.0000952, 0.0000515}]].

scale({X, Y, Z, VX, VY, VZ, Mass}) ->
    {X, Y, Z, VX * 365.24, VY * 365.24, VZ * 365.24, Mass * 39.47841760435743}.

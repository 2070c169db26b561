%% A module whose whole file is compressed.
-module(squeezed).
-export([main/0]).

main() ->
    [all, 'of', {this, <<"is">>, "packed"}].

%% Maps built key by key, changed, joined and taken apart: small, of thousands of keys, and large.
-module(map_building).
-export([main/0, main/1, run/1]).

main() -> {times(20, 2000, 0), once(50000)}.
main([Size]) -> run(list_to_integer(Size)).

run(Size) -> {times(2, Size, 0), once(Size)}.

times(0, _, Sum) -> Sum;
times(Left, Size, Sum) -> times(Left - 1, Size, Sum + once(Size)).

%% A number that depends on every key and value.
once(Size) ->
    Map = squares(Size, #{}),
    Changed = change(Size, Map),
    Joined = maps:merge(names(Size div 4, #{}), Changed),
    map_size(Joined) + sum(maps:keys(Joined), Joined, 0).

squares(0, Map) -> Map;
squares(Key, Map) -> squares(Key - 1, Map#{Key * 7919 rem 1000003 => Key * Key}).

%% Every third key gets another value, every fifth goes.
change(0, Map) -> Map;
change(Left, Map) when Left rem 5 =:= 0 -> change(Left - 1, maps:remove(Left * 7919 rem 1000003, Map));
change(Left, Map) when Left rem 3 =:= 0 -> change(Left - 1, Map#{Left * 7919 rem 1000003 := Left});
change(Left, Map) -> change(Left - 1, Map).

%% Keys that are terms.
names(0, Map) -> Map;
names(Key, Map) -> names(Key - 1, Map#{{name, Key} => [Key]}).

%% The same in whatever order the keys come.
sum([], _, Sum) -> Sum;
sum([Key | Rest], Map, Sum) -> sum(Rest, Map, Sum + value(Key, map_get(Key, Map))).

value({name, Key}, [Value]) -> (Key * 3 + Value) rem 1000003;
value(Key, Value) -> (Key bxor Value) rem 1000003.

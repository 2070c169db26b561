%% Binaries built by appending: bytes one by one, pieces of text, words of 5 bits, and a comprehension.
-module(binary_append).
-export([main/0, main/1, run/1]).

main() -> run(100000).
main([Size]) -> run(list_to_integer(Size)).

%% {bytes and checksum of each, and the bits of what is no whole bytes}.
run(Size) ->
    Bytes = times(10, fun() -> bytes(Size, <<>>) end),
    Texts = times(3, fun() -> texts(Size, <<>>) end),
    Bits = bits(Size, <<>>),
    Doubled = << <<(Byte * 2):16>> || <<Byte>> <= Bytes >>,
    {told(Bytes), told(Texts), bit_size(Bits), told(Doubled)}.

told(Binary) -> {byte_size(Binary), erlang:crc32(Binary)}.

times(1, Fun) -> Fun();
times(Left, Fun) -> Fun(), times(Left - 1, Fun).

bytes(0, Binary) -> Binary;
bytes(Left, Binary) -> bytes(Left - 1, <<Binary/binary, (Left band 255)>>).

texts(0, Binary) -> Binary;
texts(Left, Binary) -> texts(Left - 1, <<Binary/binary, "line ", (integer_to_binary(Left))/binary, 10>>).

bits(0, Bits) -> Bits;
bits(Left, Bits) -> bits(Left - 1, <<Bits/bits, Left:5>>).

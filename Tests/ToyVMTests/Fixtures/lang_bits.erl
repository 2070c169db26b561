%% Bit syntax in the instructions of OTP 25.
-module(lang_bits).
-include("lang_bits.hrl").

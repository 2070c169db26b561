%% Bit syntax in the instructions of OTP 24 and before: one for each segment that is built.
-module(lang_old_bits).
-compile([no_bs_create_bin, no_type_opt]).
-include("lang_bits.hrl").

%% Programs that hold much outside their heaps: each collection is due to that alone, for the heaps
%% are large. What each does follows from numbers, so that a test can do the same.
-module(binary_programs).
-export([all/0]).

%% {Name, spawn options, {bytes of a binary, binaries made, one in so many is kept, all that was
%% kept is dropped at every so many}}.
all() ->
    [{Name, [{min_heap_size, 200000}, {min_bin_vheap_size, Least}, {fullsweep_after, Sweep}],
      {Size, Count, Keep, Drop}}
     || {Name, Least, Sweep, Size, Count, Keep, Drop} <-
            [{nothing_is_kept, 32768, 65535, 8000, 600, 1000, 1000},
             {all_is_kept, 32768, 65535, 8000, 1500, 1, 100000},
             {half_is_kept, 32768, 65535, 8000, 1500, 2, 100000},
             {a_tenth_is_kept, 32768, 65535, 8000, 3000, 10, 100000},
             {dropped_now_and_then, 32768, 65535, 8000, 4000, 2, 900},
             {dropped_often, 32768, 65535, 4000, 6000, 1, 300},
             {little_at_a_time, 32768, 65535, 800, 9000, 3, 2000},
             {few_large_ones, 32768, 65535, 150000, 200, 2, 30},
             {an_odd_size, 32768, 65535, 7777, 1500, 3, 400},
             {small_limit, 1, 65535, 1000, 600, 2, 100},
             {small_limit_all_kept, 500, 65535, 1000, 1500, 1, 100000},
             {full_sweeps, 32768, 0, 8000, 1500, 2, 500},
             {a_full_sweep_after_two, 32768, 2, 8000, 2500, 2, 700},
             {large_limit, 400000, 65535, 50008, 400, 2, 150}]].

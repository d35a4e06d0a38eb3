%% Disturbs the timing of scripted processes, so that many runs show many orders.
-module(treefall_chaos).
-export([perhaps/0]).

perhaps() ->
    case persistent_term:get(treefall_chaos, none) of
        none -> ok;
        _ ->
            case rand:uniform(8) of
                1 ->
                    Time = rand:uniform(3) - 1,
                    treefall_quiet:waiting(Time, fun() -> timer:sleep(Time) end);
                2 -> erlang:yield();
                3 -> spin(rand:uniform(2000));
                _ -> ok
            end
    end.

spin(0) -> ok;
spin(N) -> spin(N - 1).

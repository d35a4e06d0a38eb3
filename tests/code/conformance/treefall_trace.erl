%% Nobody traces: a client keeps what it is answered, and reports are not counted.
-module(treefall_trace).
-export([event/1, told/0, reports/5]).

event({reply, _, Value}) -> put(treefall_told, [Value | kept()]), ok;
event(_) -> ok.

told() -> lists:reverse(kept()).

kept() ->
    case get(treefall_told) of
        undefined -> [];
        Kept -> Kept
    end.

reports(_, _, _, _, _) -> error(reports_are_not_counted).

%% Nobody traces: what a client has not expected is noted, and reports are not counted.
-module(treefall_trace).
-export([event/1, reports/5]).

event({failed, _, Place, Found}) -> note({Place, Found});
event(_) -> ok.

note(What) ->
    ets:insert(treefall_failures, {erlang:unique_integer([monotonic]), What}),
    ok.

reports(_, _, _, _, _) -> note(reports_are_not_counted), 0.

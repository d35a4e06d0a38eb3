%% Who takes part: each process with its label, its place in the tree, and the number of its start there.
-module(treefall_people).
-export([join/4, adopt/3, all/0, lookup/1, place/1]).

%% A process takes part; the number of its start at its place.
join(Pid, Place, Label, Kind) ->
    ets:insert(treefall_counts, {{place_of, Pid}, Place}),
    add(Pid, {place, Place}, Label, Kind).

%% One that has no place.
adopt(Pid, Label, Kind) -> add(Pid, {place, {adopted, Label}}, Label, Kind).

add(Pid, Key, Label, Kind) ->
    Nth = ets:update_counter(treefall_counts, Key, 1, {Key, 0}),
    ets:insert(treefall_people, {Pid, erlang:unique_integer([monotonic]), Label, Nth, Kind}),
    Nth.

%% {Pid, Order, Label, Nth, Kind}
all() -> ets:tab2list(treefall_people).

lookup(Pid) -> ets:lookup(treefall_people, Pid).

place(Pid) ->
    case ets:lookup(treefall_counts, {place_of, Pid}) of
        [{_, Place}] -> Place;
        [] -> []
    end.

%% Who takes part: whoever starts writes one row, and all else is found out by who asks.
-module(treefall_people).
-export([join/4, adopt/3, all/0, lookup/1, place/1]).

%% Clients are known before they begin.
join(_, _, _, client) -> 1;
join(Pid, Place, Label, Kind) -> ets:insert(treefall_people, {person, Pid, Label, Kind, Place}), 1.

adopt(Pid, Label, Kind) -> join(Pid, {adopted, Label}, Label, Kind).

rows() -> [{Pid, Label, Kind, Place} || {person, Pid, Label, Kind, Place} <- ets:lookup(treefall_people, person)].

%% {Pid, Order, Label, Nth, Kind}
all() -> numbered(rows(), 1, []).

numbered([], _, _) -> [];
numbered([{Pid, Label, Kind, Place} | Rest], Order, Before) ->
    Nth = 1 + length([Like || Like <- Before, Like =:= Place]),
    [{Pid, Order, Label, Nth, Kind} | numbered(Rest, Order + 1, [Place | Before])].

lookup(Pid) -> [Person || Person <- all(), element(1, Person) =:= Pid].

place(Pid) ->
    case [Place || {Is, _, _, Place} <- rows(), Is =:= Pid] of
        [Place | _] when is_list(Place) -> Place;
        _ -> []
    end.

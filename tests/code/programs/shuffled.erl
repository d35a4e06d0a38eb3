%% What comes in an order that means nothing, or looks random: a line each.
-module(shuffled).
-export([main/0]).

main() ->
    Map = maps:from_list([{N, -N} || N <- lists:seq(1, 40)]),
    Keys = maps:keys(Map),
    %% However they are shuffled, these fit together.
    true = lists:zip(Keys, maps:values(Map)) =:= maps:to_list(Map),
    true = maps:to_list(Map) =:= walk(maps:next(maps:iterator(Map))),
    true = lists:seq(1, 40) =:= lists:sort(Keys),
    true = [1, 2, 3] =:= maps:keys(#{3 => c, 1 => a, 2 => b}),
    say(erlang:phash2(Keys)),
    Set = ets:new(set, []),
    ets:insert(Set, [{N} || N <- lists:seq(1, 40)]),
    40 = length(lists:usort(ets:tab2list(Set))),
    say(ets:first(Set)),
    say(erlang:phash2(ets:tab2list(Set))),
    Ordered = ets:new(ordered, [ordered_set]),
    ets:insert(Ordered, [{N} || N <- lists:seq(1, 40)]),
    1 = ets:first(Ordered),
    say(crypto:strong_rand_bytes(8)),
    say(rand:uniform(1 bsl 60)),
    say(erlang:unique_integer()).

walk(none) -> [];
walk({Key, Value, Next}) -> [{Key, Value} | walk(maps:next(Next))].

say(Term) -> io:format("~w~n", [Term]).

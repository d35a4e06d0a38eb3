%% The same three children under Elixir's DynamicSupervisor, which knows one strategy.
-module(dyn).
-export([start_link/1]).

start_link(Restart) ->
    {ok, Top} = 'Elixir.DynamicSupervisor':start_link([{name, top}, {strategy, one_for_one}]),
    Child = fun(Id) -> #{id => Id, start => {leaf, start_link, [Id]}, restart => Restart} end,
    [{ok, _} = 'Elixir.DynamicSupervisor':start_child(Top, Child(Id)) || Id <- [a, b, c]],
    {ok, Top}.

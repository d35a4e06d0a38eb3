-module(tree).
-behaviour(supervisor).
-export([start_link/2, init/1]).

start_link(Strategy, Restart) ->
    supervisor:start_link({local, top}, ?MODULE, {Strategy, Restart}).

init({Strategy, Restart}) ->
    Child = fun(Id) -> {Id, {leaf, start_link, [Id]}, Restart, 5000, worker, [leaf]} end,
    {ok, {{Strategy, 3, 5}, [Child(a), Child(b), Child(c)]}}.

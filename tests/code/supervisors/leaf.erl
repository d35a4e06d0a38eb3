-module(leaf).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Name) -> gen_server:start_link({local, Name}, ?MODULE, [], []).
init([]) -> {ok, none}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(Reason, State) -> {stop, Reason, State}.

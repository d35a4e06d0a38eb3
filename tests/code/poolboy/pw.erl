-module(pw).
-behaviour(gen_server).
-behaviour(poolboy_worker).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).
start_link(A) -> gen_server:start_link(?MODULE, A, []).
init(_) -> N = persistent_term:get(starts, 0), persistent_term:put(starts, N + 1), case N =:= persistent_term:get(fails_at, none) of true -> {stop, no_more}; false -> {ok, x} end.
handle_call(die, _From, S) -> {stop, {error, died}, dead, S};
handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.

-module(sum).
-behaviour(gen_event).
-export([init/1, handle_event/2, handle_call/2]).
init(_) -> {ok, 0}.
handle_event({add, N}, S) -> {ok, S + N}.
handle_call(get, S) -> {ok, S, S}.

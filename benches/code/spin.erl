%% What is measured: a straight loop of simple instructions, and calls of a `gen_server`.
-module(spin).
-export([loop/1, calls/1, timed/2]).
-export([init/1, handle_call/3, handle_cast/2]).

%% Five instructions a turn: two comparisons, a difference, a sum and a call.
loop(N) -> loop(N, 0).
loop(N, A) when N =/= 0, A < 1000000000 -> loop(N - 1, A + 1);
loop(_, A) -> A.

calls(N) ->
    {ok, Server} = gen_server:start(?MODULE, [], []),
    asked(Server, N).

asked(Server, 0) -> gen_server:stop(Server);
asked(Server, N) -> pong = gen_server:call(Server, ping), asked(Server, N - 1).

init([]) -> {ok, none}.
handle_call(ping, _, State) -> {reply, pong, State}.
handle_cast(_, State) -> {noreply, State}.

timed(Function, N) ->
    statistics(runtime),
    ?MODULE:Function(N),
    {_, Time} = statistics(runtime),
    io:format("~p~n", [Time]).

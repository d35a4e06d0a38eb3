%% What others have written, as Debian packages it.
-module(others).
-export([p1_utils/0, folsom/0, lager/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

p1_utils() ->
    {ok, Server} = p1_server:start_link(?MODULE, [], []),
    pong = p1_server:call(Server, ping),
    Queue = p1_queue:in(b, p1_queue:in(a, p1_queue:new())),
    {{value, a}, _} = p1_queue:out(Queue),
    ok.

init([]) -> {ok, none}.
handle_call(ping, _, State) -> {reply, pong, State}.
handle_cast(_, State) -> {noreply, State}.
handle_info(_, State) -> {noreply, State}.
terminate(_, _) -> ok.
code_change(_, State, _) -> {ok, State}.

folsom() ->
    ok = folsom_metrics:new_counter(requests),
    ok = folsom_metrics:notify({requests, {inc, 2}}),
    2 = folsom_metrics:get_metric_value(requests),
    ok = folsom_metrics:new_histogram(sizes),
    [ok = folsom_metrics:notify({sizes, Size}) || Size <- [1, 2, 3]],
    [1, 2, 3] = lists:sort(folsom_metrics:get_metric_value(sizes)),
    ok.

%% Its top supervisor alone, with nothing configured.
lager() ->
    {ok, Top} = lager_sup:start_link(),
    [_ | _] = supervisor:which_children(Top),
    unlink(Top),
    exit(Top, shutdown),
    ok.

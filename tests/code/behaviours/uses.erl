-module(uses).
-export([statem/0, event/0, printing/0]).

statem() ->
    {ok, P} = switch:start_link(),
    off = gen_statem:call(P, get),
    ok = gen_statem:call(P, flip),
    on = gen_statem:call(P, get),
    timer:sleep(30),
    off = gen_statem:call(P, get).

event() ->
    {ok, P} = gen_event:start_link(),
    ok = gen_event:add_handler(P, sum, []),
    ok = gen_event:notify(P, {add, 4}),
    4 = gen_event:call(P, sum, get),
    [sum] = gen_event:which_handlers(P).

printing() ->
    "{a,[1,2],\"text\",1.5}" = lists:flatten(io_lib:format("~p", [{a, [1, 2], "text", 1.5}])).

%% Who is told to go may take its number before the one who has told it does.
-module(monotonic).
-export([first/0, rises/0]).

first() ->
    Me = self(),
    Other = spawn(fun() -> receive go -> Me ! {other, erlang:unique_integer([monotonic])} end end),
    Other ! go,
    Mine = erlang:unique_integer([monotonic]),
    receive {other, Theirs} -> true = Mine < Theirs end.

rises() ->
    Me = self(),
    One = erlang:unique_integer([monotonic]),
    spawn(fun() -> Me ! {other, erlang:unique_integer([monotonic])} end),
    receive {other, Theirs} -> true = One < Theirs, true = Theirs < erlang:unique_integer([monotonic]) end.

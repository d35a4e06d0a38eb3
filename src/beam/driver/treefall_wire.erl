%% A wire between the two virtual machines that is no part of Erlang's distribution: what the driver asks the
%% other node goes through it, whether the nodes are connected or not.
-module(treefall_wire).
-export([listen/0, accept/2, connect/2, call/3]).

-define(OPTIONS, [binary, {packet, 4}, {active, false}, {nodelay, true}, {ip, {127, 0, 0, 1}}]).

%% Listens, and says on which port.
listen() ->
    {ok, Listener} = gen_tcp:listen(0, ?OPTIONS),
    {ok, Port} = inet:port(Listener),
    {Listener, Port}.

%% The other end: whoever begins with the token.
accept(Listener, Token) ->
    Self = self(),
    spawn(fun() ->
        Socket = accept_one(Listener, Token),
        gen_tcp:close(Listener),
        serve(Self, Socket)
    end),
    receive ready -> ok end.

accept_one(Listener, Token) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    case gen_tcp:recv(Socket, 0, 1000) of
        {ok, Token} -> Socket;
        _ ->
            gen_tcp:close(Socket),
            accept_one(Listener, Token)
    end.

connect(Port, Token) ->
    Self = self(),
    spawn(fun() ->
        {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, lists:keydelete(ip, 1, ?OPTIONS)),
        ok = gen_tcp:send(Socket, Token),
        serve(Self, Socket)
    end),
    receive ready -> ok end.

%% Calls a function at the other end.
call(Module, Function, Arguments) ->
    Reference = make_ref(),
    treefall_wire ! {ask, self(), Reference, {Module, Function, Arguments}},
    receive
        {Reference, {ok, Result}} -> Result;
        {Reference, {error, Reason}} -> error(Reason)
    end.

serve(Starter, Socket) ->
    process_flag(priority, high),
    register(treefall_wire, self()),
    ok = inet:setopts(Socket, [{active, true}]),
    Starter ! ready,
    loop(Socket, 0, #{}).

loop(Socket, Number, Asked) ->
    receive
        {ask, From, Reference, Call} ->
            send(Socket, {ask, Number, Call}),
            loop(Socket, Number + 1, Asked#{Number => {From, Reference}});
        {answer, _, _} = Answer ->
            send(Socket, Answer),
            loop(Socket, Number, Asked);
        {tcp, Socket, Bytes} ->
            case binary_to_term(Bytes) of
                {ask, Theirs, Call} ->
                    Self = self(),
                    spawn(fun() -> Self ! {answer, Theirs, answer(Call)} end),
                    loop(Socket, Number, Asked);
                {answer, Mine, Result} ->
                    {{From, Reference}, Rest} = maps:take(Mine, Asked),
                    From ! {Reference, Result},
                    loop(Socket, Number, Rest)
            end;
        %% Nobody is there any more who could be told what happened here.
        {tcp_closed, Socket} -> treefall_nodes:other_gone();
        {tcp_error, Socket, _} -> treefall_nodes:other_gone()
    end.

send(Socket, Term) -> ok = gen_tcp:send(Socket, term_to_binary(Term)).

answer({Module, Function, Arguments}) ->
    try {ok, apply(Module, Function, Arguments)}
    catch
        _:Reason:Stack -> {error, {Reason, Stack}}
    end.

%% Who starts, and who sends what to whom: for scenarios that ask in which order this happens.
%%
%% Each send and each exit/2 of a process is traced. What is taken is told by who takes it: the driver's own receive,
%% and the code of OTP and Elixir as treefall_gaps has changed it. What it all means is found out when all is over.
-module(treefall_messages).
-export([prepare/0, got/1, heard/1, told/1]).

%% What processes are to be traced for, beside their lives.
prepare() ->
    case treefall_driver:program(listens) of
        none -> [];
        lives -> [send];
        messages ->
            erlang:trace_pattern({erlang, exit, 2}, true, []),
            persistent_term:put(treefall_listens, true),
            [send, call]
    end.

%% The process takes a message.
got(Message) ->
    case persistent_term:get(treefall_listens, false) of
        true -> treefall_trace:event({got, self(), Message});
        false -> ok
    end.

%% What the tracer has heard, with whom a name means now. Of lives alone only what says that somebody has started.
heard({trace_ts, Pid, exit, Reason, _}) -> {exit, Pid, treefall_start:clean(Reason)};
heard({trace_ts, Pid, call, {erlang, exit, [To, Reason]}, _}) -> {exits, Pid, addressee(To), Reason};
heard({trace_ts, Pid, Send, Message, To, _}) when Send =:= send; Send =:= send_to_non_existing_process ->
    {sent, Pid, addressee(To), Message}.

addressee(Name) when is_atom(Name) ->
    case whereis(Name) of
        undefined -> Name;
        Process -> Process
    end;
addressee({Name, _}) when is_atom(Name) -> addressee(Name);
addressee(To) -> To.

%% All that has happened, with what processes have sent and taken put into words.
told(Events) -> told(Events, treefall_driver:program(listens), #{}).

told([{sent, Pid, _, {ack, Pid, Return}} | Rest], Listens, Calls) ->
    [{started, Pid} || is_tuple(Return), element(1, Return) =:= ok] ++ told(Rest, Listens, Calls);
told([{sent, _, _, _} | Rest], lives, Calls) -> told(Rest, lives, Calls);
told([{sent, Pid, To, Message} | Rest], Listens, Before) ->
    Calls = calls(Message, Before),
    case kind(Message, Calls) of
        none -> told(Rest, Listens, Calls);
        {Kind, Content, _} ->
            [{message, sent, Pid, Kind, treefall_start:clean(Content), whom(To, Calls)} | told(Rest, Listens, Calls)]
    end;
told([{exits, Pid, To, Reason} | Rest], Listens, Calls) ->
    [{message, sent, Pid, exit, treefall_start:clean(Reason), To} | told(Rest, Listens, Calls)];
told([{got, Pid, Message} | Rest], Listens, Calls) ->
    case kind(Message, Calls) of
        none -> told(Rest, Listens, Calls);
        {Kind, Content, From} ->
            [{message, got, Pid, Kind, treefall_start:clean(Content), treefall_start:clean(From)} | told(Rest, Listens, Calls)]
    end;
told([Event | Rest], Listens, Calls) -> [Event | told(Rest, Listens, Calls)];
told([], _, _) -> [].

%% An answer is known by the call, which says where it goes.
calls({'$gen_call', {Caller, Tag}, _}, Calls) -> Calls#{reference(Tag) => Caller};
calls(_, Calls) -> Calls.

reference([alias | Reference]) -> Reference;
reference(Tag) -> Tag.

whom(Reference, Calls) when is_reference(Reference) -> maps:get(Reference, Calls, nobody);
whom(To, _) -> To.

%% What kind of message it is, what it says, and whose it is if that is in it. What OTP says to itself is none.
kind({'$gen_call', {Caller, _}, Request}, _) -> {call, Request, Caller};
kind({'$gen_cast', Request}, _) -> {cast, Request, nobody};
kind({'EXIT', From, Reason}, _) -> {'EXIT', Reason, From};
kind({'DOWN', _, process, Object, Reason}, _) -> {'DOWN', Reason, name(Object)};
kind({ack, _, _}, _) -> none;
kind({nack, _, _}, _) -> none;
kind({system, _, _}, _) -> none;
kind({[alias | Reference], Reply}, Calls) -> answer(Reference, Reply, Calls);
kind({Reference, Reply}, Calls) when is_reference(Reference) -> answer(Reference, Reply, Calls);
kind(Message, _) -> {info, Message, nobody}.

%% The value of a task is no answer.
answer(Reference, Reply, Calls) ->
    case Calls of
        #{Reference := _} -> {reply, Reply, nobody};
        _ -> none
    end.

name({Name, _}) -> Name;
name(Process) -> Process.

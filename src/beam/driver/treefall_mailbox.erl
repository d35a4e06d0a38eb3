%% A selective receive whose patterns are only known at run time.
%%
%% Messages that no pattern matches are kept aside, oldest first, and looked at again by the next receive.
-module(treefall_mailbox).
-export([take/2, flush/1, restore/0, thrown/1]).

%% The oldest message that one of the patterns matches, and the number of the pattern; or timeout.
take(Patterns, Time) ->
    case from_saved(Patterns, saved(), []) of
        none ->
            Deadline = case Time of
                infinity -> infinity;
                _ -> erlang:monotonic_time(millisecond) + Time
            end,
            from_mailbox(Patterns, Deadline);
        Found -> Found
    end.

saved() ->
    case get(treefall_saved) of
        undefined -> [];
        Saved -> Saved
    end.

from_saved(_, [], _) -> none;
from_saved(Patterns, [Message | Rest], Passed) ->
    case number(Patterns, Message, 1) of
        none -> from_saved(Patterns, Rest, [Message | Passed]);
        Nth ->
            treefall_messages:got(Message),
            put(treefall_saved, lists:reverse(Passed, Rest)),
            {Message, Nth}
    end.

from_mailbox(Patterns, Deadline) ->
    Left = case Deadline of
        infinity -> infinity;
        _ -> max(0, Deadline - erlang:monotonic_time(millisecond))
    end,
    receive
        Raw ->
            Message = treefall_start:clean(Raw),
            case number(Patterns, Message, 1) of
                none ->
                    put(treefall_saved, saved() ++ [Message]),
                    from_mailbox(Patterns, Deadline);
                Nth ->
                    treefall_messages:got(Raw),
                    {Message, Nth}
            end
    after Left -> timeout
    end.

number([], _, _) -> none;
number([Pattern | Patterns], Message, Nth) ->
    case treefall_value:match(Pattern, Message) of
        true -> Nth;
        false -> number(Patterns, Message, Nth + 1)
    end.

%% Removes a DOWN that has been kept aside, whatever its tag; says whether there was one.
flush(Reference) ->
    IsDown = fun({_, Known, _, _, _}) -> Known =:= Reference; (_) -> false end,
    {Downs, Rest} = lists:partition(IsDown, saved()),
    put(treefall_saved, Rest),
    Downs =/= [].

%% Puts what was kept aside back into the mailbox, for code that is not ours and looks there. Everything goes
%% round once, so that what was older stays older; what comes in between makes another round necessary.
restore() ->
    case saved() of
        [] -> ok;
        Saved -> restore(Saved)
    end.

restore(Saved) ->
    put(treefall_saved, []),
    All = Saved ++ drain(),
    [self() ! Message || Message <- All],
    {messages, There} = process_info(self(), messages),
    case lists:prefix(All, There) of
        true -> ok;
        false -> restore([])
    end.

drain() ->
    receive Message -> [treefall_start:clean(Message) | drain()]
    after 0 -> []
    end.

%% The state in a thrown return value is the server's, whatever the file writes there.
thrown({reply, Reply, _}) -> {reply, Reply, state()};
thrown({reply, Reply, _, Then}) -> {reply, Reply, state(), Then};
thrown({noreply, _}) -> {noreply, state()};
thrown({noreply, _, Then}) -> {noreply, state(), Then};
thrown({stop, Reason, Reply, _}) -> {stop, Reason, Reply, state()};
thrown({stop, Reason, state}) -> {stop, Reason, state()};
thrown({ok, _}) -> {ok, state()};
thrown(Term) -> Term.

state() ->
    case get(treefall_definition) of
        undefined -> state;
        Definition -> Definition
    end.

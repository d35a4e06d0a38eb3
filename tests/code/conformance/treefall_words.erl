%% Terms in the words of `treefall beam`, and processes called by numbers, in the order in which they are named.
-module(treefall_words).
-export([of_term/1, numbered/1]).

of_term(Atom) when is_atom(Atom) -> atom(atom_to_list(Atom));
of_term(Number) when is_integer(Number) -> integer_to_list(Number);
of_term(Pid) when is_pid(Pid) -> pid_to_list(Pid);
of_term(Reference) when is_reference(Reference) -> "#Ref<>";
of_term(Text) when is_binary(Text) -> [$", unicode:characters_to_list(Text), $"];
of_term(Tuple) when is_tuple(Tuple) -> [${, all(tuple_to_list(Tuple)), $}];
of_term(Map) when is_map(Map) ->
    Pairs = [lists:flatten([of_term(Key), " => ", of_term(Value)]) || {Key, Value} <- maps:to_list(Map)],
    ["#{", lists:join(", ", lists:sort(Pairs)), $}];
of_term(List) when is_list(List) -> [$[, all(List), $]];
of_term(Other) -> io_lib:format("~0tp", [Other]).

all(Terms) -> lists:join(", ", [of_term(Term) || Term <- Terms]).

%% An atom, in quotes where it needs some.
atom([First | _] = Text) when First >= $a, First =< $z ->
    case lists:all(fun is_plain/1, Text) of
        true -> Text;
        false -> [$', Text, $']
    end;
atom(Text) -> [$', Text, $'].

is_plain(C) -> C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C >= $0 andalso C =< $9 orelse C =:= $_ orelse C =:= $@.

%% What stands in angle brackets is the name of a process.
numbered(Text) -> numbered(lists:flatten(Text), []).

numbered("<>" ++ Rest, Names) -> "<>" ++ numbered(Rest, Names);
numbered("<" ++ Rest, Names) ->
    case string:split(Rest, ">") of
        [Name, After] ->
            Known = case lists:member(Name, Names) of true -> Names; false -> Names ++ [Name] end,
            Nth = length(lists:takewhile(fun(Is) -> Is =/= Name end, Known)) + 1,
            "<" ++ integer_to_list(Nth) ++ ">" ++ numbered(After, Known);
        [_] -> "<" ++ numbered(Rest, Names)
    end;
numbered([C | Rest], Names) -> [C | numbered(Rest, Names)];
numbered([], _) -> [].

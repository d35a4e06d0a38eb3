%% Values, patterns, conditions, variables, tables and queues of a scripted process.
%%
%% A scripted process keeps its state in its process dictionary: {var, Name}, {table, Name} and
%% {queue, Name}. A variable is kept as {bound, Term}, since `undefined` is a value too. What processes share
%% lives in the public table treefall_shared of the first node.
-module(treefall_value).
-export([value/1, match/2, milliseconds/1, target/1, address/1, process/1, where/1]).
-export([declare/1, read/1, write/2, add/2, bound/0, forget/1]).
-export([insert/3, delete/2, lookup/2, size/1, members/1, entries/1, list/1, push/2, pop/1]).
-export([name/1, send/2, here/1, addressee/1]).
-export([holds/1, measure/1, find/1, find_here/1, living_here/1]).

value({k, Term}) -> Term;
value({v, Name}) ->
    case read(Name) of
        {ok, Term} -> Term;
        error -> error(unbound)
    end;
value(self) -> self();
value({t, Values}) -> list_to_tuple([value(Value) || Value <- Values]);
value({l, Values}) -> [value(Value) || Value <- Values];
value({m, Pairs}) -> maps:from_list([{value(Key), value(Value)} || {Key, Value} <- Pairs]).

%% Matches and keeps what was bound; keeps nothing if it does not match.
match(Pattern, Term) ->
    case match(Pattern, Term, #{}) of
        {ok, Bound} ->
            maps:foreach(fun(Name, Value) -> put({var, Name}, {bound, Value}) end, Bound),
            true;
        error ->
            false
    end.

match(any, _, Bound) -> {ok, Bound};
match({v, Name}, Term, Bound) ->
    Known = case Bound of
        #{Name := Value} -> {ok, Value};
        _ -> read(Name)
    end,
    case Known of
        {ok, Term} -> {ok, Bound};
        {ok, _} -> error;
        error -> {ok, Bound#{Name => Term}}
    end;
match({t, Patterns}, Term, Bound) when tuple_size(Term) =:= length(Patterns) ->
    match_all(Patterns, tuple_to_list(Term), Bound);
match({l, Patterns}, Term, Bound) when is_list(Term) ->
    case catch length(Term) of
        Length when Length =:= length(Patterns) -> match_all(Patterns, Term, Bound);
        _ -> error
    end;
match({m, Pairs}, Term, Bound) when is_map(Term) ->
    lists:foldl(
        fun({Key, Pattern}, {ok, Known}) ->
                case maps:find(value(Key), Term) of
                    {ok, Value} -> match(Pattern, Value, Known);
                    error -> error
                end;
            (_, error) -> error
        end,
        {ok, Bound},
        Pairs
    );
match({k, Term}, Term, Bound) -> {ok, Bound};
match(self, Term, Bound) when Term =:= self() -> {ok, Bound};
match(_, _, _) -> error.

match_all([], [], Bound) -> {ok, Bound};
match_all([Pattern | Patterns], [Term | Terms], Bound) ->
    case match(Pattern, Term, Bound) of
        {ok, More} -> match_all(Patterns, Terms, More);
        error -> error
    end.

milliseconds(Expression) ->
    case value(Expression) of
        infinity -> infinity;
        Time when is_integer(Time), Time >= 0 -> Time;
        _ -> error(badarg)
    end.

%% A pid or a name.
target(Expression) ->
    case value(Expression) of
        Target when is_pid(Target) -> Target;
        {'(any)', Supervisor, Nobody} ->
            case find({'(any)', Supervisor, Nobody}) of undefined -> Nobody; Child -> Child end;
        Target when is_atom(Target) -> name(Target);
        {via, 'Registry', Name} -> {via, 'Elixir.Registry', Name};
        {via, 'PartitionSupervisor', Name} -> {via, 'Elixir.PartitionSupervisor', Name};
        {via, _, _} = Target -> Target;
        {global, _} = Target -> Target;
        {Name, Node} when is_atom(Name) -> treefall_nodes:is_node(Node) orelse error(badarg), {Name, treefall_nodes:real(Node)};
        _ -> error(badarg)
    end.

%% What a message can be sent to: a target or an alias.
address(Expression) ->
    case value(Expression) of
        Alias when is_reference(Alias) -> Alias;
        _ -> target(Expression)
    end.

%% Who an exit signal can be sent to: a process or, since OTP 28, an alias.
addressee(Expression) ->
    case value(Expression) of
        Alias when is_reference(Alias) -> Alias;
        _ -> process(Expression)
    end.

%% Partitions of registries have names that Elixir makes; scenarios leave the prefix out.
name(Name) ->
    case whereis(Name) of
        undefined ->
            Elixir = list_to_atom("Elixir." ++ atom_to_list(Name)),
            case whereis(Elixir) of
                undefined -> Name;
                _ -> Elixir
            end;
        _ -> Name
    end.

send({via, Module, Name}, Message) -> Module:send(Name, Message);
send({global, Name}, Message) -> global:send(Name, Message);
send(Target, Message) -> Target ! Message.

%% A pid, a local or a global name: another name means its process now.
here({via, Module, Name}) ->
    case Module:whereis_name(Name) of
        undefined -> error(badarg);
        Pid -> Pid
    end;
here(Target) -> Target.

%% A living process by its name, or any by its pid.
process(Expression) ->
    case here(target(Expression)) of
        Pid when is_pid(Pid) -> Pid;
        %% A name on a node is no process, and whoever is given it says so.
        {Name, Node} when Name =/= global, is_atom(Node) -> {Name, Node};
        Name ->
            case where(Name) of
                undefined -> error(badarg);
                Pid -> Pid
            end
    end.

%% Who has a name.
where({global, Name}) -> global:whereis_name(Name);
where(Name) -> whereis(name(Name)).

%% Variables.

declare(Names) -> put(treefall_lasting, Names).

read(Name) ->
    case get({var, Name}) of
        undefined ->
            case is_shared(Name) of
                true -> {ok, shared(lookup_element, [{var, Name}, 2])};
                false -> error
            end;
        {bound, Term} -> {ok, Term}
    end.

write(Name, Term) ->
    case is_own(Name) of
        true -> put({var, Name}, {bound, Term});
        false -> shared(insert, [{{var, Name}, Term}])
    end,
    ok.

%% A number grows, and at once if others may do the same.
add(Name, Amount) ->
    case is_own(Name) of
        false ->
            try shared(update_counter, [{var, Name}, {2, Amount}])
            catch error:_ -> error(badarith)
            end;
        true ->
            case read(Name) of
                {ok, Old} when is_integer(Old) ->
                    write(Name, Old + Amount),
                    Old + Amount;
                _ -> error(badarith)
            end
    end.

is_own(Name) -> get({var, Name}) =/= undefined orelse not is_shared(Name).

%% Each node knows what is shared; what it holds is known to the first.
is_shared(Name) -> lists:keymember(Name, 1, treefall_driver:program(shared)).

shared(Function, Arguments) -> treefall_nodes:first(ets, Function, [treefall_shared | Arguments]).

bound() -> [Name || {{var, Name}, _} <- get()].

%% Forgets every variable but these.
forget(Kept) ->
    [erase({var, Name}) || Name <- bound(), not lists:member(Name, Kept)],
    ok.

%% Tables and queues.

insert(Table, Key, Value) ->
    case get({table, Table}) of
        undefined -> shared(insert, [{{entry, Table, Key}, Value}]);
        Map -> put({table, Table}, Map#{Key => Value})
    end.

delete(Table, Key) ->
    case get({table, Table}) of
        undefined -> shared(delete, [{entry, Table, Key}]);
        Map -> put({table, Table}, maps:remove(Key, Map))
    end.

lookup(Table, Key) ->
    case get({table, Table}) of
        undefined ->
            case shared(lookup, [{entry, Table, Key}]) of
                [{_, Value}] -> Value;
                [] -> nil
            end;
        Map -> maps:get(Key, Map, nil)
    end.

entries(Store) ->
    case {get({table, Store}), get({queue, Store})} of
        {undefined, undefined} ->
            lists:sort([{Key, Value} || {{entry, Table, Key}, Value} <- shared(tab2list, []), Table =:= Store]);
        {undefined, Queue} -> [{Item, nil} || Item <- Queue];
        {Map, _} -> lists:sort(maps:to_list(Map))
    end.

size(Store) -> length(entries(Store)).

list(List) when is_list(List) -> List;
list(_) -> error(badarg).

members(Store) ->
    case get({queue, Store}) of
        undefined -> entries(Store);
        Queue -> Queue
    end.

push(Queue, Value) -> put({queue, Queue}, get({queue, Queue}) ++ [Value]).

pop(Queue) ->
    case get({queue, Queue}) of
        [] -> nil;
        [Item | Rest] ->
            put({queue, Queue}, Rest),
            Item
    end.

%% Conditions.

holds({has, Store, Key}) ->
    Value = value(Key),
    lists:any(fun({Known, _}) -> Known =:= Value end, entries(Store));
holds({has_not, Store, Key}) -> not holds({has, Store, Key});
holds({empty, Store}) -> entries(Store) =:= [];
holds({not_empty, Store}) -> entries(Store) =/= [];
holds({alive, Target}) -> find(value(Target)) =/= undefined;
holds({dead, Target}) -> find(value(Target)) =:= undefined;
%% Nobody's children are neither few nor many.
holds({compare, {count, _, _} = Left, How, Right}) when How =/= is, How =/= is_not ->
    case measure(Left) of
        undefined -> false;
        Count -> compare(How, Count, value(Right))
    end;
holds({compare, Left, How, Right}) -> compare(How, measure(Left), value(Right)).

compare(is, Left, Right) -> Left =:= Right;
compare(is_not, Left, Right) -> Left =/= Right;
compare(below, Left, Right) -> Left < Right;
compare(above, Left, Right) -> Left > Right;
compare(at_least, Left, Right) -> Left >= Right;
compare(at_most, Left, Right) -> Left =< Right.

measure({value, Expression}) -> value(Expression);
measure({size, Store}) -> ?MODULE:size(Store);
measure({living, Name}) ->
    lists:sum(treefall_nodes:everywhere(?MODULE, living_here, [Name]));
measure({reports, {Supervisor, Kind, Child, Reason, Level}}) ->
    Asked = [Supervisor, Kind, wanted(Child), wanted(Reason), Level],
    lists:sum(treefall_nodes:everywhere(treefall_trace, reports, Asked));
measure({count, Target, Field}) ->
    case find(value(Target)) of
        undefined -> undefined;
        Pid ->
            case treefall_nodes:at(treefall_nodes:where(Pid), treefall_start, ask, [Pid, count_children]) of
                Counts when is_map(Counts) -> maps:get(Field, Counts);
                Counts -> proplists:get_value(Field, Counts)
            end
    end.

wanted(any) -> any;
wanted(Expression) -> {is, value(Expression)}.

%% The living process that a pid, a registered name or a child id means; the oldest if there are several, and
%% one of the own node rather than one of another.
find(Pid) when is_pid(Pid) ->
    case treefall_nodes:at(treefall_nodes:where(Pid), erlang, is_process_alive, [Pid]) of
        true -> Pid;
        false -> undefined
    end;
%% Of the living children the one that was started first.
find({'(any)', Supervisor, _}) ->
    case find(Supervisor) of
        undefined -> undefined;
        Pid ->
            Node = treefall_nodes:where(Pid),
            Children = treefall_nodes:at(Node, treefall_start, ask, [Pid, which_children]),
            case lists:sort([Child || {_, Child, _, _} <- Children, is_pid(Child), find(Child) =/= undefined]) of
                [First | _] -> First;
                [] -> undefined
            end
    end;
find({global, Name}) -> global:whereis_name(Name);
find({via, _, _} = Name) ->
    case catch here(target({k, Name})) of
        Pid when is_pid(Pid) -> find(Pid);
        _ -> undefined
    end;
find({Name, Node}) when is_atom(Name) ->
    case treefall_nodes:is_node(Node) of
        true -> treefall_nodes:at(Node, ?MODULE, find_here, [Name]);
        false -> undefined
    end;
find(Name) when is_atom(Name) ->
    Nodes = treefall_nodes:names(),
    lists:foldl(
        fun(Node, undefined) -> treefall_nodes:at(Node, ?MODULE, find_here, [Name]);
            (_, Pid) -> Pid
        end,
        undefined,
        Nodes
    );
find(_) -> undefined.

living_here(Name) ->
    length([Pid || {Pid, _, Label, _, _} <- treefall_people:all(), Label =:= Name, is_process_alive(Pid)]).

%% On this node.
find_here(Name) ->
    case whereis(name(Name)) of
        undefined ->
            Living = [{Order, Pid} || {Pid, Order, Label, _, _} <- treefall_people:all(),
                Label =:= Name, is_process_alive(Pid)],
            case lists:sort(Living) of
                [{_, Pid} | _] -> Pid;
                [] -> undefined
            end;
        Pid -> Pid
    end.

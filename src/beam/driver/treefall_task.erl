%% Tasks: Elixir's own Task and Task.Supervisor, running what a scenario scripts.
%%
%% Scenarios see a %Task{} cleaned of the prefixes that Elixir puts before its modules; it becomes a real one
%% again when it goes back to Task.
-module(treefall_task).
-export([run/2, run_child/3, start_supervisor/3, start/6, start_child/5, await/2, yield/2, shutdown/2, stream/7]).

%% What a task runs that Task.Supervisor or Task.async/3 has started: it finds out by itself where it is.
run(Name, Arguments) ->
    [Parent | _] = get('$ancestors'),
    treefall_start:born({Name, treefall_start:place_of(Parent)}, worker),
    treefall_trace:event({task, self(), Name}),
    treefall_script:task(Name, Arguments).

%% What a task runs that is the child of a supervisor, or was started by itself.
run_child(Name, Arguments, Birth) ->
    treefall_start:born(Birth, worker),
    treefall_script:task(Name, Arguments).

%% Task.Supervisor has an init/1 of its own, so whoever starts it says who it is.
start_supervisor(Options, Named, Birth) ->
    case 'Elixir.Task.Supervisor':start_link(Named ++ Options) of
        {ok, Pid} = Started ->
            treefall_start:born(Pid, Birth, task_supervisor),
            treefall_trace:event({supervises, Pid, true}),
            Started;
        Other -> Other
    end.

%% Task.async/3, Task.Supervisor.async/5 and its async_nolink/5.
start(_Linked, Name, Arguments, none, _Shutdown, _Told) ->
    treefall_trace:event({label, self(), Name}),
    'Elixir.Task':async(module(Name), run, Arguments);
start(Linked, Name, Arguments, Supervisor, Shutdown, Told) ->
    Function = case Linked of true -> async; false -> async_nolink end,
    asks(Supervisor, Name),
    try 'Elixir.Task.Supervisor':Function(Supervisor, module(Name), run, Arguments, [{shutdown, Shutdown}]) of
        #{pid := Pid} = Task ->
            treefall_trace:event({task, Pid, Name}),
            Told({ok, Pid}),
            Task
    catch
        error:#{'__struct__' := 'Elixir.RuntimeError'} = Reason:Stack ->
            Told({error, max_children}),
            erlang:raise(error, Reason, Stack)
    end.

%% Task.async_stream/5, and async_stream/6 and async_stream_nolink/6 of Task.Supervisor, read until the end or
%% until there are enough results.
stream(Linked, Name, Items, Arguments, Supervisor, Options, Take) ->
    treefall_trace:event({streams, self(), Name}),
    Stream = case {Supervisor, Linked} of
        {none, _} ->
            'Elixir.Task':async_stream(Items, module(Name), run, Arguments, proplists:delete(shutdown, Options));
        {_, true} ->
            asks(Supervisor, Name),
            'Elixir.Task.Supervisor':async_stream(Supervisor, Items, module(Name), run, Arguments, Options);
        {_, false} ->
            asks(Supervisor, Name),
            'Elixir.Task.Supervisor':async_stream_nolink(Supervisor, Items, module(Name), run, Arguments, Options)
    end,
    Read = case Take of
        none -> fun() -> 'Elixir.Enum':to_list(Stream) end;
        _ -> fun() -> 'Elixir.Enum':take(Stream, Take) end
    end,
    waiting(Read, proplists:get_value(timeout, Options)).

start_child(Supervisor, Name, Arguments, Restart, Shutdown) ->
    asks(Supervisor, Name),
    Options = [{restart, Restart}, {shutdown, Shutdown}],
    Result = 'Elixir.Task.Supervisor':start_child(Supervisor, module(Name), run, Arguments, Options),
    case Result of
        {ok, Pid} -> treefall_trace:event({task, Pid, Name});
        _ -> ok
    end,
    Result.

%% Nobody but the supervisor sees the task begin, and it knows no name for it.
asks(Supervisor, Name) ->
    case treefall_start:who(Supervisor) of
        undefined -> ok;
        Pid -> treefall_nodes:at(treefall_nodes:where(Pid), treefall_trace, event, [{label_of, Pid, Name}])
    end.

await(Task, Time) -> waiting(fun() -> 'Elixir.Task':await(real(Task), Time) end, Time).
yield(Task, Time) -> waiting(fun() -> 'Elixir.Task':yield(real(Task), Time) end, Time).
shutdown(Task, How) -> waiting(fun() -> 'Elixir.Task':shutdown(real(Task), How) end, How).

waiting(Fun, Time) ->
    treefall_mailbox:restore(),
    treefall_start:clean(treefall_quiet:waiting(Time, Fun)).

real(#{'__struct__' := 'Task'} = Task) -> Task#{'__struct__' := 'Elixir.Task'}.

module(Name) -> list_to_atom("treefall:" ++ atom_to_list(Name)).

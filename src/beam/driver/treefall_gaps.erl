%% Stretches the gaps in the code of OTP and Elixir themselves: before whatever a process does there that others
%% can notice, it lets them go first for a while. And each message that it takes is told, if somebody listens.
%%
%% Nothing else of that code is changed. Between two such acts a real process is rarely interrupted, so that many
%% runs can miss what one in a thousand would show.
-module(treefall_gaps).
-export([write/0, load/1]).

-define(EXTENSION, ".gaps").

modules() ->
    [gen, gen_server, proc_lib, supervisor, sys, application_master] ++
        ['Elixir.DynamicSupervisor', 'Elixir.Registry', 'Elixir.Registry.Partition', 'Elixir.Task', 'Elixir.Task.Supervised'].

%% Compiles those that say what they are made of, and writes them into a folder.
write() ->
    [Folder] = init:get_plain_arguments(),
    [file:write_file(filename:join(Folder, [atom_to_list(Module), ?EXTENSION]), Binary)
     || Module <- modules(), Forms <- forms(Module), {ok, Compiled, Binary} <- [compiled(Forms)], Compiled =:= Module],
    erlang:halt(0).

compiled(Forms) -> compile:forms([stretched(Form) || Form <- Forms], [binary, return_errors]).

forms(Module) ->
    Path = code:which(Module),
    case is_list(Path) andalso beam_lib:chunks(Path, [debug_info]) of
        {ok, {_, [{debug_info, {debug_info_v1, Backend, Data}}]}} ->
            try Backend:debug_info(erlang_v1, Module, Data, []) of
                {ok, Forms} -> [Forms];
                _ -> []
            catch _:_ -> []
            end;
        _ -> []
    end.

%% Puts what lies in the folder in place of what is installed.
load(Folder) ->
    {ok, Files} = file:list_dir(Folder),
    [put_in_place(list_to_atom(filename:basename(File, ?EXTENSION)), filename:join(Folder, File))
     || File <- Files, filename:extension(File) =:= ?EXTENSION].

put_in_place(Module, File) ->
    Installed = code:which(Module),
    is_list(Installed) andalso code:unstick_dir(filename:dirname(Installed)),
    {ok, Binary} = file:read_file(File),
    {module, Module} = code:load_binary(Module, File, Binary).

stretched({function, Line, Name, Arity, Clauses}) -> {function, Line, Name, Arity, code(Clauses)};
stretched(Form) -> Form.

code({op, Line, '!', _, _} = Code) -> behind_a_gap(Line, Code);
code({call, Line, {remote, _, {var, _, _}, _}, _} = Code) -> behind_a_gap(Line, Code);
code({call, Line, {remote, _, {atom, _, Module}, {atom, _, Name}}, _} = Code)
        when Module =:= erlang; Module =:= 'Elixir.Process'; Module =:= ets ->
    act(Name, Line, Code);
code({call, Line, {atom, _, Name}, _} = Code) -> act(Name, Line, Code);
code({'receive', Line, Clauses}) -> {'receive', Line, [told(Clause) || Clause <- Clauses]};
code({'receive', Line, Clauses, Time, Late}) ->
    {'receive', Line, [told(Clause) || Clause <- Clauses], code(Time), code(Late)};
code(Code) -> parts(Code).

act(Name, Line, Code) ->
    Acts = [exit, link, unlink, register, unregister, send, spawn_opt, insert, insert_new, delete, match_delete, take],
    case lists:member(Name, Acts) of
        true -> behind_a_gap(Line, Code);
        false -> parts(Code)
    end.

behind_a_gap(Line, Code) ->
    Gap = {call, Line, {remote, Line, {atom, Line, treefall_chaos}, {atom, Line, gap}}, []},
    {block, Line, [Gap, parts(Code)]}.

%% The message has a name of its own, which nothing else in the function can have.
told({clause, Line, [Pattern], Guards, Body}) ->
    Message = {var, Line, list_to_atom("Treefall" ++ integer_to_list(erlang:unique_integer([positive])))},
    Got = {call, Line, {remote, Line, {atom, Line, treefall_messages}, {atom, Line, got}}, [Message]},
    {clause, Line, [{match, Line, Message, Pattern}], Guards, [Got | code(Body)]}.

parts(Code) when is_tuple(Code) -> list_to_tuple([code(Part) || Part <- tuple_to_list(Code)]);
parts(Code) when is_list(Code) -> [code(Part) || Part <- Code];
parts(Code) -> Code.

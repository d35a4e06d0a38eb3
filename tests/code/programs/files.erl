%% Files of the tree in memory: each comes to the same on a real file system, below a folder of its own.
-module(files).
-compile([export_all, nowarn_export_all]).

all() -> [whole, raw, devices, folders, errors, infos, copies] ++ [elixir || code:which('Elixir.File') =/= non_existing].

main() -> main("/tmp").

main(Folder) ->
    Root = filename:join(Folder, "files"),
    ok = file:make_dir(Root),
    ok = file:set_cwd(Root),
    {ok, Root} = file:get_cwd(),
    Come = [{Name, ?MODULE:Name()} || Name <- all()],
    ok = file:set_cwd(Folder),
    ok = file:del_dir_r(Root),
    Come.

whole() ->
    {file:write_file("a", ["one ", <<"two">>]), file:read_file("a"), file:write_file(<<"a">>, "3", [append]), file:read_file("a"),
        file:delete("a"), file:read_file("a")}.

raw() ->
    {ok, File} = file:open("b", [raw, write, read, binary]),
    Said = [file:write(File, "hello"), file:position(File, 1), file:read(File, 3), file:pread(File, 0, 2), file:pwrite(File, 1, "EL"),
        file:position(File, eof), file:read(File, 1), file:position(File, {cur, -2}), file:truncate(File), file:close(File)],
    ok = file:write_file("c", "first\nsecond\r\nthird"),
    {ok, Raw} = file:open("c", [raw, read, binary, {read_ahead, 4}]),
    Read = [file:read_line(Raw) || _ <- lists:seq(1, 4)],
    ok = file:close(Raw),
    {Said, file:read_file("b"), Read}.

devices() ->
    {ok, New} = file:open("v", [write, {encoding, utf8}]),
    Written = [io:put_chars(New, "one\ntwö\n"), io:format(New, "~p.~n", [{a, 1}]), file:close(New)],
    {ok, Old} = file:open("v", [read, {encoding, utf8}, binary]),
    Read = [io:get_line(Old, ""), io:get_chars(Old, "", 2), file:position(Old, bof), io:get_line(Old, ""), io:get_line(Old, ""),
        io:read(Old, ""), io:get_line(Old, ""), io:get_line(Old, ""), file:close(Old)],
    {ok, Both} = file:open("v", [read, write]),
    Mixed = [file:pread(Both, 1, 2), file:pwrite(Both, 0, "ON"), file:read(Both, 4), file:read_line(Both), file:truncate(Both), file:sync(Both),
        file:close(Both), file:read_file("v")],
    {Written, Read, Mixed, file:write_file("w", "{a, 1}.\n{b, [2]}.\n"), file:consult("w"), file:open("none", [read])}.

%% What Elixir's own File and IO make of them.
elixir() ->
    [File, Stream, Enum] = ['Elixir.File', 'Elixir.IO', 'Elixir.Enum'],
    Done = [File:write("x", "a\nb\n"), File:read("x"), File:'exists?'("x"), File:'dir?'("x"), File:mkdir_p("x1/x2"), File:ls("x1"),
        File:cp("x", "x1/y"), File:read("x1/y"), File:rename("x1/y", "x1/z"), File:touch("x1/t"), File:rm("x1/t"), File:rm("x1/t")],
    {ok, Device} = File:open("x", [append, utf8]),
    Device_ = [Stream:write(Device, <<"c">>), Stream:puts(Device, <<"d">>), Stream:binwrite(Device, <<"e\n">>), File:close(Device)],
    {ok, Reader} = File:open("x", [read, utf8]),
    Read = [Stream:read(Reader, line), Stream:gets(Reader, <<>>), Stream:read(Reader, 2), Stream:read(Reader, eof), Stream:read(Reader, line),
        File:close(Reader)],
    {Done, Device_, Read, Enum:to_list(File:'stream!'("x")), lists:sort(element(2, File:rm_rf("x1"))), File:read("x1/z")}.

%% Writes down what it all comes to.
expected(Folder) ->
    {ok, Here} = file:get_cwd(),
    Come = main(Folder),
    ok = file:set_cwd(Here),
    {ok, File} = file:open("expected.erl", [write, {encoding, utf8}]),
    io:format(File, "%% coding: utf-8~n-module(expected).~n-export([holds/0]).~nholds() -> ~tp = files:main(), ok.~n", [Come]),
    file:close(File).

folders() ->
    Made = [file:make_dir("e"), file:make_dir("e"), filelib:ensure_dir("e/f/g"), file:write_file("e/f/g", "1"), file:del_dir("e/f")],
    Renamed = [file:rename("e", "h"), file:read_file("h/f/g"), file:rename("h/f/g", "h/k"), file:rename("h", "h/f")],
    {ok, Names} = file:list_dir("h"),
    {Made, Renamed, lists:sort(Names), filelib:wildcard("h/*"), filelib:is_dir("h"), filelib:is_regular("h/k"), filelib:is_file("x")}.

errors() ->
    ok = file:write_file("l", "1"),
    [file:read_file("m"), file:read_file("."), file:write_file("n/o", "1"), file:read_file("l/x"), file:list_dir("l"), file:list_dir("m"),
        file:delete("m"), file:del_dir("l"), file:open("m", [read]), file:open("l", [write, exclusive]), file:make_dir("n/o"),
        file:rename("m", "x"), file:set_cwd("m"), file:read_link("l"), file:read_file("")].

infos() ->
    ok = file:write_file("p", "12345"),
    {ok, Info} = file:read_file_info("p"),
    {element(2, Info), element(3, Info), element(4, Info), filelib:file_size("p"), file:read_file_info("q")}.

copies() -> [file:write_file("r", "abc"), file:copy("r", "s"), file:copy("r", "t", 2), file:read_file("s"), file:read_file("t")].

%% Files of the tree in memory: each comes to the same on a real file system, below a folder of its own.
-module(files).
-compile([export_all, nowarn_export_all]).

all() -> [whole, raw, folders, errors, infos, copies].

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

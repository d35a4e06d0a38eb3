%% Small functions for the instructions that other samples have no use for. Each raises if it comes to something else.
-module(opcodes).
-export([main/0, id/1, raises/1]).
-compile([{nowarn_unused_vars, false}, inline_list_funcs]).
-record(r, {a, b, c}).

main() ->
    [ok = F() || F <- [fun types/0, fun lists/0, fun tuples/0, fun maps/0, fun floats/0, fun funs/0, fun raising/0,
        fun bits/0, fun utf/0, fun receives/0, fun calls/0, fun arithmetics/0]],
    ok.

id(X) -> X.

types() ->
    [integer, float, atom, pid, ref, function, nil, list, boolean, binary, bits, map, tuple, tagged] =
        [type(id(X)) || X <- [1, 1.5, a, self(), make_ref(), fun id/1, [], [1], true, <<1>>, <<1:3>>, #{}, {1}, {tag, 2}]],
    false = is_port(id(1)), false = is_number(id(a)), true = is_number(id(2.0)),
    true = is_function(id(fun id/1), id(1)), true = id(1) == id(1.0), true = id(1) /= id(2), false = id(1) =:= id(1.0),
    yes = differ(id(1), id(2)), no = differ(id(1), id(1.0)), true = id(1) =/= id(1.0), true = id(1) < id(2), true = id(2) >= id(1),
    ok.

differ(A, B) -> if A /= B -> yes; true -> no end.

type(true) -> boolean;
type(X) when is_port(X) -> port;
type(X) when is_boolean(X) -> boolean;
type({tag, _}) -> tagged;
type(X) when is_integer(X) -> integer;
type(X) when is_float(X) -> float;
type(X) when is_number(X) -> number;
type(X) when is_atom(X) -> atom;
type(X) when is_pid(X) -> pid;
type(X) when is_reference(X) -> ref;
type(X) when is_function(X, 7) -> seven;
type(X) when is_function(X) -> function;
type([]) -> nil;
type(X) when is_list(X) -> list;
type(X) when is_binary(X) -> binary;
type(X) when is_bitstring(X) -> bits;
type(X) when is_map(X) -> map;
type(X) when is_tuple(X) -> tuple.

lists() ->
    [2] = tl(id([1, 2])), 1 = hd(id([1, 2])),
    {1, [2]} = both(id([1, 2])), first = head(id([first, other])), [other] = tail(id([first, other])),
    [1, 2 | 3] = [id(1), id(2) | id(3)],
    {2, 1} = swapped(id(1), id(2)),
    1 = if_list(id([1])), none = if_list(id([])),
    ok.

both([H | T]) -> {H, T}.
head([H | _]) -> H.
tail([_ | T]) -> T.
swapped(A, B) -> pair(B, A).
pair(A, B) -> {A, B}.
if_list(L) -> case id(L) of [H | _] -> H; [] -> none end.

tuples() ->
    R = #r{a = id(1), b = id(2), c = id(3)},
    #r{a = 4, b = 2, c = 5} = R#r{a = id(4), c = id(5)},
    {'EXIT', {{badrecord, nope}, _}} = (catch badly(id(nope))),
    one = arity(id({1})), two = arity(id({1, 2})), three = arity(id({1, 2, 3})), more = arity(id({})),
    one = selected(id(1)), two = selected(id(b)), other = selected(id(c)),
    two = only_pairs(id({1, 2})), no = only_pairs(id({1})),
    ok.

badly(R) -> R#r{a = 1}.
only_pairs(T) when tuple_size(T) =:= 2 -> two;
only_pairs(_) -> no.
arity({_}) -> one;
arity({_, _}) -> two;
arity({_, _, _}) -> three;
arity(_) -> more.
selected(1) -> one;
selected(2) -> one;
selected(b) -> two;
selected(a) -> two;
selected(_) -> other.

maps() ->
    M = #{a => id(1), id(b) => 2},
    #{a := 5} = M#{a := id(5)}, #{c := 3} = M#{c => id(3)},
    {'EXIT', {{badkey, z}, _}} = (catch M#{z := 1}),
    has = keyed(M), hasnt = keyed(#{}), 1 = got(M),
    ok.

keyed(#{a := _, b := _}) -> has;
keyed(_) -> hasnt.
got(#{a := X}) -> X.

floats() ->
    7.0 = sums(id(1.5), id(2.0)), -1.5 = minus(id(1.5)), 4.5 = mixed(id(2), id(2.5)), {'EXIT', {badarith, _}} = (catch sums(id(a), id(1.0))),
    ok.

sums(A, B) -> (A + B) * B / 1.0 - 0.0 + 0.0 * A.
minus(A) when is_float(A) -> -A.
mixed(A, B) when is_integer(A), is_float(B) -> A + B.

funs() ->
    X = id(3),
    4 = (fun(Y) -> X + Y end)(id(1)), 9 = (id(fun(A) -> A * A end))(id(3)), {'EXIT', {{badfun, 1}, _}} = (catch (id(1))()),
    ok.

raising() ->
    {'EXIT', {function_clause, _}} = (catch clause(id(1))), {'EXIT', {{badmatch, 1}, _}} = (catch matches(id(1))),
    {'EXIT', {if_clause, _}} = (catch ifs(id(1))), {'EXIT', {{case_clause, 1}, _}} = (catch cases(id(1))),
    {'EXIT', {{try_clause, 1}, _}} = (catch tries(id(1))), caught = (catch throw(caught)),
    fine = (catch id(fine)), {error, why} = raises(fun() -> error(why) end), {throw, up} = raises(fun() -> throw(up) end),
    {error, again} = (try again(fun() -> error(again) end) catch C:R -> {C, R} end),
    {exit, out} = (try traced(fun() -> exit(out) end) catch C1:R1:S1 -> [_ | _] = S1, {C1, R1} end),
    {after_all, 1} = (try id(1) of V -> {after_all, V} catch _:_ -> no after id(done) end),
    ok.

clause(a) -> a.
matches(X) -> a = X.
ifs(X) -> if X =:= a -> a; X =:= b -> b end.
cases(X) -> case X of a -> a; b -> b end.
tries(X) -> try id(X) of a -> a; b -> b catch _ -> no end.
raises(F) -> try F() catch Class:Reason:Stack -> true = is_list(Stack), {Class, Reason} end.
again(F) -> try F() after id(cleaned) end.
traced(F) -> try F() catch Class:Reason:Stack -> erlang:raise(Class, Reason, Stack) end.

bits() ->
    {1, 2.5, <<3>>, <<4:4>>} = fields(id(<<1:16/little, 2.5/float, 3, 4:4>>)), {<<7>>, <<8, 9>>} = sized(id(<<1, 7, 8, 9>>)),
    skipped = skips(id(<<1, 2, 3, "end">>)), <<1, 2, 3, 4:4>> = all(id(<<1, 2, 3, 4:4>>)), no = sized(id(a)),
    <<2, 4, 6>> = << <<(2 * X)>> || <<X>> <= id(<<1, 2, 3>>) >>, <<"ab", 1:7, 2.0:32/float>> = built(id(<<"a">>), id(1), id(2.0)),
    whole = bytes(id(<<1, 2>>)), part = bytes(id(<<1:3>>)), {<<1, 2>>, 2} = twice(id(<<1, 2>>)),
    <<9, 1>> = appended(id(<<9>>)), 3 = unaligned(id(<<3:5>>)),
    ok.

fields(<<A:16/little, B/float, C:1/binary, D/bitstring>>) -> {A, B, C, D}.
sized(<<N, A:N/binary, R/binary>>) -> {A, R};
sized(_) -> no.
skips(<<_, N, _:8, "end">>) when N > 0 -> skipped;
skips(<<N:8, _:N/bitstring>>) -> no.
all(<<1, R/bitstring>>) -> <<1, R/bitstring>>.
built(A, B, C) -> <<A/binary, "b", B:7, C:32/float>>.
bytes(B) -> case B of <<_/binary>> -> whole; <<_/bitstring>> -> part end.
twice(B) -> case B of <<1, R/binary>> when byte_size(R) > 5 -> R; <<_, X, _/binary>> -> {B, X} end.
appended(B) -> <<B/binary, (id(1))>>.
unaligned(<<X:5>>) -> X.

utf() ->
    B = <<"h\x{e9}\x{1f600}"/utf8>>, {$h, R} = utf8(B), {16#e9, _} = utf8(R),
    {$h, <<>>} = utf16(id(<<"h"/utf16>>)), {$h, <<>>} = utf32(id(<<"h"/utf32>>)),
    <<"h"/utf8, "h"/utf16, "h"/utf32>> = written(id($h)), {<<"b">>, <<>>, <<>>} = passed(id(<<"ab">>), id(<<"a"/utf16>>), id(<<"a"/utf32>>)),
    ok.

utf8(<<C/utf8, R/binary>>) -> {C, R}.
utf16(<<C/utf16, R/binary>>) -> {C, R}.
utf32(<<C/utf32, R/binary>>) -> {C, R}.
written(C) -> <<C/utf8, C/utf16, C/utf32>>.
passed(<<_/utf8, A/binary>>, <<_/utf16, B/binary>>, <<_/utf32, C/binary>>) -> {A, B, C}.

receives() ->
    self() ! one, self() ! two, two = (receive two -> two end), one = (receive X -> X after 0 -> none end),
    late = (receive nothing -> no after 5 -> late end), Me = self(),
    spawn(fun() -> Me ! told end), told = (receive told -> told end),
    spawn(fun() -> receive after infinity -> ok end end), receive after 1 -> ok end,
    R = make_ref(), Me ! {R, answer}, answer = (receive {R, A} -> A end),
    ok.

calls() ->
    {M, F} = {id(?MODULE), id(id)},
    1 = M:F(1), 2 = last(M, F, 2), [1, 2] = lists:reverse([2, 1]), 3 = length(id([1, 2, 3])),
    [2, 1] = behind(id([1, 2])), <<2>> = binary_part(id(<<1, 2>>), id(1), id(1)), true = in_guard(id(<<1, 2>>)), {a, 9} = setelement(2, id({a, b}), 9),
    ok.

behind(L) -> K = id(L), id(K), lists:reverse(K).
last(M, F, X) -> M:F(X).
in_guard(B) when binary_part(B, 1, 1) =:= <<2>> -> true.

arithmetics() ->
    3 = id(7) div id(2), 1 = id(7) rem id(2), 5 = abs(id(-5)), 6 = id(2) bor id(4), 1 = id(5) band id(3), -3 = bnot id(2),
    16 = id(4) bsl id(2), 3.5 = id(7) / id(2), 8 = id(3) + id(5), -2 = id(3) - id(5), 15 = id(3) * id(5), -1 = -id(1),
    ok.

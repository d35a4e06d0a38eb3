//! Tables, held against the real ones; and who may do what to them.

use treefall::code::ets::{self, Tables};
use treefall::code::natives::Answer;
use treefall::code::raise::Raise;
use treefall::code::term::Term;
use treefall::kernel::{Atom, Atoms, Events, Pid, Received, Ref, State, World};

use super::witness::{Dice, Suite};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Idle;

impl State for Idle {
    type Message = ();
    type Common = ();
    type Image = ();
    type Report = ();

    fn accepts(&self, _: &Received<()>, (): &()) -> bool {
        true
    }
}

/// A pid, by the name of where it was started.
pub fn pid(name: &str) -> Pid {
    let world = World::new(Atom::of(name), Idle, (), None, &mut Events::ignored());
    world.processes().next().expect("it has one process").pid
}

fn call(tables: &mut Tables, me: Pid, name: &str, args: &[Term], atoms: &Atoms) -> Answer {
    let row = ets::TABLE.iter().find(|row| row.name == name && row.arity == args.len());
    let row = row.unwrap_or_else(|| panic!("no native ets:{name}/{}", args.len()));
    let before = tables.clone();
    let answer = (row.run)(tables, me, args, atoms);
    assert!(!row.reads || before == *tables, "ets:{name} only reads");
    answer
}

/// Runs operations one after the other, on tables that it makes and takes away again.
const SOURCE: &str = r"
script(Tables, Operations) ->
    [T = ets:new(T, [named_table | Options]) || {T, Options} <- Tables],
    Results = [operation(O) || O <- Operations],
    [ets:delete(T) || {T, _} <- Tables],
    Results.
operation({sorted, F, A}) ->
    case run(F, A) of
        {ok, L} when is_list(L) -> {ok, {sorted, L}};
        Other -> Other
    end;
operation({portions, F, A}) ->
    case run(F, A) of
        {ok, First} -> {ok, portions(First, F)};
        Other -> Other
    end;
operation({F, A}) -> run(F, A).
run(unordered, [F, A]) -> {ok, all_portions(F, A)};
run(F, A) -> try {ok, apply(ets, F, A)} catch C:R -> {C, R} end.
all_portions(F, [Table, What, Limit]) ->
    lists:append([L || L <- portions(ets:F(Table, What, Limit), F), is_list(L)]).
portions({L, More}, F) -> [L | portions(ets:F(More), F)];
portions(End, _) -> [End].
";

/// One run of operations, and what they come to.
struct Script<'a> {
    suite: &'a Suite,
    tables: Tables,
    me: Pid,
    operations: Vec<Term>,
    results: Vec<Term>,
}

impl Script<'_> {
    fn answered(&mut self, operation: Vec<Term>, answer: Answer) {
        self.operations.push(Term::tuple(operation));
        self.results.push(match answer {
            Ok(value) => Term::tuple([self.suite.atom("ok"), value]),
            Err(raise) => Term::tuple([self.suite.atom("error"), raise.value]),
        });
    }

    /// A call of which the order of results tells nothing, or does, which `sorted` says.
    fn call(&mut self, name: &str, args: &[Term], sorted: bool) {
        let native = if name == "select_delete" { "internal_select_delete" } else { name };
        let mut answer = call(&mut self.tables, self.me, native, args, self.suite.atoms());
        let mut operation = vec![self.suite.atom(name), Term::list(args.to_vec())];
        if sorted {
            operation.insert(0, self.suite.atom("sorted"));
            answer = answer.map(|list| Term::tuple([self.suite.atom("sorted"), list]));
        }
        self.answered(operation, answer);
    }

    fn portions(&mut self, name: &str, args: &[Term]) {
        let operation = vec![self.suite.atom("portions"), self.suite.atom(name), Term::list(args.to_vec())];
        let answer = self.all_portions(name, args);
        self.answered(operation, answer);
    }

    /// All of them, whatever is in which.
    fn unordered_portions(&mut self, name: &str, args: &[Term]) {
        let portions = self.all_portions(name, args).expect("it can be looked for");
        let all: Vec<Term> = portions.items().flat_map(Term::items).cloned().collect();
        let answer = Ok(Term::tuple([self.suite.atom("sorted"), Term::list(all)]));
        let call = Term::list([self.suite.atom(name), Term::list(args.to_vec())]);
        self.answered(vec![self.suite.atom("sorted"), self.suite.atom("unordered"), call], answer);
    }

    fn all_portions(&mut self, name: &str, args: &[Term]) -> Result<Term, Raise> {
        let mut answer = call(&mut self.tables, self.me, name, args, self.suite.atoms())?;
        let mut portions = Vec::new();
        while let Some([portion, more]) = answer.as_tuple() {
            portions.push(portion.clone());
            answer = call(&mut self.tables, self.me, name, std::slice::from_ref(more), self.suite.atoms())?;
        }
        portions.push(answer);
        Ok(Term::list(portions))
    }
}

fn key(suite: &Suite, dice: &mut Dice) -> Term {
    let float = |value| Term::float(value).expect("a float");
    let keys = [
        Term::Int(1),
        float(1.0),
        Term::Int(2),
        float(2.5),
        suite.atom("b"),
        suite.atom("a"),
        Term::tuple([Term::Int(1), suite.atom("x")]),
        Term::tuple([float(1.0), suite.atom("x")]),
        Term::list([Term::Int(1)]),
        Term::binary(b"k"),
        Term::Int(-3),
    ];
    dice.of(&keys)
}

fn value(suite: &Suite, dice: &mut Dice) -> Term {
    match dice.below(4) {
        0 => key(suite, dice),
        _ => Term::Int(dice.below(4) as i64),
    }
}

fn row(suite: &Suite, dice: &mut Dice) -> Term {
    match dice.below(30) {
        0 => dice.of(&[suite.atom("wrong"), Term::tuple([]), Term::tuple([Term::Int(1)])]),
        1..4 => Term::tuple([key(suite, dice), key(suite, dice), value(suite, dice)]),
        _ => Term::tuple([key(suite, dice), key(suite, dice)]),
    }
}

fn rows(suite: &Suite, dice: &mut Dice) -> Term {
    match dice.below(3) {
        0 => {
            let count = dice.below(5);
            let rows: Vec<Term> = (0..count).map(|_| row(suite, dice)).collect();
            Term::list(rows)
        }
        _ => row(suite, dice),
    }
}

/// A pattern of a row: each element a variable, anything, or a value.
fn pattern(suite: &Suite, dice: &mut Dice) -> Term {
    if dice.below(12) == 0 {
        return dice.of(&[suite.atom("_"), suite.atom("$1"), suite.atom("wrong")]);
    }
    let count = if dice.below(8) == 0 { 3 } else { 2 };
    let elements: Vec<Term> = (0..count)
        .map(|_| match dice.below(6) {
            0 => suite.atom("_"),
            1..4 => suite.atom(dice.of(&["$1", "$2", "$2"])),
            _ => key(suite, dice),
        })
        .collect();
    Term::tuple(elements)
}

fn spec(suite: &Suite, dice: &mut Dice, body: &[Term]) -> Term {
    let head = Term::tuple([suite.atom(dice.of(&["$1", "_", "$1"])), suite.atom("$2")]);
    let head = if dice.below(3) == 0 { Term::tuple([key(suite, dice), suite.atom("$2")]) } else { head };
    let operator = suite.atom(dice.of(&["<", ">", "=:=", "=<", "==", "/="]));
    let guard = Term::tuple([operator, suite.atom("$2"), key(suite, dice)]);
    let guards = if dice.below(2) == 0 { Term::Nil } else { Term::list([guard]) };
    Term::list([Term::tuple([head, guards, Term::list([dice.of(body)])])])
}

fn update(suite: &Suite, dice: &mut Dice) -> Term {
    let int = |dice: &mut Dice, most: usize| Term::Int(dice.below(most) as i64 - 1);
    match dice.below(8) {
        0 => int(dice, 9),
        1 => Term::tuple([int(dice, 5), int(dice, 5), int(dice, 9), int(dice, 9)]),
        2 => {
            let operations =
                [Term::tuple([Term::Int(2), int(dice, 9)]), Term::tuple([int(dice, 5), int(dice, 9)])];
            Term::list(operations)
        }
        3 => dice.of(&[suite.atom("wrong"), Term::Nil, Term::tuple([Term::Int(2), suite.atom("wrong")])]),
        _ => Term::tuple([Term::Int(2), int(dice, 9)]),
    }
}

fn operate(script: &mut Script, dice: &mut Dice, table: &Term, ordered: bool, bag: bool) {
    let suite = script.suite;
    let table = || table.clone();
    match dice.below(26) {
        0..5 => script.call("insert", &[table(), rows(suite, dice)], false),
        5 => script.call("insert_new", &[table(), rows(suite, dice)], false),
        6 => script.call("delete", &[table(), key(suite, dice)], false),
        7 => script.call("delete_object", &[table(), row(suite, dice)], false),
        8 | 9 => script.call("lookup", &[table(), key(suite, dice)], false),
        10 => script.call("member", &[table(), key(suite, dice)], false),
        11 => script.call(
            "lookup_element",
            &[table(), key(suite, dice), Term::Int(dice.below(5) as i64 - 1)],
            false,
        ),
        12 => script.call("take", &[table(), key(suite, dice)], false),
        13 => script.call("update_counter", &[table(), key(suite, dice), update(suite, dice)], false),
        14 => {
            // Without a key in it, the real one of an ordered set breaks down.
            let default = match row(suite, dice) {
                Term::Tuple(row) if row.len() < 2 => suite.atom("wrong"),
                row => row,
            };
            let args = [table(), key(suite, dice), update(suite, dice), default];
            script.call("update_counter", &args, false);
        }
        15 => script.call("update_element", &[table(), key(suite, dice), update(suite, dice)], false),
        16 => script.call("match", &[table(), pattern(suite, dice)], !ordered),
        17 => script.call("match_object", &[table(), pattern(suite, dice)], !ordered),
        18 => {
            let body = Term::tuple([Term::tuple([suite.atom("$2"), suite.atom("$_")])]);
            script.call("select", &[table(), spec(suite, dice, &[body.clone(), suite.atom("$2")])], !ordered);
            script.call("select_reverse", &[table(), spec(suite, dice, &[body, suite.atom("$$")])], !ordered);
        }
        19 => {
            let body = [suite.atom("true"), suite.atom("true"), suite.atom("false")];
            script.call("select_count", &[table(), spec(suite, dice, &body)], false);
            script.call("select_delete", &[table(), spec(suite, dice, &body)], false);
        }
        20 if !bag => {
            let made = |second| Term::tuple([Term::tuple([suite.atom("$1"), second])]);
            let body = [made(Term::Int(7)), made(suite.atom("$2")), suite.atom("$_"), suite.atom("$2")];
            let head = Term::tuple([suite.atom("$1"), suite.atom("$2")]);
            let guard = Term::tuple([suite.atom("<"), suite.atom("$2"), key(suite, dice)]);
            let clause = Term::tuple([head, Term::list([guard]), Term::list([dice.of(&body)])]);
            script.call("select_replace", &[table(), Term::list([clause])], false);
        }
        21 if ordered => {
            for (name, args) in [("first", 1), ("last", 1), ("next", 2), ("prev", 2)] {
                script.call(name, &[table(), key(suite, dice)][..args], false);
            }
        }
        22 if ordered => {
            let limit = Term::Int(1 + dice.below(4) as i64);
            script.portions("match", &[table(), pattern(suite, dice), limit.clone()]);
            script.portions("match_object", &[table(), pattern(suite, dice), limit.clone()]);
            let spec = spec(suite, dice, &[suite.atom("$_")]);
            script.portions("select", &[table(), spec.clone(), limit.clone()]);
            script.portions("select_reverse", &[table(), spec, limit]);
        }
        22 => {
            let limit = Term::Int(1 + dice.below(4) as i64);
            let name = dice.of(&["match", "match_object"]);
            let args = [table(), pattern(suite, dice), limit];
            script.unordered_portions(name, &args);
        }
        23 => {
            for item in ["size", "type", "keypos", "protection", "named_table", "name", "fixed", "wrong"] {
                script.call("info", &[table(), suite.atom(item)], false);
            }
        }
        _ => script.call("match_object", &[table(), suite.atom("_")], !ordered),
    }
}

#[test]
fn operations_one_after_the_other() {
    let mut suite = Suite::new("tables", SOURCE);
    let mut dice = Dice::new(8);
    let me = pid("me");
    let mut operations = 0;
    for _ in 0..400 {
        let options = |suite: &Suite, kind: &str, place: i64| {
            Term::list([suite.atom(kind), Term::tuple([suite.atom("keypos"), Term::Int(place)])])
        };
        let kinds = ["set", "ordered_set", "bag", "duplicate_bag"];
        let made: Vec<(Term, Term, bool, bool)> = kinds
            .iter()
            .map(|kind| {
                let place = 1 + i64::from(dice.below(3) == 0);
                let bag = kind.ends_with("bag");
                (suite.atom(&format!("t_{kind}")), options(&suite, kind, place), *kind == "ordered_set", bag)
            })
            .collect();
        let mut script = Script {
            suite: &suite,
            tables: Tables::default(),
            me,
            operations: Vec::new(),
            results: Vec::new(),
        };
        for (name, options, _, _) in &made {
            let options = Term::cons(suite.atom("named_table"), options.clone());
            let maker = Ref::unmade(pid(suite.atoms().text(name.as_atom().expect("a name"))));
            let id = script.tables.create(me, maker, &[name.clone(), options], 0, suite.atoms());
            assert_eq!(id.as_ref(), Ok(name));
        }
        for _ in 0..40 {
            let (name, _, ordered, bag) = dice.of(&made);
            operate(&mut script, &mut dice, &name, ordered, bag);
        }
        operations += script.operations.len();
        let (steps, results) = (Term::list(script.operations), Term::list(script.results));
        let tables = Term::list(made.into_iter().map(|(name, options, _, _)| Term::tuple([name, options])));
        suite.says("witness", "script", &[tables, steps], &Ok(results));
    }
    eprintln!("{operations} operations on tables");
    suite.holds();
}

fn some_table(tables: &mut Tables, me: Pid, options: &[Term], atoms: &Atoms) -> Term {
    let reference = Ref::unmade(pid(&format!("maker {}", tables.all().len())));
    let args = [atoms.intern("table").into(), Term::list(options.to_vec())];
    tables.create(me, reference, &args, 0, atoms).expect("it is made")
}

#[test]
fn who_may_read_and_who_may_write() {
    let atoms = Atoms::default();
    let (owner, other) = (pid("owner"), pid("other"));
    for (protection, reads, writes) in
        [("public", true, true), ("protected", true, false), ("private", false, false)]
    {
        let mut tables = Tables::default();
        let table = some_table(&mut tables, owner, &[atoms.intern(protection).into()], &atoms);
        let row = Term::tuple([Term::Int(1)]);
        let mut may = |who, name, args: &[Term]| call(&mut tables, who, name, args, &atoms).is_ok();
        assert!(may(owner, "insert", &[table.clone(), row.clone()]));
        assert!(may(owner, "lookup", &[table.clone(), Term::Int(1)]));
        assert_eq!(may(other, "lookup", &[table.clone(), Term::Int(1)]), reads);
        assert_eq!(may(other, "insert", &[table.clone(), row]), writes);
        assert!(!may(other, "setopts", &[table.clone(), Term::Nil]));
        assert_eq!(may(other, "delete", &[table]), writes);
    }
}

#[test]
fn a_table_goes_to_its_heir_or_with_its_owner() {
    let atoms = Atoms::default();
    let (owner, heir) = (pid("owner"), pid("heir"));
    let option = Term::tuple([atoms.intern("heir").into(), heir.into(), Term::Int(7)]);
    let mut tables = Tables::default();
    let left = some_table(&mut tables, owner, &[option], &atoms);
    let gone = some_table(&mut tables, owner, &[atoms.intern("named_table").into()], &atoms);
    let mut heirless = tables.clone();

    let transfers = tables.owner_died(owner, &|pid| pid == heir);
    let message =
        Term::tuple([atoms.intern("ETS-TRANSFER").into(), left.clone(), owner.into(), Term::Int(7)]);
    assert_eq!(transfers, [ets::Transfer { to: heir, message }]);
    assert_eq!(tables.all(), std::slice::from_ref(&left));
    assert!(call(&mut tables, heir, "insert", &[left.clone(), Term::tuple([Term::Int(1)])], &atoms).is_ok());
    assert_eq!(call(&mut tables, heir, "whereis", &[gone], &atoms), Ok(Atom::UNDEFINED.into()));

    assert_eq!(heirless.owner_died(owner, &|_| false), []);
    assert_eq!(heirless, Tables::default());

    let given = tables.give_away(heir, &[left.clone(), owner.into(), Term::Nil]).expect("it is the heir's");
    assert_eq!(given.to, owner);
    assert!(tables.give_away(heir, &[left, owner.into(), Term::Nil]).is_err());
}

#[test]
fn a_copy_of_tables_is_one_of_its_own() {
    let atoms = Atoms::default();
    let owner = pid("owner");
    let mut tables = Tables::default();
    let table = some_table(&mut tables, owner, &[], &atoms);
    for key in 0..1000 {
        call(&mut tables, owner, "insert", &[table.clone(), Term::tuple([Term::Int(key)])], &atoms)
            .expect("put");
    }
    let before = tables.clone();
    call(&mut tables, owner, "delete", &[table.clone(), Term::Int(500)], &atoms).expect("taken out");
    assert_ne!(before, tables);
    call(&mut tables, owner, "insert", &[table, Term::tuple([Term::Int(500)])], &atoms).expect("put");
    assert_eq!(before, tables);
}

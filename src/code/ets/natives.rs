//! The natives by name.

use crate::kernel::{Atom, Atoms, Pid};

use super::super::natives::Answer;
use super::super::raise::Raise;
use super::super::term::Term;
use super::change::{delete, delete_object, delete_table, insert, insert_new, internal_delete_all, take};
use super::counter::{update_counter, update_element};
use super::info::{info_1, info_2, rename, setopts, whereis};
use super::lookup::{
    first, first_lookup, last, last_lookup, lookup, lookup_element, member, next, next_lookup, prev,
    prev_lookup, safe_fixtable, slot,
};
use super::select::{
    internal_select_delete, match_2, match_3, match_object_2, match_object_3, select_1, select_2, select_3,
    select_count, select_replace, select_reverse_2, select_reverse_3,
};
use super::{MatchSpec, Native, TableRow, Tables};

const fn reads(name: &'static str, arity: usize, run: Native) -> TableRow {
    TableRow { name, arity, reads: true, run }
}

const fn writes(name: &'static str, arity: usize, run: Native) -> TableRow {
    TableRow { name, arity, reads: false, run }
}

/// Module `ets`, without `new/2` and `give_away/3`, for which see [`Tables::create`] and [`Tables::give_away`].
pub const TABLE: &[TableRow] = &[
    writes("delete", 1, delete_table),
    writes("delete", 2, delete),
    writes("delete_object", 2, delete_object),
    reads("first", 1, first),
    reads("first_lookup", 1, first_lookup),
    reads("info", 1, info_1),
    reads("info", 2, info_2),
    writes("insert", 2, insert),
    writes("insert_new", 2, insert_new),
    writes("internal_delete_all", 2, internal_delete_all),
    writes("internal_select_delete", 2, internal_select_delete),
    reads("last", 1, last),
    reads("last_lookup", 1, last_lookup),
    reads("lookup", 2, lookup),
    reads("lookup_element", 3, lookup_element),
    reads("lookup_element", 4, lookup_element),
    reads("match", 1, select_1),
    reads("match", 2, match_2),
    reads("match", 3, match_3),
    reads("match_object", 1, select_1),
    reads("match_object", 2, match_object_2),
    reads("match_object", 3, match_object_3),
    reads("member", 2, member),
    reads("next", 2, next),
    reads("next_lookup", 2, next_lookup),
    reads("prev", 2, prev),
    reads("prev_lookup", 2, prev_lookup),
    writes("rename", 2, rename),
    writes("safe_fixtable", 2, safe_fixtable),
    reads("select", 1, select_1),
    reads("select", 2, select_2),
    reads("select", 3, select_3),
    reads("select_count", 2, select_count),
    writes("select_replace", 2, select_replace),
    reads("select_reverse", 1, select_1),
    reads("select_reverse", 2, select_reverse_2),
    reads("select_reverse", 3, select_reverse_3),
    writes("setopts", 2, setopts),
    reads("slot", 2, slot),
    writes("take", 2, take),
    writes("update_counter", 3, update_counter),
    writes("update_counter", 4, update_counter),
    writes("update_element", 3, update_element),
    writes("update_element", 4, update_element),
    reads("whereis", 1, whereis),
];

/// The natives of module `ets` on match specifications alone.
pub const MATCH_SPECS: &[TableRow] = &[
    reads("is_compiled_ms", 1, is_compiled_ms),
    reads("match_spec_compile", 1, match_spec_compile),
    reads("match_spec_run_r", 3, match_spec_run_r),
    reads("repair_continuation", 2, repair_continuation),
];

/// That of module `erlang`, which `ets:test_ms/2` is made of.
pub const MATCH_SPEC_TEST: TableRow = reads("match_spec_test", 3, match_spec_test);

/// What a compiled match specification is to code: a tuple that holds it.
const COMPILED: &str = "compiled match specification";

fn compiled(term: &Term) -> Option<&Term> {
    match term.as_tuple() {
        Some([tag, spec]) if tag.is(Atom::of(COMPILED)) => Some(spec),
        _ => None,
    }
}

fn match_spec_compile(_: &mut Tables, _: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    MatchSpec::compile(&args[0], atoms).map_err(|_| Raise::badarg())?;
    Ok(Term::tuple([atoms.intern(COMPILED).into(), args[0].clone()]))
}

fn is_compiled_ms(_: &mut Tables, _: Pid, args: &[Term], _: &Atoms) -> Answer {
    Ok(compiled(&args[0]).is_some().into())
}

/// The results for the objects of a list, before the reverse of what there is already.
fn match_spec_run_r(_: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let spec = compiled(&args[1]).ok_or_else(Raise::badarg)?;
    let spec = MatchSpec::compile(spec, atoms).map_err(|_| Raise::badarg())?;
    let objects = args[0].as_list().ok_or_else(Raise::badarg)?;
    let found = objects.iter().filter_map(|object| spec.run(object, me, atoms));
    Ok(found.fold(args[2].clone(), |found, one| Term::cons(one, found)))
}

/// What one goes on with never needs to be repaired.
fn repair_continuation(_: &mut Tables, _: Pid, args: &[Term], _: &Atoms) -> Answer {
    Ok(args[0].clone())
}

fn match_spec_test(_: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let name = |name: &str| Term::Atom(atoms.intern(name));
    if !args[2].is(Atom::of("table")) {
        return Err(Raise::badarg());
    }
    Ok(match MatchSpec::compile(&args[1], atoms) {
        Ok(spec) => {
            let value = spec.run(&args[0], me, atoms).unwrap_or(false.into());
            Term::tuple([name("ok"), value, Term::Nil, Term::Nil])
        }
        Err(wrong) => {
            let errors = wrong.into_iter().map(|text| {
                let text = text.bytes().map(|byte| Term::Int(i64::from(byte))).collect::<Vec<Term>>();
                Term::tuple([name("error"), Term::list(text)])
            });
            Term::tuple([name("error"), Term::list(errors.collect::<Vec<Term>>())])
        }
    })
}

//! Module `ets`, what needs more than the tables: to make one, to give it away, to list them.

use crate::kernel::Atom;

use super::super::host::{Action, Call};
use super::super::raise::Raise;
use super::super::term::Term;
use super::{ActsRow, Answer};

fn new(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let reference = call.host.make_ref();
    let me = call.host.me();
    call.host.tables().create(me, reference, arguments, call.code.shuffle, &call.code.atoms)
}

fn give_away(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let to = arguments[1].as_pid().ok_or_else(Raise::badarg)?;
    if call.host.act(Action::IsAlive(to))? != Term::boolean(true) {
        return Err(Raise::badarg());
    }
    let me = call.host.me();
    let transfer = call.host.tables().give_away(me, arguments)?;
    call.host.send(&transfer.to.into(), transfer.message)?;
    Ok(Atom::TRUE.into())
}

fn all(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::list(call.host.tables().all()))
}

/// Of module `ets`.
pub const TABLE: &[ActsRow] = &[("new", 2, new), ("give_away", 3, give_away), ("all", 0, all)];

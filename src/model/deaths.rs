//! Who dies of what on the way to a failure. The same words can be come to in another way, and that is another failure.

use std::collections::BTreeSet;

use crate::kernel::{Atoms, EventKind, Pid, Term};
use crate::otp::is_abnormal;

use super::breach::{Breach, Part};
use super::play::Played;
use super::seam::Model;

/// What each is called by its parent, and the first word of the reason.
pub fn deaths<M: Model>(model: &M, played: &Played<M>, breach: &Breach) -> BTreeSet<(String, String)> {
    let recording = played.recording();
    let directory = played.cast.directory();
    let named =
        |pid: Pid| breach.why.iter().any(|part| matches!(part, Part::Process(named) if *named == pid));
    let before = recording.events().iter().take_while(|event| event.step <= breach.step);
    let ends = before.filter(|event| event.step == breach.step || named(event.pid)).map(|event| event.number);
    let past = recording.past(ends);
    let died =
        past.iter().filter_map(|number| recording.event(*number)).filter_map(|event| match &event.kind {
            EventKind::Exited { reason, .. } if is_abnormal(reason) => {
                Some((directory.label(event.pid).to_owned(), first_word(reason, model.atoms())))
            }
            _ => None,
        });
    died.collect()
}

/// `noproc` of `{noproc, {gen_server, call, …}}`.
fn first_word(reason: &Term, atoms: &Atoms) -> String {
    match (reason, reason.as_tuple().and_then(<[Term]>::first)) {
        (_, Some(first)) => first_word(first, atoms),
        (Term::Atom(atom), None) => atoms.text(*atom).to_owned(),
        _ => String::new(),
    }
}

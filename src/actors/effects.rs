//! What a process can do, and when: at once, after others have run, or only once something has come.
//!
//! Each act goes through the list of what its callback has done. What has been done is not done again; what waits, or
//! should let others run first, comes back as a [`Halt`] that is passed on.

use crate::kernel::{Atom, Atoms, Pid, Ref, Target, Term};
use crate::otp::Raise;

use super::body::{Entry, Pass, Stand, Wait};
use super::halt::{Halt, Halted};
use super::host::Host;

/// What a process can do. Everything that others could notice, or that depends on others, returns a [`Halt`] where
/// the process has to wait or to let others run: pass it on with `?`.
///
/// A callback runs again from its beginning when it goes on. So it must be a function of its state and of what it
/// is told here: no clock, no dice, no global variable, no order of a hash table.
pub struct Effects<'a> {
    pub(super) host: &'a mut (dyn Host + 'a),
    pub(super) pass: &'a mut Pass,
}

/// Who can tell that something was done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// Nobody, and it tells nothing of others.
    Nobody,
    /// Others notice it.
    Noticed,
    /// It depends on others, who may therefore notice it.
    Sees,
}

impl Touch {
    /// Of something that is done to this target: who it reaches depends on others if it is a name.
    pub(super) fn of(target: Target) -> Touch {
        if matches!(target, Target::Pid(_)) { Touch::Noticed } else { Touch::Sees }
    }
}

impl Effects<'_> {
    /// `self()`: who is running.
    pub fn pid(&self) -> Pid {
        self.host.pid()
    }

    /// The texts of atoms.
    pub fn atoms(&self) -> &Atoms {
        self.host.atoms()
    }

    /// Waits until nothing else can happen, for at most so many milliseconds; whether all is quiet.
    pub(super) fn quiet(&mut self, time: u64) -> Result<bool, Halt> {
        let quiet = self.wait("settle", Touch::Nobody, || Wait::Quiet(time))?;
        Ok(quiet.is_ok_and(|quiet| quiet.is(Atom::TRUE)))
    }

    pub(super) fn badmatch(&self, term: Term) -> Halt {
        Halt::error(self.atoms().intern("badmatch"), term)
    }

    pub(super) fn done(
        &mut self,
        act: &'static str,
        touch: Touch,
        perform: impl FnOnce(&mut dyn Host),
    ) -> Result<(), Halt> {
        let performed = |host: &mut dyn Host| {
            perform(host);
            Ok(Atom::OK.into())
        };
        self.act(act, touch, performed).map(|_| ())
    }

    pub(super) fn succeeds(
        &mut self,
        act: &'static str,
        touch: Touch,
        perform: impl FnOnce(&mut dyn Host) -> bool,
    ) -> Result<(), Halt> {
        match self.act(act, touch, |host| Ok(Term::boolean(perform(host))))? {
            Ok(done) if done.is(Atom::TRUE) => Ok(()),
            _ => Err(Halt::raise(Raise::Error(Atom::BADARG.into()))),
        }
    }

    pub(super) fn reference(
        &mut self,
        act: &'static str,
        touch: Touch,
        perform: impl FnOnce(&mut dyn Host) -> Ref,
    ) -> Result<Ref, Halt> {
        match self.act(act, touch, |host| Ok(perform(host).into()))? {
            Ok(Term::Ref(reference)) => Ok(reference),
            found => Err(self.badmatch(found.unwrap_or_else(|reason| reason))),
        }
    }

    /// Does something, unless it has been done: what came of it.
    pub(super) fn act(
        &mut self,
        act: &'static str,
        touch: Touch,
        perform: impl FnOnce(&mut dyn Host) -> Result<Term, Term>,
    ) -> Result<Result<Term, Term>, Halt> {
        if let Some(found) = self.remembered(act, touch)? {
            return Ok(found);
        }
        self.may(touch)?;
        let found = perform(self.host);
        self.enter(Entry { act, found: found.clone(), waited: false }, touch);
        match self.host.is_doomed() {
            true => Err(self.stands(Stand::Preempted)),
            false => Ok(found),
        }
    }

    /// Waits for something, unless it has come.
    pub(super) fn wait(
        &mut self,
        act: &'static str,
        touch: Touch,
        wait: impl FnOnce() -> Wait,
    ) -> Result<Result<Term, Term>, Halt> {
        if let Some(found) = self.remembered(act, touch)? {
            return Ok(found);
        }
        self.may(touch)?;
        Err(self.stands(Stand::Waits(act, wait())))
    }

    /// What came of it when it was done.
    fn remembered(&mut self, act: &'static str, touch: Touch) -> Result<Option<Result<Term, Term>>, Halt> {
        if self.pass.stand.is_some() {
            return Err(Halt(Halted::Stands));
        }
        let Some(entry) = self.pass.entries.get(self.pass.next) else { return Ok(None) };
        if entry.act != act {
            let before = entry.act;
            return Err(self.stands(Stand::Strays { before, now: act }));
        }
        let (found, waited) = (entry.found.clone(), entry.waited);
        self.pass.next += 1;
        self.notes(touch, waited);
        Ok(Some(found))
    }

    /// Whether it is to be done now. Until something was done that others can notice, letting others run is the same
    /// as having begun later.
    fn may(&mut self, touch: Touch) -> Result<(), Halt> {
        let interrupted = touch != Touch::Nobody
            && self.pass.noticed
            && !self.pass.granted
            && self.host.can_be_interrupted();
        if interrupted || !self.host.may_go_on() {
            return Err(self.stands(Stand::Preempted));
        }
        self.pass.granted = false;
        if touch == Touch::Sees {
            self.host.looks_around();
        }
        Ok(())
    }

    fn enter(&mut self, entry: Entry, touch: Touch) {
        self.notes(touch, entry.waited);
        self.pass.entries.push(entry);
        self.pass.next += 1;
    }

    fn notes(&mut self, touch: Touch, waited: bool) {
        self.pass.noticed = !waited && (self.pass.noticed || touch != Touch::Nobody);
    }

    fn stands(&mut self, stand: Stand) -> Halt {
        self.pass.stand = Some(stand);
        Halt(Halted::Stands)
    }
}

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
///
/// # Examples
///
/// What processes do to each other:
///
/// ```
/// use treefall::actors::*;
///
/// treefall::data! {
///     enum Ask { Get, Stay }
///     enum Told { Set(i64) }
/// }
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// struct Cell(i64);
///
/// impl Actor for Cell {
///     type Request = Ask;
///     type Reply = i64;
///     type Message = Told;
///
///     fn handle_call(&mut self, ask: Ask, caller: Caller<i64>, cx: &mut Context<'_, Self>) -> Answered<Self> {
///         if ask == Ask::Get {
///             cx.reply(caller, self.0)?;
///         }
///         Ok(Answer::Later)
///     }
///
///     fn handle_cast(&mut self, Told::Set(value): Told, _: &mut Context<'_, Self>) -> Handled<Self> {
///         self.0 = value;
///         Ok(Next::Wait)
///     }
/// }
///
/// const CELL: Address<Cell> = Address::named("cell");
///
/// async fn talks(cx: Async, (): ()) {
///     cx.act(|cx| {
///         cx.note(&format!("{:?} begins", cx.pid()))?;
///         assert_eq!(cx.atoms().text(cx.atoms().intern("cell")), "cell");
///         // Casts and calls; a call may fail, and a timeout is said or five seconds.
///         cx.cast(&CELL, Told::Set(7))?;
///         assert_eq!(cx.call(&CELL, Ask::Get)?, 7);
///         assert_eq!(cx.try_call(&CELL, Ask::Get)?, Ok(7));
///         assert!(cx.call_within(&CELL, Ask::Stay, Some(100))?.is_err());
///         // Names, links, monitors and exits.
///         cx.trap_exit(true)?;
///         let cell = cx.whereis(&CELL)?.unwrap();
///         cx.link(cell)?;
///         cx.unlink(cell)?;
///         let forgotten = cx.monitor(&CELL)?;
///         cx.demonitor(forgotten)?;
///         let monitor = cx.monitor(&CELL)?;
///         cx.exit(cell, Reason::KILL)?;
///         let down = cx.receive::<Told>(None)?;
///         assert!(matches!(down, Some(Info::Down { monitor: known, .. }) if known == monitor));
///         assert!(!cx.is_alive(cell)?);
///         // Timers, messages to oneself, and time.
///         let me = Address::<Cell>::of_process(cx.pid());
///         let timer = cx.send_after(500, &me, Told::Set(1))?;
///         cx.sleep(100)?;
///         assert_eq!(cx.cancel_timer(timer)?, Some(400));
///         cx.send(&me, Told::Set(2))?;
///         assert_eq!(cx.receive(Some(0))?, Some(Info::Message(Told::Set(2))));
///         let now = cx.now()?;
///         assert!(now >= 200);
///         let me = cx.pid();
///         cx.register("talker", me)?;
///         cx.unregister("talker")
///     })
///     .await;
/// }
///
/// let top = Supervisor::new("top", Strategy::OneForOne)
///     .child(Child::worker("cell", Cell(0)).named("cell"))
///     .child(Child::process("talks", (), talks).restart(Restart::Temporary));
/// Simulation::new("what processes do").tree(top).run().unwrap();
/// ```
///
/// And what supervisors are asked:
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job;
/// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
/// const TOP: Address<Supervisor> = Address::named("top");
/// const JOBS: Address<DynamicSupervisor> = Address::named("jobs");
///
/// let top = Supervisor::new("top", Strategy::OneForOne)
///     .child(Child::dynamic_supervisor(DynamicSupervisor::new("jobs")));
/// let simulation = Simulation::new("what supervisors are asked").tree(top).client("test", |cx| {
///     // Of a static supervisor, by id.
///     cx.start_child(&TOP, Child::worker("job", Job))?.map_err(Halt::exit)?;
///     assert_eq!(cx.count_active(&TOP)?, Ok(2));
///     cx.terminate_child(&TOP, "job")?.map_err(Halt::exit)?;
///     cx.restart_child(&TOP, "job")?.map_err(Halt::exit)?;
///     assert_eq!(cx.delete_child(&TOP, "job")?, Err(Reason::from("running")));
///     // Of a dynamic one, by pid.
///     let job = cx.start_child(&JOBS, Child::worker("job", Job))?.map_err(Halt::exit)?;
///     assert_eq!(cx.which_children(&JOBS)?, Ok(vec![job.pid()]));
///     if let Some(pid) = job.pid() {
///         cx.terminate_dynamic(&JOBS, pid)?.map_err(Halt::exit)?;
///     }
///     // One's own, with a link; and the end of anybody.
///     let mine = cx.start_link(Child::worker("mine", Job))?.map_err(Halt::exit)?;
///     cx.stop(&mine, Reason::NORMAL)?.map_err(Halt::exit)
/// });
/// simulation.run().unwrap();
/// ```
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
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn pid(&self) -> Pid {
        self.host.pid()
    }

    /// The texts of atoms.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
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

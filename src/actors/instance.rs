//! An actor in Rust as a guest of OTP: its code with its state, and the callback that it is in the middle of.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::kernel::{Atom, Context, Received, Spawn, Term};
use crate::otp::fault::{Wrong, count_start_if_asked, delay, goes_wrong, step};
use crate::otp::{Actor, Callback, Cue, Guest, Launch, Message, Plain, Raise, Report, Return, Step};

use super::body::{AnyBody, Doing, Entry, Pass, Stand, Start, Wait, What};
use super::halt::{Halt, Halted};
use super::host::Host;

/// A guest that actors in Rust can be a part of.
pub trait Hosting: Guest {
    /// What it calls a start function of theirs.
    fn hosted(start: Start) -> Self::Start;

    /// What becomes of a start function of its own: that of a child of a supervisor, by their numbers.
    fn launch_hosted(supervisor: u16, child: u16, context: &mut Context<'_, Actor<Self>>) -> Launch<Self>;

    /// The guest that is this actor.
    fn of(instance: Instance) -> Self;

    /// What they tell listeners.
    fn told(text: String) -> Self::Note;

    /// What is told where a fault takes effect.
    fn faulted(wrong: Wrong) -> Self::Note;
}

/// An actor in Rust, whatever type it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    body: AnyBody,
    doing: Option<Box<Doing>>,
}

impl Instance {
    /// One that has not run yet.
    pub(super) fn new(body: AnyBody) -> Instance {
        Instance { body, doing: None }
    }

    /// Its state, which is that before the callback while one runs; none if it is of another type.
    pub fn state<A: 'static>(&self) -> Option<&A> {
        self.body.0.state().downcast_ref()
    }

    /// Whether it waits for this message.
    pub fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        let Some(doing) = &self.doing else { return false };
        let down = match message {
            Received::Down { reference, .. } => Some(*reference),
            Received::Message(_) | Received::Exit { .. } => None,
        };
        match doing.pending {
            Some("join") => down.is_some_and(|down| doing.only.contains(&down)),
            // What becomes of a task is told to whoever joins it.
            Some("receive") => down.is_none_or(|down| !doing.entries.iter().any(|entry| entry.spawned(down))),
            _ => false,
        }
    }

    /// Goes on until it needs something that takes others, and says what.
    ///
    /// # Panics
    ///
    /// When a callback that goes on does something else than when it ran before.
    pub fn resume<G: Hosting>(&mut self, cue: Cue<G>, context: &mut Context<'_, Actor<G>>) -> Step<G> {
        let granted = cue == Cue::Continue;
        let doing = match cue {
            Cue::Callback(callback) => {
                let hindered = hindered(&callback, context);
                let doing = Doing { callback, entries: Vec::new(), pending: None, only: Arc::default() };
                if let Some(step) = hindered {
                    self.doing = Some(Box::new(Doing { pending: Some(SLOW), ..doing }));
                    return step;
                }
                Some(doing)
            }
            cue => self.doing.take().map(|mut doing| {
                if let Some(act) = doing.pending.take().filter(|act| *act != SLOW) {
                    doing.entries.push(Entry { act, found: found(cue), waited: true });
                }
                *doing
            }),
        };
        let Some(Doing { callback, entries, .. }) = doing else { return Step::Preempt };
        let mut pass = Pass::new(entries, granted);
        let mut ran = {
            let body = &self.body.0;
            catch_unwind(AssertUnwindSafe(|| body.run(&callback, &mut *context, &mut pass)))
                .unwrap_or_else(|panic| Err(Halt::raise(panicked(&*panic, context))))
        };
        // What others notice comes after what they could have noticed before.
        let ends = ran.as_ref().is_ok_and(|(_, value)| is_noticed(value, &callback));
        if pass.stand.is_none() && ends && pass.noticed && !pass.granted && context.can_be_interrupted() {
            pass.stand = Some(Stand::Preempted);
        }
        let pending = match pass.stand.take() {
            None => {
                return match &mut ran {
                    Ok((body, _)) => {
                        std::mem::swap(&mut self.body, body);
                        ran.map_or(Step::Preempt, |(_, value)| Step::Return(value))
                    }
                    Err(_) => ended(ran.err(), context),
                };
            }
            Some(Stand::Preempted) => None,
            Some(Stand::Waits(act, wait)) => Some((act, wait)),
            Some(Stand::Strays { before, now }) => panic!(
                "{:?} has done {before:?} when it ran up to here, and does {now:?} now: a callback that has waited \
                 is run again from its beginning, so it must depend on nothing but its state and what it is told",
                self.body
            ),
        };
        let mut only = Arc::default();
        let (pending, step) = match pending {
            Some((act, Wait::Spawn(start, label))) => {
                let found = Ok(spawned(&start, label, context));
                pass.entries.push(Entry { act, found, waited: false });
                (None, Step::Preempt)
            }
            Some((act, wait)) => {
                if let Wait::Receive(_, monitors) = &wait {
                    only = Arc::clone(monitors);
                }
                (Some(act), Step::Block(wait.block(context)))
            }
            None => (None, Step::Preempt),
        };
        self.doing = Some(Box::new(Doing { callback, entries: pass.entries, pending, only }));
        step
    }
}

/// What a callback waits for that a fault keeps from beginning: it does nothing of its own.
const SLOW: &str = "a fault";

/// What a fault makes of a callback that is about to begin.
fn hindered<G: Hosting>(callback: &Callback, context: &mut Context<'_, Actor<G>>) -> Option<Step<G>> {
    if *callback == Callback::Init {
        count_start_if_asked(context);
    }
    let wrong = goes_wrong(callback, context).or_else(|| delay(context))?;
    context.report(|| Report::Guest(G::faulted(wrong)));
    Some(step(wrong))
}

/// Spawns a process that is no server: its pid and a monitor.
fn spawned<G: Hosting>(start: &Start, label: Atom, context: &mut Context<'_, Actor<G>>) -> Term {
    let What::Process { body, .. } = &start.what else {
        unreachable!("only processes that are no servers are spawned");
    };
    let actor = Actor::Plain(Plain::new(G::of(Instance::new(body.clone()))));
    let (pid, monitor) = context.spawn(actor, Spawn { label, link: false, monitor: true, awaited: false });
    Term::tuple([pid.into(), monitor.expect("it was asked for").into()])
}

/// How a callback ends that does not return.
fn ended<G: Hosting>(halt: Option<Halt>, context: &mut Context<'_, Actor<G>>) -> Step<G> {
    match halt.map(|halt| halt.0) {
        Some(Halted::Raises(raise)) => Step::Raise(raise),
        Some(Halted::Exits(reason)) => Step::Raise(Raise::Exit(reason.known(Host::atoms(context)))),
        // It has made up a halt that nobody gave it.
        Some(Halted::Stands) | None => Step::Preempt,
    }
}

/// Whether what comes next is an answer, the end of `init` or of `terminate`, or that of the process.
fn is_noticed(value: &Return, callback: &Callback) -> bool {
    matches!(callback, Callback::Init | Callback::Terminate(_) | Callback::Main)
        || !matches!(value, Return::Ok(_))
}

/// The error that a panic is: `{panic, Text}`.
fn panicked<G: Hosting>(panic: &(dyn Any + Send), context: &Context<'_, Actor<G>>) -> Raise {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Raise::Error(Term::tagged(Host::atoms(context).intern("panic"), Term::Text(text.into())))
}

/// What has come of what an actor waited for, as a term.
pub(super) fn found<G: Guest>(cue: Cue<G>) -> Result<Term, Term> {
    match cue {
        Cue::Called(answer) => answer,
        Cue::Started(started) => Ok(started.into()),
        Cue::Stopped(stopped) => stopped.map(|()| Atom::OK.into()),
        Cue::Received(received) => Ok(written(received)),
        Cue::Quiet(quiet) => Ok(Term::boolean(quiet)),
        _ => Ok(Atom::OK.into()),
    }
}

/// A message as the process finds it that takes it out of its mailbox itself.
fn written<G: Guest>(received: Received<Message<G>>) -> Term {
    match received {
        Received::Message(message) => Term::tagged(Atom::OK, message.term()),
        Received::Exit { from, reason } => Term::tuple([Atom::EXIT.into(), from.into(), reason]),
        Received::Down { reference, object, reason } => {
            Term::tuple([Atom::DOWN.into(), reference.into(), object.into(), reason])
        }
    }
}

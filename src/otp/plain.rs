//! A process that is no OTP behaviour: its guest's main function, from start to end.

use crate::kernel::{Atom, Context, Input, Next, Received, Term};

use super::activity::{Activity, Progress};
use super::actor::Actor;
use super::guest::{Callback, EnterLoop, Guest};
use super::message::Message;
use super::name::Name;
use super::naming::{Naming, Registered};

/// A plain process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plain<G: Guest> {
    /// Its code, and what it is blocked in.
    pub activity: Activity<G>,
    started: bool,
    /// The name that it registers before it does anything else, and how far it has come with that.
    name: Option<(Name, Naming)>,
}

impl<G: Guest> Plain<G> {
    /// A process that has not run yet.
    pub fn new(guest: G) -> Self {
        Plain::named(guest, None)
    }

    /// One that registers this name before it does anything else.
    pub fn named(guest: G, name: Option<Name>) -> Self {
        let name = name.map(|name| (name, Naming::Before));
        Plain { activity: Activity::new(guest), started: false, name }
    }

    /// Whether it would take this message now.
    pub(super) fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match &self.name {
            Some((_, naming)) => naming.accepts(message),
            None => self.activity.accepts(message, image),
        }
    }

    /// Goes on; an error is the server that it becomes.
    pub(super) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Next, Box<EnterLoop<G>>> {
        let progress = if self.started {
            self.activity.resume(input, context)
        } else {
            match self.name.as_mut().map(|(name, naming)| name.register(naming, input, context)) {
                Some(Ok(Registered::NotYet(next))) => return Ok(next),
                Some(Err(_)) => return Ok(Next::Exit(Term::error(Atom::BADARG.into()))),
                Some(Ok(Registered::Done)) | None => (),
            }
            self.started = true;
            self.name = None;
            self.activity.call(Callback::Main, context)
        };
        Ok(match progress {
            Progress::Waits(next) => next,
            Progress::Returned(_) => Next::Exit(Atom::NORMAL.into()),
            Progress::Raised(raise) => Next::Exit(raise.reason()),
            Progress::EntersLoop(entered) => return Err(entered),
        })
    }
}

//! A process that is no OTP behaviour: its guest's main function, from start to end.

use crate::kernel::{Atom, Context, Input, Next, Received};

use super::activity::{Activity, Progress};
use super::actor::Actor;
use super::guest::{Callback, Guest};
use super::message::Message;

/// A plain process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plain<G: Guest> {
    /// Its code, and what it is blocked in.
    pub activity: Activity<G>,
    started: bool,
}

impl<G: Guest> Plain<G> {
    /// A process that has not run yet.
    pub fn new(guest: G) -> Self {
        Plain { activity: Activity::new(guest), started: false }
    }

    /// Whether it would take this message now.
    pub fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        self.activity.accepts(message, image)
    }

    /// Goes on.
    pub fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        let progress = if self.started {
            self.activity.resume(input, context)
        } else {
            self.started = true;
            self.activity.call(Callback::Main, context)
        };
        match progress {
            Progress::Waits(next) => next,
            Progress::Returned(_) => Next::Exit(Atom::NORMAL.into()),
            Progress::Raised(raise) => Next::Exit(raise.reason()),
        }
    }
}

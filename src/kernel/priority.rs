//! Priority messages (OTP 28): which messages of a process go before all that are waiting.
//!
//! A process says so itself, of an alias, a link or a monitor. On their way such signals are like any other; it
//! is when one arrives that its message is put before the ordinary ones (`mailbox.rs`).

use std::collections::BTreeSet;

use super::pid::{Pid, Ref};
use super::signal::{Signal, Through};

/// What a process receives first. Most processes have said nothing, and nothing left is the same as nothing said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Priorities(Option<Box<Preferred>>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Preferred {
    aliases: BTreeSet<Ref>,
    links: BTreeSet<Pid>,
    monitors: BTreeSet<Ref>,
}

impl Priorities {
    /// What is sent through this alias as a priority message is one.
    pub(super) fn prefer_alias(&mut self, alias: Ref) {
        self.preferred().aliases.insert(alias);
    }

    /// The `DOWN` of this monitor is a priority message.
    pub(super) fn prefer_monitor(&mut self, reference: Ref) {
        self.preferred().monitors.insert(reference);
    }

    /// Whether the `EXIT` of this link is a priority message.
    pub(super) fn prefer_link(&mut self, peer: Pid, flag: bool) {
        if flag {
            self.preferred().links.insert(peer);
        } else {
            self.forget_some(|preferred| {
                preferred.links.remove(&peer);
            });
        }
    }

    /// This alias or monitor is no more.
    pub(super) fn forget(&mut self, reference: Ref) {
        self.forget_some(|preferred| {
            preferred.aliases.remove(&reference);
            preferred.monitors.remove(&reference);
        });
    }

    /// Whether this signal becomes a priority message, if it becomes a message.
    pub(super) fn prefer<M>(&self, from: Pid, signal: &Signal<M>) -> bool {
        let Some(preferred) = &self.0 else { return false };
        match signal {
            Signal::Message { alias: Some(through), .. } | Signal::ExitAlias(through, _) => {
                self.prefer_through(*through)
            }
            Signal::LinkExit(_) => preferred.links.contains(&from),
            Signal::Down { reference, .. } => preferred.monitors.contains(reference),
            Signal::Message { alias: None, .. }
            | Signal::Exit(_)
            | Signal::Link
            | Signal::Unlink(_)
            | Signal::UnlinkAck(_)
            | Signal::Monitor { .. }
            | Signal::Demonitor(_) => false,
        }
    }

    /// Whether what is sent so becomes one.
    pub(super) fn prefer_through(&self, through: Through) -> bool {
        let named = |preferred: &Preferred| preferred.aliases.contains(&through.alias);
        through.priority && self.0.as_deref().is_some_and(named)
    }

    fn preferred(&mut self) -> &mut Preferred {
        self.0.get_or_insert_default()
    }

    fn forget_some(&mut self, forget: impl FnOnce(&mut Preferred)) {
        if let Some(preferred) = &mut self.0 {
            forget(preferred);
            if **preferred == Preferred::default() {
                self.0 = None;
            }
        }
    }
}

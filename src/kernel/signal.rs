//! What travels between processes, and what lies in a mailbox once it has arrived.

use super::atom::Atom;
use super::pid::{Pid, Ref};
use super::term::Term;

/// A signal on its way from one process to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Signal<M> {
    /// An ordinary message; through an alias, if one is given.
    Message {
        /// The alias it was sent to: an inactive one swallows it.
        alias: Option<Through>,
        /// What it says.
        body: M,
    },
    /// The signal of `exit/2`, with its reason.
    Exit(Term),
    /// `exit/3` to an alias.
    ExitAlias(Through, Term),
    /// The other end of a link died.
    LinkExit(Term),
    /// The signal of `link/1`, which makes the other end.
    Link,
    /// `unlink/1`, which its receiver acknowledges.
    Unlink(u32),
    /// The other side has heard of the unlink with this number.
    UnlinkAck(u32),
    /// The signal of `monitor/2`, which makes the watched end.
    Monitor {
        /// Identifies the monitor.
        reference: Ref,
        /// The name that the monitor was made by, if it was.
        name: Option<Atom>,
    },
    /// The signal of `demonitor/1`, which takes the watched end away.
    Demonitor(Ref),
    /// A monitored process is gone.
    Down {
        /// Identifies the monitor.
        reference: Ref,
        /// The name that the monitor was made by, if it was.
        name: Option<Atom>,
        /// Why it died, or `noproc`.
        reason: Term,
    },
}

impl<M> Signal<M> {
    /// Whether nobody can ever tell when it arrives, whoever is alive and whatever else happens.
    ///
    /// A `demonitor` that loses the race with the death of its process leaves a `DOWN` that nobody receives, as its
    /// monitor is no more. An unlink that has been acknowledged leaves nothing either: until then there is no link,
    /// and whatever could make one or end one comes over the same wire, in its turn.
    pub(super) fn is_unnoticed(&self) -> bool {
        matches!(self, Signal::Demonitor(_) | Signal::UnlinkAck(_))
    }
}

/// How something is sent to an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Through {
    /// The alias that it was sent to.
    pub alias: Ref,
    /// With the option `priority`, which counts if the alias was made with it too.
    pub priority: bool,
}

/// A message in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Received<M> {
    /// An ordinary message.
    Message(M),
    /// `{'EXIT', From, Reason}`.
    Exit {
        /// The sender of the exit signal.
        from: Pid,
        /// The reason that the other one ended with.
        reason: Term,
    },
    /// `{'DOWN', Reference, process, Object, Reason}`.
    Down {
        /// Identifies the monitor.
        reference: Ref,
        /// The pid, or the name that the monitor was made by.
        object: Object,
        /// Why it died, or `noproc`.
        reason: Term,
    },
}

/// What a `DOWN` message says has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// A process monitored by its pid.
    Pid(Pid),
    /// A process monitored by its name, on this node: `{Name, Node}`.
    Name(Atom, Atom),
}

impl From<Object> for Term {
    /// What a `DOWN` message calls it: of a name, without its node.
    fn from(object: Object) -> Term {
        match object {
            Object::Pid(pid) => pid.into(),
            Object::Name(name, _) => name.into(),
        }
    }
}

/// Whom a message, a monitor or a timer is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// This process, whatever it is called.
    Pid(Pid),
    /// Whoever has this name when it is used.
    Name(Atom),
    /// Whoever has this name on another node when the signal arrives there: `{Name, Node}`.
    Remote(Atom, Atom),
}

impl From<Target> for Term {
    /// As one writes it.
    fn from(target: Target) -> Term {
        match target {
            Target::Pid(pid) => pid.into(),
            Target::Name(name) => name.into(),
            Target::Remote(name, node) => Term::tagged(name, node.into()),
        }
    }
}

impl From<Pid> for Target {
    fn from(pid: Pid) -> Self {
        Target::Pid(pid)
    }
}

impl From<Atom> for Target {
    fn from(name: Atom) -> Self {
        Target::Name(name)
    }
}
